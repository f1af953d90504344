import CanonicalJSON

/// Text for a terminal: what came from elsewhere cannot steer it.
enum PlainText {
    /// One line without control characters and bidirectional overrides.
    static func line(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0a, 0x0d: result.append(" ")
            case 0..<0x20, 0x7f..<0xa0: continue
            case 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069, 0x61c: continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

/// Rows under headings, or names beside values, for people.
enum TextTable {
    /// Columns as wide as they need to be, the last one as it comes.
    static func rows(_ headings: [String], _ rows: [[String]]) -> String {
        let cells = [headings] + rows.map { $0.map(PlainText.line) }
        var widths = [Int](repeating: 0, count: headings.count)
        for row in cells {
            for (column, cell) in row.enumerated() where column < widths.count {
                widths[column] = max(widths[column], cell.count)
            }
        }
        return cells.map { row in
            let padded = row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            let line = padded.joined(separator: "  ")
            return line.prefix(
                upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex
            )
                + "\n"
        }.joined()
    }

    /// One name and value a line.
    static func pairs(_ pairs: [(String, String)]) -> String {
        let width = pairs.map(\.0.count).max() ?? 0
        return pairs.map { name, value in
            name + String(repeating: " ", count: width - name.count) + "  "
                + PlainText.line(value) + "\n"
        }.joined()
    }

    /// A JSON value as a cell.
    static func cell(_ value: JSON?) -> String {
        switch value {
        case nil, .null: "-"
        case .string(let text): text
        case .bool(let flag): flag ? "yes" : "no"
        case .number(let number): number.token
        case .array(let cells): cells.map { cell($0) }.joined(separator: ", ")
        case .some(let other): other.canonicalText
        }
    }
}
