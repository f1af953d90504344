/// Rows of comma-separated values (RFC 4180), with the line of each. Our own reader, because one
/// that streams, names the line of an error and does not swallow an open quote was not found.
struct CSVRows {
    struct Row {
        let fields: [String]
        /// Line of the first byte, from 1.
        let line: Int
    }

    enum Next {
        case row(Row)
        case problem(ImportProblem)
    }

    private let rowBytes: Int
    /// Comma, semicolon or tab: what the first row has most of, for spreadsheets of countries that
    /// write decimals with a comma separate by semicolons.
    private var delimiter: UInt8?

    init(rowBytes: Int = 1 << 20) {
        self.rowBytes = rowBytes
    }

    /// The next row that is not blank; nil at the end.
    mutating func next(from cursor: inout ByteCursor) throws -> Next? {
        while let line = try cursor.nextLine(limit: rowBytes) {
            if line.bytes.allSatisfy({ [0x20, 0x09, 0x0d].contains($0) }) { continue }
            if delimiter == nil { delimiter = Self.guess(line.bytes) }
            return try row(from: line, &cursor)
        }
        return nil
    }

    private func row(from first: ByteCursor.Line, _ cursor: inout ByteCursor) throws -> Next {
        var parser = RowParser(delimiter: delimiter ?? UInt8(ascii: ","))
        var line = first
        var total = 0
        while true {
            total += line.bytes.count + 1
            if line.isCut || total > rowBytes {
                return problem(
                    first,
                    "the row is longer than \(rowBytes) bytes",
                    "look for a quote that is never closed"
                )
            }
            if let problem = EncodingCheck.problem(
                in: line.bytes,
                line: line.number,
                offset: line.offset
            ) {
                return .problem(problem)
            }
            if let fault = parser.take(line.bytes) { return problem(line, fault, Self.remedy) }
            guard parser.isQuoted else { break }
            guard let more = try cursor.nextLine(limit: rowBytes) else {
                return problem(first, "a quote that opens in this row is never closed", Self.remedy)
            }
            line = more
        }
        return .row(Row(fields: parser.fields, line: first.number))
    }

    private static let remedy =
        "put fields with quotes, separators or line ends in quotes, and double the quotes in them"

    private func problem(
        _ line: ByteCursor.Line,
        _ message: String,
        _ remedy: String
    ) -> Next {
        .problem(
            ImportProblem(
                at: "line \(line.number)",
                message: message,
                remedy: remedy,
                severity: .error
            )
        )
    }

    private static func guess(_ header: [UInt8]) -> UInt8 {
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        let counts = candidates.map { candidate in header.count { $0 == candidate } }
        let most = counts.max() ?? 0
        return zip(candidates, counts).first { $0.1 == most }?.0 ?? UInt8(ascii: ",")
    }
}

/// Takes the lines of one row.
private struct RowParser {
    private enum State {
        case start
        case plain
        case quoted
        case afterQuote
    }

    let delimiter: UInt8
    private(set) var fields: [String] = []
    private var field: [UInt8] = []
    private var state = State.start

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    /// Whether the row goes on in the next line.
    var isQuoted: Bool { state == .quoted }

    /// What is wrong with the line, if anything.
    mutating func take(_ line: [UInt8]) -> String? {
        // Between quotes the line end belongs to the field; CR LF is read as LF.
        let bytes = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
        for byte in bytes {
            if let fault = take(byte) { return fault }
        }
        if state == .quoted { field.append(UInt8(ascii: "\n")) } else { endField() }
        return nil
    }

    private mutating func take(_ byte: UInt8) -> String? {
        let quote = UInt8(ascii: "\"")
        switch state {
        case .quoted:
            if byte == quote { state = .afterQuote } else { field.append(byte) }
        case .afterQuote:
            if byte == quote {
                field.append(quote)
                state = .quoted
            } else if byte == delimiter {
                endField()
            } else {
                return "something follows the closing quote of field \(fields.count + 1)"
            }
        case .start, .plain:
            if byte == delimiter {
                endField()
            } else if byte == quote, state == .start {
                state = .quoted
            } else if byte == quote {
                return "a quote stands inside field \(fields.count + 1), which is not quoted"
            } else {
                field.append(byte)
                state = .plain
            }
        }
        return nil
    }

    private mutating func endField() {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        state = .start
    }
}
