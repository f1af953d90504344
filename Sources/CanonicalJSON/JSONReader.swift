extension JSON {
    /// Reads exactly one JSON text: strict RFC 8259 in UTF-8 without byte-order mark, no duplicate
    /// member names, no lone surrogates, nothing after the value but white space.
    ///
    /// - Throws: `JSONError` with reason and place.
    public static func read(
        _ text: [UInt8],
        limits: JSONLimits = .ownMessage
    ) throws(JSONError) -> JSON {
        guard text.count <= limits.totalBytes else {
            throw JSONError(
                .textTooLong(limit: limits.totalBytes),
                offset: limits.totalBytes,
                in: text
            )
        }
        var reader = JSONReader(text: text, limits: limits)
        return try reader.document()
    }
}

/// A recursive reader over bytes; its depth is bounded by the limits.
struct JSONReader {
    let text: [UInt8]
    let limits: JSONLimits
    var position = 0
    private var depth = 0

    init(text: [UInt8], limits: JSONLimits) {
        self.text = text
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value()
        skipSpace()
        guard position == text.count else { throw error(.trailingBytes) }
        return value
    }

    func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(reason, offset: offset ?? position, in: text)
    }

    mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        guard position < text.count else { throw error(.unexpectedEnd) }
        switch text[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case let byte: throw error(.unexpectedByte(byte, expected: "a value"))
        }
    }

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for offset in 0..<word.utf8CodeUnitCount {
            guard position < text.count else { throw error(.unexpectedEnd) }
            guard text[position] == word.utf8Start[offset] else {
                throw error(.unexpectedByte(text[position], expected: "\(word)"))
            }
            position += 1
        }
        return value
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= limits.depth else { throw error(.tooDeep(limit: limits.depth)) }
        position += 1
    }

    /// Skips space, then consumes `byte` if it is next.
    private mutating func consume(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private func unexpected(_ expected: String) -> JSONError {
        position < text.count
            ? error(.unexpectedByte(text[position], expected: expected)) : error(.unexpectedEnd)
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        defer { depth -= 1 }
        var elements: [JSON] = []
        if consume(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value())
            if consume(UInt8(ascii: ",")) { continue }
            if consume(UInt8(ascii: "]")) { return .array(elements) }
            throw unexpected("',' or ']'")
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        defer { depth -= 1 }
        var members = JSONObject()
        if consume(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            let nameStart = position
            guard position < text.count, text[position] == UInt8(ascii: "\"") else {
                throw unexpected("a member name")
            }
            let name = try string()
            guard members[name] == nil else {
                throw error(.duplicateName(name), at: nameStart)
            }
            guard members.count < limits.members else {
                throw error(.tooManyMembers(limit: limits.members), at: nameStart)
            }
            guard consume(UInt8(ascii: ":")) else { throw unexpected("':'") }
            members.append(name: name, value: try value())
            if consume(UInt8(ascii: ",")) { continue }
            if consume(UInt8(ascii: "}")) { return .object(members) }
            throw unexpected("',' or '}'")
        }
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = position
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let integerStart = position
        try digits()
        if position - integerStart > 1, text[integerStart] == UInt8(ascii: "0") {
            throw error(.badNumber, at: start)
        }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count,
                text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            try digits()
        }
        let token = String(decoding: text[start..<position], as: UTF8.self)
        guard let value = Double(token), value.isFinite else {
            throw error(.numberOutOfRange, at: start)
        }
        return .number(JSONNumber(token: token, value: value))
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
        guard position > start else {
            throw position < text.count ? error(.badNumber) : error(.unexpectedEnd)
        }
    }
}
