import Keys
import Testing
import TransparencyLog

@Suite struct `A log policy` {
    private static func signer(
        _ name: String,
        _ type: VerifierKey.SignatureType = .cosignature,
        seed: UInt8
    ) throws -> NoteSigner {
        let key = try #require(Ed25519Key(seed: Array(repeating: seed, count: 32)))
        return try #require(NoteSigner(name: name, type: type, signer: key))
    }

    private static func vkey(_ name: String, seed: UInt8) throws -> String {
        try signer(name, seed: seed).key.text
    }

    private func read(_ text: String) throws(PolicyError) -> LogPolicy {
        try LogPolicy(Array(text.utf8))
    }

    /// The specification's example, with keys in the place of `<vkey>`.
    private func example() throws -> String {
        let log = try Self.signer("log.example", .ed25519, seed: 100).key.text
        var text = "log \(log)\n\n"
        for (index, name) in ["X1", "X2", "X3"].enumerated() {
            text += "witness \(name) \(try Self.vkey(name, seed: UInt8(index)))\n"
        }
        text += "group X-witnesses 2 X1 X2 X3\n\n"
        for (index, name) in ["Y1", "Y2", "Y3"].enumerated() {
            text += "witness \(name) \(try Self.vkey(name, seed: UInt8(10 + index)))\n"
        }
        return text + "group Y-witnesses any Y1 Y2 Y3\n\n"
            + "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
    }

    private func checkpoint(_ cosigners: [(name: String, seed: UInt8, time: Int64)]) throws
        -> VerifiedCheckpoint
    {
        let log = try Self.signer("log.example", .ed25519, seed: 100)
        let head = try VerifiedCheckpoint(
            signing: Checkpoint(origin: "log.example", size: 1, root: Digest(of: [1])),
            by: log
        )
        return try head.adding(
            cosigners.map {
                try Self.signer($0.name, seed: $0.seed).sign(
                    head.note.text,
                    at: Instant(secondsSince1970: $0.time)
                )
            }
        )
    }

    @Test func `of the specification's example asks for two of X and one of Y`() throws {
        let policy = try read(try example())
        #expect(policy.logs.map(\.key.name) == ["log.example"])
        #expect(policy.witnesses.count == 6)
        #expect(policy.groups.map(\.threshold) == [2, 1, 2])
        let x1 = (name: "X1", seed: UInt8(0), time: Int64(10))
        let x2 = (name: "X2", seed: UInt8(1), time: Int64(20))
        let y1 = (name: "Y1", seed: UInt8(10), time: Int64(30))
        let y2 = (name: "Y2", seed: UInt8(11), time: Int64(15))
        for (cosigners, verdict) in [
            ([], QuorumVerdict.missing), ([x1, x2], .missing), ([x1, y1, y2], .missing),
            ([x1, x2, y1], .reached(Instant(secondsSince1970: 30))),
            ([x1, x2, y1, y2], .reached(Instant(secondsSince1970: 20))),
        ] {
            #expect(try policy.verdict(on: checkpoint(cosigners)) == verdict)
        }
    }

    @Test func `is written as it is read`() throws {
        let policy = try read(try example())
        #expect(try LogPolicy(policy.bytes) == policy)
        let key = try Self.signer("log.example", .ed25519, seed: 100).key
        let witness = try Self.signer("w.example/eccoe/witness", seed: 1).key
        let derived = try LogPolicy(
            log: .init(key: key, url: "https://log.example/log/1"),
            witnesses: [
                .init(name: Array("w.example".utf8), key: witness, url: "https://w.example")
            ],
            required: 1
        )
        #expect(
            String(decoding: derived.bytes, as: UTF8.self) == """
                log \(key.text) https://log.example/log/1
                witness w.example \(witness.text) https://w.example
                group witnesses 1 w.example
                quorum witnesses

                """
        )
        #expect(try LogPolicy(derived.bytes) == derived)
        let alone = try LogPolicy(log: .init(key: key), witnesses: [], required: 0)
        #expect(String(decoding: alone.bytes, as: UTF8.self) == "log \(key.text)\nquorum none\n")
    }

    @Test func `may ask for nobody, for one witness, and may be written freely`() throws {
        #expect(try read("quorum none\n").verdict(on: checkpoint([])) == .notRequired)
        let vkey = try Self.vkey("X1", seed: 0)
        let policy = try read(
            " # a comment \u{e9}\n\t\n\twitness  \u{e9} \(vkey)\t\nquorum \u{e9} \n")
        #expect(policy.witnesses.first?.name == Array("\u{e9}".utf8))
        #expect(try policy.verdict(on: checkpoint([])) == .missing)
        #expect(
            try policy.verdict(on: checkpoint([("X1", 0, 7)]))
                == .reached(Instant(secondsSince1970: 7))
        )
    }

    @Test func `knows its logs by origin and key`() throws {
        let policy = try read(try example())
        #expect(policy.log(of: try checkpoint([]).note)?.key.name == "log.example")
        let other = try Self.signer("other.example", .ed25519, seed: 9)
        let head = try VerifiedCheckpoint(
            signing: Checkpoint(origin: "other.example", size: 1, root: Digest(of: [1])),
            by: other
        )
        #expect(policy.log(of: head.note) == nil)
    }

    @Test func `refuses what it does not understand, with the line`() throws {
        let a = try Self.vkey("a", seed: 1)
        let b = try Self.vkey("b", seed: 2)
        let log = try Self.signer("log", .ed25519, seed: 3).key.text
        let witnesses = "witness a \(a)\nwitness b \(b)\n"
        let cases: [(String, Int?)] = [
            ("", nil), ("quorum none", nil), ("# nothing\n", nil), (witnesses, nil),
            ("quorum none\nquorum none\n", 2), ("quorum a\n", 1), ("quorum\n", 1),
            ("quorum none none\n", 1), ("quorum a\nwitness a \(a)\n", 1),
            ("witness a\nquorum none\n", 1), ("witness a \(a) u v\nquorum none\n", 1),
            ("witness none \(a)\nquorum none\n", 1), ("witness a \(log)\nquorum none\n", 1),
            ("witness a nonsense\nquorum none\n", 1),
            ("witness a \(a)\nwitness a \(b)\nquorum none\n", 2),
            ("witness a \(a)\nwitness b \(a)\nquorum none\n", 2),
            ("log \(a)\nquorum none\n", 1), ("log \(log)\nlog \(log)\nquorum none\n", 2),
            ("log \(log) u v\nquorum none\n", 1), ("log\nquorum none\n", 1),
            (witnesses + "group g 0 a b\nquorum g\n", 3),
            (witnesses + "group g 3 a b\nquorum g\n", 3),
            (witnesses + "group g 01 a b\nquorum g\n", 3),
            (witnesses + "group g some a b\nquorum g\n", 3),
            (witnesses + "group g 1\nquorum g\n", 3),
            (witnesses + "group g all a a\nquorum g\n", 3),
            (witnesses + "group g all a c\nquorum g\n", 3),
            (witnesses + "group g all a none\nquorum g\n", 3),
            (witnesses + "group a all a b\nquorum a\n", 3),
            (witnesses + "group g all a\ngroup h all a b\nquorum h\n", 4),
            (witnesses + "group g all g\nquorum g\n", 3), ("quorum none\nfoo\n", 2),
            ("quorum none\r\n", 1), ("quorum\u{0} none\n", 1), ("\u{7f}\nquorum none\n", 1),
        ]
        for (text, line) in cases {
            let error = #expect(throws: PolicyError.self, "\(text)") { try read(text) }
            #expect(error?.line == line, "\(text)")
        }
    }

    @Test(arguments: [(32, true), (33, false)])
    func `has at most 32 logs, 32 witnesses and 32 groups`(_ count: Int, _ isRead: Bool) throws {
        var logs = ""
        var witnesses = ""
        var groups = ""
        for number in 0..<count {
            let seed = UInt8(number)
            logs += "log \(try Self.signer("l\(number)", .ed25519, seed: seed).key.text)\n"
            witnesses += "witness w\(number) \(try Self.vkey("w\(number)", seed: seed))\n"
            groups += "group g\(number) all \(number == 0 ? "w0" : "g\(number - 1)")\n"
        }
        let one = "witness w0 \(try Self.vkey("w0", seed: 0))\n"
        for text in [logs, witnesses, one + groups] {
            #expect(((try? read(text + "quorum none\n")) != nil) == isRead)
        }
        #expect(((try? read(logs + witnesses + groups + "quorum none\n")) != nil) == isRead)
    }

    @Test func `has at most 64 KiB`() {
        let start = "quorum none\n#"
        let filling = String(repeating: "x", count: LogPolicy.maximumBytes - start.utf8.count - 1)
        #expect(throws: Never.self) { try read(start + filling + "\n") }
        #expect(throws: PolicyError.self) { try read(start + filling + "x\n") }
    }
}
