/// Languages of instruction as values of the EU's authority table `language`.
package enum Language {
    private static let prefix = "http://publications.europa.eu/resource/authority/language/"
    private static let rows = AuthorityRow.read(table)
    private static let byCode = Dictionary(
        rows.map { ($0.short, $0.code) },
        uniquingKeysWith: { first, _ in first }
    )

    private static let byAuthority = Dictionary(
        rows.map { ($0.code, $0.short) },
        uniquingKeysWith: { first, _ in first }
    )

    /// The languages that have an ISO 639-1 code.
    package static let languages = CodeList(
        "language",
        codes: rows.map { Code(uri: prefix + $0.code, label: $0.label) }
    )

    /// The URI of the primary language of a BCP 47 tag, such as `en-GB`; nil when it has no ISO
    /// 639-1 code.
    package static func uri(tag: String) -> String? {
        let primary = tag.prefix { $0 != "-" }.lowercased()
        return byCode[primary].map { prefix + $0 }
    }

    /// The ISO 639-1 code of a URI of the list; nil for anything else.
    package static func tag(of uri: String) -> String? {
        guard uri.hasPrefix(prefix) else { return nil }
        let code = uri.dropFirst(prefix.count)
        return byAuthority[String(code)]
    }
}

/// Countries as values of the EU's authority table `country`.
package enum Country {
    private static let prefix = "http://publications.europa.eu/resource/authority/country/"
    private static let rows = AuthorityRow.read(table)

    /// The countries of ISO 3166-1.
    package static let countries = CodeList(
        "country",
        codes: rows.map { Code(uri: prefix + $0.code, label: $0.label) }
    )

    /// The URI of an ISO 3166-1 code of two or three letters, in any case; nil for anything else.
    package static func uri(code: String) -> String? {
        let wanted = code.uppercased()
        return rows.first { $0.short == wanted || $0.code == wanted }.map { prefix + $0.code }
    }

    /// The ISO 3166-1 code of two letters of a URI of the list; nil for anything else.
    package static func code(of uri: String) -> String? {
        guard uri.hasPrefix(prefix) else { return nil }
        let code = uri.dropFirst(prefix.count)
        return rows.first { $0.code == code }?.short
    }
}

/// A line of a table: short code, code of the authority table, label.
struct AuthorityRow: Sendable {
    let short: String
    let code: String
    let label: String

    static func read(_ table: String) -> [AuthorityRow] {
        table.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count == 3 else { return nil }
            return AuthorityRow(
                short: String(parts[0]),
                code: String(parts[1]),
                label: String(parts[2])
            )
        }
    }
}
