package import Keys

/// A strong entity tag (RFC 9110 section 8.8.3): the same tag means the same bytes.
package struct EntityTag: Sendable, Equatable {
    /// The field's value, with its quotes.
    package let field: String

    /// The tag of a representation: half of its SHA-256.
    package init(of body: [UInt8]) {
        self.init(digest: Digest(of: body))
    }

    /// The tag of a representation whose digest is known.
    package init(digest: Digest) {
        field = "\"\(digest.hex.prefix(32))\""
    }

    /// The tag of the same representation in another content coding, whose bytes are others.
    package func coded(_ coding: String) -> EntityTag {
        EntityTag(field: "\(field.dropLast())-\(coding)\"")
    }

    private init(field: String) {
        self.field = field
    }

    /// Whether an If-None-Match field names this tag, or any by `*`. Weak comparison (section
    /// 13.1.2); what is no list of tags names none.
    package func isNamed(in ifNoneMatch: String) -> Bool {
        ifNoneMatch == "*" || Self.tags(in: ifNoneMatch).contains(field)
    }

    private static func tags(in list: String) -> [String] {
        var tags: [String] = []
        var rest = Substring(list)
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            if rest.isEmpty { return tags }
            if rest.hasPrefix("W/") { rest = rest.dropFirst(2) }
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else {
                return []
            }
            tags.append(String(rest[...end]))
            rest = rest[rest.index(after: end)...]
        }
    }
}
