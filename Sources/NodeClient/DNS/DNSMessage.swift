/// A question for the TXT records of one name, and the reading of its answer (RFC 1035 section 4):
/// as much of DNS as the check of a domain needs.
struct DNSQuestion: Equatable {
    /// What an answer says.
    enum Answer: Equatable {
        /// The records' texts; none when the name has no such record.
        case texts([[UInt8]])
        /// There is no such name.
        case noSuchName
        /// It did not fit into the datagram: to be asked over TCP.
        case truncated
    }

    /// Why an answer cannot be used.
    struct Malformed: Error, Equatable {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    private static let text: UInt16 = 16
    private static let canonicalName: UInt16 = 5
    private static let internet: UInt16 = 1
    private static let aliases = 8

    /// Random, so that only the server that was asked can answer.
    let id: UInt16
    /// In lower case, without the last dot.
    let name: String
    private let encodedName: [UInt8]

    /// A question; nil when the name cannot be one in DNS.
    init?(id: UInt16, name: String) {
        let labels = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        var encoded: [UInt8] = []
        for label in labels {
            encoded.append(UInt8(truncatingIfNeeded: label.utf8.count))
            encoded += label.utf8
        }
        encoded.append(0)
        guard labels.allSatisfy({ (1...63).contains($0.utf8.count) }), encoded.count <= 255,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
        self.id = id
        self.name = labels.joined(separator: ".")
        encodedName = encoded
    }

    /// The message: one question, recursion desired.
    var bytes: [UInt8] {
        Self.bytes(id) + [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0] + encodedName
            + Self.bytes(Self.text) + Self.bytes(Self.internet)
    }

    /// Reads an answer to this question.
    ///
    /// - Throws: `Malformed` for what is no answer to it, or says that the server failed.
    func answer(in message: [UInt8]) throws(Malformed) -> Answer {
        var reader = DNSReader(message)
        guard try reader.number() == id else { throw Malformed("it answers another question") }
        let flags = try reader.number()
        guard flags & 0xf800 == 0x8000 else { throw Malformed("it is no answer") }
        let counts = (questions: try reader.number(), answers: try reader.number())
        try reader.skip(4)
        guard counts.questions == 1, try reader.name() == name,
            try reader.number() == Self.text, try reader.number() == Self.internet
        else { throw Malformed("it answers another question") }
        if flags & 0x0200 != 0 { return .truncated }
        switch flags & 0x000f {
        case 0: break
        case 3: return .noSuchName
        case let code: throw Malformed("the server says that it failed, code \(code)")
        }
        return .texts(try texts(&reader, count: Int(counts.answers)))
    }

    /// The texts of the name, or of what it is an alias of.
    private func texts(
        _ reader: inout DNSReader, count: Int
    ) throws(Malformed) -> [[UInt8]] {
        var texts: [String: [[UInt8]]] = [:]
        var aliases: [String: String] = [:]
        for _ in 0..<count {
            let owner = try reader.name()
            let type = try reader.number()
            let isInternet = try reader.number() == Self.internet
            try reader.skip(4)
            let length = Int(try reader.number())
            let end = try reader.end(after: length)
            switch type {
            case Self.text where isInternet:
                texts[owner, default: []].append(try reader.strings(until: end))
            case Self.canonicalName where isInternet: aliases[owner] = try reader.name()
            default: break
            }
            try reader.move(to: end)
        }
        var owner = name
        for _ in 0..<Self.aliases {
            guard let next = aliases[owner] else { break }
            owner = next
        }
        return texts[owner] ?? []
    }

    private static func bytes(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 0xff)]
    }
}

/// Reads a DNS message front to back; names may point back.
struct DNSReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A 16-bit number.
    mutating func number() throws(DNSQuestion.Malformed) -> UInt16 {
        let end = try end(after: 2)
        defer { position = end }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    /// Passes over so many bytes.
    mutating func skip(_ count: Int) throws(DNSQuestion.Malformed) {
        position = try end(after: count)
    }

    /// Where so many bytes from here end.
    func end(after count: Int) throws(DNSQuestion.Malformed) -> Int {
        guard count <= bytes.count - position else {
            throw DNSQuestion.Malformed("it is cut off")
        }
        return position + count
    }

    /// Goes on at a place that `end` has given; what was read must not reach beyond it.
    mutating func move(to end: Int) throws(DNSQuestion.Malformed) {
        guard position <= end else {
            throw DNSQuestion.Malformed("a record is longer than it says")
        }
        position = end
    }

    /// Character strings up to a place, as one text (RFC 1035 section 3.3.14).
    mutating func strings(until end: Int) throws(DNSQuestion.Malformed) -> [UInt8] {
        var text: [UInt8] = []
        while position < end {
            let next = position + 1 + Int(bytes[position])
            guard next <= end else { throw DNSQuestion.Malformed("a text is cut off") }
            text += bytes[(position + 1)..<next]
            position = next
        }
        return text
    }

    /// A name in lower case; each pointer leads further back (RFC 1035 section 4.1.4).
    mutating func name() throws(DNSQuestion.Malformed) -> String {
        var labels: [String] = []
        var place = position
        var afterwards: Int?
        var length = 0
        while true {
            guard place < bytes.count else { throw DNSQuestion.Malformed("a name is cut off") }
            let head = bytes[place]
            if head & 0xc0 == 0xc0 {
                guard place + 1 < bytes.count else {
                    throw DNSQuestion.Malformed("a name is cut off")
                }
                let target = Int(head & 0x3f) << 8 | Int(bytes[place + 1])
                guard target < place else {
                    throw DNSQuestion.Malformed("a name points forward")
                }
                afterwards = afterwards ?? place + 2
                place = target
                continue
            }
            let end = place + 1 + Int(head)
            length += 1 + Int(head)
            guard head & 0xc0 == 0, end <= bytes.count, length <= 255 else {
                throw DNSQuestion.Malformed("a name is malformed")
            }
            if head == 0 { break }
            labels.append(
                String(decoding: bytes[(place + 1)..<end], as: UTF8.self).lowercased())
            place = end
        }
        position = afterwards ?? place + 1
        return labels.joined(separator: ".")
    }
}
