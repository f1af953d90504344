package import CanonicalJSON

/// One text in several languages: a map from BCP 47 tag to string.
package struct LocalizedText: Sendable, ExpressibleByDictionaryLiteral {
    /// The texts by tag.
    package var texts: [String: String]

    /// Texts by tag; not checked until the item is read or validated.
    package init(_ texts: [String: String]) {
        self.texts = texts
    }

    /// Of repeated tags the last one is kept.
    package init(dictionaryLiteral elements: (String, String)...) {
        texts = Dictionary(elements, uniquingKeysWith: { $1 })
    }

    /// The text in `language`; failing that in another variety of it (`en` for `en-GB`), failing
    /// that in the first language by tag. nil only when there is no text at all.
    package func best(for language: String) -> String? {
        if let text = texts[language] { return text }
        let primary = Self.primary(language)
        let tags = texts.keys.sorted()
        let tag = tags.first { Self.primary($0) == primary } ?? tags.first
        return tag.flatMap { texts[$0] }
    }

    /// Whether there is a text in `language` or another variety of it.
    package func covers(_ language: String) -> Bool {
        texts.keys.contains { Self.primary($0) == Self.primary(language) }
    }

    /// The written form, such as `{"en":"Robotics"}`.
    package var json: JSON {
        var object = JSONObject()
        for tag in texts.keys.sorted() { object[tag] = texts[tag].map { .string($0) } }
        return .object(object)
    }

    private static func primary(_ tag: String) -> String {
        tag.prefix { $0 != "-" }.lowercased()
    }
}

extension LocalizedText: Equatable {
    package static func == (left: LocalizedText, right: LocalizedText) -> Bool {
        left.json == right.json
    }
}

/// Language tags (BCP 47, RFC 5646), checked for form only.
package enum LanguageTag {
    /// Whether `tag` is well-formed: a primary subtag of two to eight letters, then subtags of one
    /// to eight letters and digits, at most 35 characters.
    package static func isValid(_ tag: String) -> Bool {
        guard tag.utf8.count <= 35 else { return false }
        let subtags = tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let primary = subtags.first, (2...8).contains(primary.count),
            primary.allSatisfy(isLetter)
        else { return false }
        return subtags.dropFirst().allSatisfy { subtag in
            (1...8).contains(subtag.count)
                && subtag.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20)
    }
}
