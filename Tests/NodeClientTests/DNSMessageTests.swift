import Testing

@testable import NodeClient

/// RFC 1035, as far as a question for TXT records goes.
@Suite struct `A question for TXT records` {
    private static let name = "_eccoe.uni-b.example"
    private static let encodedName: [UInt8] =
        [6] + Array("_eccoe".utf8) + [5] + Array("uni-b".utf8) + [7] + Array("example".utf8) + [0]
    private static let question = encodedName + [0, 16, 0, 1]

    private let asked: DNSQuestion

    init() throws {
        asked = try #require(DNSQuestion(id: 0x1234, name: "_eccoe.Uni-B.example"))
    }

    private static func header(
        id: [UInt8] = [0x12, 0x34], flags: [UInt8] = [0x81, 0x80], answers: UInt8
    ) -> [UInt8] {
        id + flags + [0, 1, 0, answers, 0, 0, 0, 0]
    }

    /// A record of the name that was asked for, by a pointer to it.
    private static func record(
        owner: [UInt8] = [0xc0, 12], type: UInt8 = 16, _ data: [UInt8]
    ) -> [UInt8] {
        owner + [0, type, 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
    }

    private static func text(_ text: String) -> [UInt8] {
        [UInt8(text.utf8.count)] + Array(text.utf8)
    }

    @Test func `is one question with recursion desired`() {
        #expect(
            asked.bytes
                == [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0] + Self.question)
    }

    @Test(arguments: ["", ".", "a..b", "a b", "ä.example", String(repeating: "a", count: 64)])
    func `is not asked of what is no name`(name: String) {
        #expect(DNSQuestion(id: 1, name: name) == nil)
        #expect(DNSQuestion(id: 1, name: "x." + String(repeating: "abc.", count: 63)) == nil)
    }

    @Test func `is answered by all texts of the name, each put together`() throws {
        let message =
            Self.header(answers: 2) + Self.question + Self.record(Self.text("ab") + Self.text("cd"))
            + Self.record(Self.text(""))
        #expect(try asked.answer(in: message) == .texts([Array("abcd".utf8), []]))
    }

    @Test func `is answered by an alias's texts, and by no other name's`() throws {
        let alias: [UInt8] = [1] + Array("x".utf8) + [0xc0, 19]
        let other: [UInt8] = [1] + Array("y".utf8) + [0xc0, 19]
        let message =
            Self.header(answers: 3) + Self.question + Self.record(type: 5, alias)
            + Self.record(owner: other, Self.text("no"))
            + Self.record(owner: alias, Self.text("yes"))
        #expect(try asked.answer(in: message) == .texts([Array("yes".utf8)]))
        let alone =
            Self.header(answers: 1) + Self.question + Self.record(owner: other, Self.text("no"))
        #expect(try asked.answer(in: alone) == .texts([]))
    }

    @Test func `is answered by no name, no text, or too long a text`() throws {
        let none = Self.header(flags: [0x81, 0x83], answers: 0) + Self.question
        #expect(try asked.answer(in: none) == .noSuchName)
        let empty = Self.header(answers: 0) + Self.question
        #expect(try asked.answer(in: empty) == .texts([]))
        let cut = Self.header(flags: [0x83, 0x80], answers: 9) + Self.question
        #expect(try asked.answer(in: cut) == .truncated)
    }

    @Test func `takes no answer to another question, and no failure`() {
        let body = Self.question + Self.record(Self.text("x"))
        let otherName =
            [6] + Array("_eccoe".utf8) + [5] + Array("uni-c".utf8) + Self.encodedName[13...]
        let refused: [[UInt8]] = [
            Self.header(id: [0x12, 0x35], answers: 1) + body,
            Self.header(flags: [0x01, 0x00], answers: 1) + body,
            Self.header(flags: [0xa9, 0x80], answers: 1) + body,
            Self.header(flags: [0x81, 0x82], answers: 0) + Self.question,
            Self.header(flags: [0x81, 0x85], answers: 0) + Self.question,
            Self.header(answers: 1) + otherName + [0, 16, 0, 1] + Self.record(Self.text("x")),
            Self.header(answers: 1) + Self.encodedName + [0, 1, 0, 1] + Self.record(Self.text("x")),
            [0x12, 0x34, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        for message in refused {
            #expect(throws: DNSQuestion.Malformed.self) { try asked.answer(in: message) }
        }
    }

    @Test func `survives whatever is cut off, longer than it says, or points in circles`() {
        let whole =
            Self.header(answers: 1) + Self.question + Self.record(Self.text("abc"))
        for length in 0..<whole.count {
            #expect(throws: DNSQuestion.Malformed.self) {
                try asked.answer(in: Array(whole.prefix(length)))
            }
        }
        let here = UInt8(Self.header(answers: 1).count + Self.question.count)
        let hostile: [[UInt8]] = [
            Self.record(owner: [0xc0, here], Self.text("x")),
            Self.record(owner: [0xff, 0xff], Self.text("x")),
            Self.record(owner: [0x80], Self.text("x")), Self.record([5, 0x61]),
            Self.record([9] + Array("abc".utf8)),
            Self.record(type: 5, [1, 0x61, 0xc0, here]),
            Self.record(type: 5, []),
        ]
        for record in hostile {
            let message = Self.header(answers: 1) + Self.question + record
            let answer = try? asked.answer(in: message)
            #expect(answer == nil || answer == .texts([]))
        }
        var circle = Self.header(answers: 2) + Self.question
        let other: [UInt8] = [1, 0x78, 0xc0, 19]
        circle += Self.record(type: 5, other) + Self.record(owner: other, type: 5, [0xc0, 12])
        #expect((try? asked.answer(in: circle)) == .texts([]))
    }
}

@Suite struct `The name servers to ask` {
    @Test func `are read with and without a port`() {
        let read: [(String, String, UInt16)] = [
            ("192.0.2.1", "192.0.2.1", 53), ("192.0.2.1:5353", "192.0.2.1", 5353),
            ("2001:db8::1", "2001:db8::1", 53), ("[2001:db8::1]:5353", "2001:db8::1", 5353),
            ("[::1]", "::1", 53),
        ]
        for (text, address, port) in read {
            let server = TXTLookup.Server(text)
            #expect(server == TXTLookup.Server(address: address, port: port), "\(text)")
            #expect(server.flatMap { TXTLookup.Server($0.description) } == server)
        }
    }

    @Test(arguments: [
        "", "dns.example", "192.0.2.1:x", "192.0.2", "[::1", "[::1]5", "1.2.3.4:70000",
    ])
    func `are addresses`(text: String) {
        // An abbreviated IPv4 address is one to the system.
        #expect(TXTLookup.Server(text) == nil || text == "192.0.2")
    }
}
