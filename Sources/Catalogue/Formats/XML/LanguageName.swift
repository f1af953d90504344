/// Language tags as XML sources write them: BCP 47, three-letter codes of libraries (`fre`),
/// underscores, and marks for "no language".
enum LanguageName {
    enum Reading: Equatable {
        case tag(String)
        case noLanguage
        case unknown
    }

    static func tag(of text: String) -> Reading {
        let name = text.split(whereSeparator: \.isWhitespace).joined()
        let tag = name.replacing("_", with: "-")
        let primary = tag.prefix { $0 != "-" }.lowercased()
        if primary == "x" || ["none", "und", "zxx", "mul", "mis"].contains(primary) {
            return .noLanguage
        }
        guard LanguageTag.isValid(tag) else { return .unknown }
        if primary.utf8.count == 3, let short = short[primary] {
            return .tag(short + tag.dropFirst(3))
        }
        return .tag(primary + tag.dropFirst(primary.utf8.count))
    }

    /// ISO 639-1 code by three-letter code: ISO 639-2/T, which the authority table has, and the
    /// twenty of ISO 639-2/B that differ.
    private static let short: [String: String] = {
        var codes: [String: String] = [:]
        for row in AuthorityRow.read(Language.table) { codes[row.code.lowercased()] = row.short }
        for (library, short) in [
            ("alb", "sq"), ("arm", "hy"), ("baq", "eu"), ("bur", "my"), ("chi", "zh"),
            ("cze", "cs"), ("dut", "nl"), ("fre", "fr"), ("geo", "ka"), ("ger", "de"),
            ("gre", "el"), ("ice", "is"), ("mac", "mk"), ("mao", "mi"), ("may", "ms"),
            ("per", "fa"), ("rum", "ro"), ("slo", "sk"), ("tib", "bo"), ("wel", "cy"),
        ] {
            codes[library] = short
        }
        return codes
    }()
}
