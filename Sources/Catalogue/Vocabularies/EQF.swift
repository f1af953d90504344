/// The European Qualifications Framework: levels 1 to 8.
package enum EQF {
    /// A level that the framework explicitly does not have: a value of its own, never a guess
    /// (domain.md section 3.2).
    package static let unlevelled = "urn:eccoe:eqf:unlevelled"

    private static let prefix = "http://data.europa.eu/snb/eqf/"

    /// The eight levels and `unlevelled`.
    package static let levels = CodeList(
        "eqf",
        codes: (1...8).map { Code(uri: prefix + String($0), label: "Level \($0)") } + [
            Code(uri: unlevelled, label: "unlevelled")
        ]
    )

    /// The URI of a level; nil outside 1 to 8.
    package static func uri(level: Int) -> String? {
        (1...8).contains(level) ? prefix + String(level) : nil
    }

    /// The level of a URI; nil for `unlevelled` and anything else.
    package static func level(of uri: String) -> Int? {
        guard uri.utf8.count == prefix.utf8.count + 1, uri.hasPrefix(prefix),
            let level = Int(uri.dropFirst(prefix.count)), (1...8).contains(level)
        else { return nil }
        return level
    }
}
