import XML

/// Elements of LOM by their names in lower case: profiles differ in `lifeCycle` and `lifecycle`,
/// `string` and `langstring`, and in the namespace (LOM, LOMFR, SupLOMFR).
extension XMLElement {
    func parts(_ name: String) -> [XMLElement] {
        children.filter { $0.name.lowercased() == name }
    }

    func part(_ name: String) -> XMLElement? {
        children.first { $0.name.lowercased() == name }
    }

    func part(_ path: [String]) -> XMLElement? {
        var element = self
        for name in path {
            guard let next = element.part(name) else { return nil }
            element = next
        }
        return element
    }

    /// The texts by language within; the element itself when its text stands in it directly.
    var languageStrings: [XMLElement] {
        let strings = children.filter { ["string", "langstring"].contains($0.name.lowercased()) }
        return strings.isEmpty ? [self] : strings
    }

    /// The language of a text, of `language` or of `xml:lang`.
    var stringLanguage: String? { attribute("language") ?? language }
}

/// A vCard (RFC 6350 and earlier), as LOM carries it for those who contributed.
struct VCard {
    let name: String?
    let organisation: String?
    let urls: [String]
    private let kind: String?
    /// Whether it says family and given names.
    private let hasPersonName: Bool

    init(_ text: String) {
        var lines: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            lines.append(line.drop { $0 == " " || $0 == "\t" })
        }
        var fields: [String: [[String]]] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].prefix { $0 != ";" }.uppercased()
            let value = line[line.index(after: colon)...]
            fields[name, default: []].append(Self.components(value))
        }
        func first(_ name: String) -> String? {
            fields[name]?.lazy.compactMap { $0.first }.first { !$0.isEmpty }
        }
        name = first("FN")
        organisation = first("ORG")
        kind = first("KIND")?.lowercased()
        hasPersonName = fields["N"]?.contains { $0.contains { !$0.isEmpty } } == true
        urls = (fields["URL"] ?? []).compactMap(\.first)
    }

    /// The organisation that the card is of or that its person belongs to.
    var organisationName: String? {
        organisation ?? (isPerson ? nil : name)
    }

    /// Whether it names a person, whom a catalogue does not (domain.md section 6).
    var isPerson: Bool {
        if kind == "org" || kind == "organization" || name == organisation { return false }
        return kind == "individual" || hasPersonName
    }

    /// A value as a vCard has it.
    static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing(",", with: "\\,").replacing(";", with: "\\;")
            .split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// The components of a value, parted by semicolons that are not escaped.
    private static func components(_ value: Substring) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in value {
            switch character {
            case "\\" where !isEscaped:
                isEscaped = true
                continue
            case ";" where !isEscaped: parts.append("")
            case "n" where isEscaped, "N" where isEscaped: parts[parts.count - 1].append(" ")
            default: parts[parts.count - 1].append(character)
            }
            isEscaped = false
        }
        return parts.map { PlainText($0).text }
    }
}
