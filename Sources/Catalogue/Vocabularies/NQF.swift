/// The national qualifications frameworks of Europe and their levels.
package enum NQF {
    /// The scheme that every framework and level belongs to, where a source names no other.
    package static let scheme = "http://data.europa.eu/snb/qdr/25831c2"

    private static let prefix = "http://data.europa.eu/snb/qdr/"

    /// Frameworks and levels.
    package static let levels = CodeList("nqf", codes: read(firstTable) + read(secondTable))

    private static func read(_ table: String) -> [Code] {
        table.split(separator: "\n").compactMap { line in
            guard let space = line.firstIndex(of: " ") else { return nil }
            return Code(
                uri: prefix + line[..<space],
                label: String(line[line.index(after: space)...])
            )
        }
    }
}
