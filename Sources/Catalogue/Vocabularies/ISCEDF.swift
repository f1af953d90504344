/// UNESCO's fields of education and training, ISCED-F 2013: codes of two, three or four digits.
package enum ISCEDF {
    private static let prefix = "http://data.europa.eu/snb/isced-f/"

    /// All fields.
    package static let fields = CodeList("isced-f", codes: readTable())

    /// The URI of a code such as `0613`; nil unless it has two to four digits.
    package static func uri(code: String) -> String? {
        let digits = code.utf8
        guard (2...4).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return prefix + code
    }

    /// The code of a URI; nil for anything else.
    package static func code(of uri: String) -> String? {
        guard uri.hasPrefix(prefix) else { return nil }
        let code = String(uri.dropFirst(prefix.count))
        return self.uri(code: code) == nil ? nil : code
    }

    private static func readTable() -> [Code] {
        table.split(separator: "\n").compactMap { line in
            guard let space = line.firstIndex(of: " ") else { return nil }
            return Code(
                uri: prefix + line[..<space],
                label: String(line[line.index(after: space)...])
            )
        }
    }
}
