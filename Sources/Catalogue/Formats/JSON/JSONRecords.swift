import CanonicalJSON

/// Splits a source into JSON values: the elements of a list, the lines of JSON Lines, or one value.
struct JSONRecords {
    typealias Value = JSON

    enum Next {
        /// A value and the place of its record.
        case value(JSON, base: String)
        case problem(ImportProblem)
    }

    private enum Mode {
        case undecided
        case lines(first: ByteCursor.Line?)
        /// The index of the next element; -1 after the list's end.
        case elements(next: Int)
        case finished
    }

    private let limits: JSONLimits
    private let recordBytes: Int
    private var mode = Mode.undecided

    init(limits: JSONLimits) {
        self.limits = limits
        recordBytes = min(limits.totalBytes, 16 << 20)
    }

    mutating func next(from cursor: inout ByteCursor) throws -> Next? {
        if case .undecided = mode {
            if let only = try decide(&cursor) { return only }
        }
        switch mode {
        case .lines(let first):
            mode = .lines(first: nil)
            return try nextLine(first, &cursor)
        case .elements(let index): return try nextElement(index, &cursor)
        case .undecided, .finished: return nil
        }
    }

    /// A first line that holds whole values makes JSON Lines; otherwise the source is one value,
    /// which is returned.
    private mutating func decide(_ cursor: inout ByteCursor) throws -> Next? {
        try cursor.skipSpace()
        guard let byte = try cursor.peek() else {
            mode = .finished
            return .problem(
                ImportProblem(
                    at: "line \(cursor.line)",
                    message: "the source is empty",
                    remedy: "name a file with at least one record",
                    severity: .error
                )
            )
        }
        if byte == UInt8(ascii: "[") {
            _ = try cursor.next()
            mode = .elements(next: 0)
            return nil
        }
        guard var line = try cursor.nextLine(limit: recordBytes) else { return nil }
        var nesting = Nesting()
        for byte in line.bytes { nesting.take(byte) }
        if nesting.isClosed || line.isCut {
            mode = .lines(first: line)
            return nil
        }
        mode = .finished
        while let more = try cursor.nextLine(limit: recordBytes) {
            if line.bytes.count + more.bytes.count > recordBytes || more.isCut { line.isCut = true }
            if !line.isCut { line.bytes += [UInt8(ascii: "\n")] + more.bytes }
        }
        return value(of: line, base: "")
    }

    private func nextLine(
        _ first: ByteCursor.Line?,
        _ cursor: inout ByteCursor
    ) throws -> Next? {
        var line = first
        while true {
            if line == nil { line = try cursor.nextLine(limit: recordBytes) }
            guard let found = line else { return nil }
            let isBlank = found.bytes.allSatisfy { [0x20, 0x09, 0x0d].contains($0) }
            if !isBlank { return value(of: found, base: "line \(found.number)") }
            line = nil
        }
    }

    private mutating func nextElement(_ index: Int, _ cursor: inout ByteCursor) throws -> Next? {
        if index < 0 { return try end(&cursor) }
        try cursor.skipSpace()
        if index == 0, try cursor.peek() == UInt8(ascii: "]") {
            _ = try cursor.next()
            return try end(&cursor)
        }
        var text = ByteCursor.Line(bytes: [], number: cursor.line, offset: cursor.offset)
        var nesting = Nesting()
        while let byte = try cursor.peek() {
            let isEnd = byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]")
            if isEnd, nesting.isOutside {
                mode = .elements(next: index + 1)
                _ = try cursor.next()
                if byte == UInt8(ascii: "]") { mode = .elements(next: -1) }
                return value(of: text, base: "/\(index)")
            }
            nesting.take(byte)
            if text.bytes.count < recordBytes { text.bytes.append(byte) } else { text.isCut = true }
            _ = try cursor.next()
        }
        mode = .finished
        return .problem(
            ImportProblem(
                at: "/\(index)",
                message: "the list is not closed: the source ends in its element",
                remedy: "check that the file is complete, and its quotes and braces",
                severity: .error
            )
        )
    }

    private mutating func end(_ cursor: inout ByteCursor) throws -> Next? {
        mode = .finished
        try cursor.skipSpace()
        guard try cursor.peek() != nil else { return nil }
        return .problem(
            ImportProblem(
                at: "line \(cursor.line), byte \(cursor.offset)",
                message: "something follows the end of the list; it was not read",
                remedy: "put all records into one list, or one on each line",
                severity: .error
            )
        )
    }

    private func value(of text: ByteCursor.Line, base: String) -> Next {
        let place = base.isEmpty ? "line \(text.number)" : base
        if text.isCut {
            return .problem(
                ImportProblem(
                    at: place,
                    message: "the record is longer than \(recordBytes) bytes",
                    remedy: "write one record a line, without embedded files",
                    severity: .error
                )
            )
        }
        if let problem = EncodingCheck.problem(
            in: text.bytes,
            line: text.number,
            offset: text.offset
        ) {
            return .problem(problem)
        }
        do {
            return .value(try JSON.read(text.bytes, limits: limits), base: base)
        } catch {
            let line = "line \(text.number + error.line - 1), column \(error.column)"
            return .problem(
                ImportProblem(
                    at: base.hasPrefix("/") ? "\(base) (\(line))" : line,
                    message: error.message,
                    remedy: "mend the JSON there; the other records are read on",
                    severity: .error
                )
            )
        }
    }
}

/// How deep in lists, objects and strings a text is.
private struct Nesting {
    private var depth = 0
    private var isString = false
    private var isEscaped = false
    private var isUsed = false

    var isOutside: Bool { depth <= 0 && !isString }
    /// Whether at least one list or object was opened and all are closed.
    var isClosed: Bool { isUsed && isOutside }

    mutating func take(_ byte: UInt8) {
        if isString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            isUsed = true
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
    }
}
