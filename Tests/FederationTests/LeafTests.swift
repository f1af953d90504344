import CanonicalJSON
import Federation
import Keys
import Testing

@Suite struct `A leaf` {
    @Test func `golden bytes cover every type`() {
        let covered = Set(SampleLeaf.golden.map(\.leaf.type))
        #expect(covered == Set(LeafType.allCases))
    }

    @Test(arguments: SampleLeaf.golden)
    func `is written as these bytes and read back`(_ golden: SampleLeaf.Golden) {
        #expect(String(decoding: golden.leaf.bytes, as: UTF8.self) == golden.text)
        #expect(golden.leaf.violation == nil)
        #expect(LeafReading(Array(golden.text.utf8)) == .leaf(golden.leaf))
    }

    @Test(arguments: [
        (#"{"at":1}"#, "no v 1 or no type"),
        (#"{"type":"genesis","v":2}"#, "no v 1 or no type"),
        (#"{"type":1,"v":1}"#, "no v 1 or no type"),
        (#"{"type":"genesis"}"#, "no v 1 or no type"),
        (#"[]"#, "no v 1 or no type"),
        (#"{"type":"genesis","v":1}"#, "at is no RFC 3339 time"),
        (#"{"at":"2026-11-23T18:00:00+00:00","type":"genesis","v":1}"#, "at is no RFC 3339 time"),
        (#"{"at":"2026-11-23T18:00:00.5Z","type":"genesis","v":1}"#, "at is no RFC 3339 time"),
        (#"{ "type":"genesis","v":1}"#, "not RFC 8785"),
        (#"{"v":1,"type":"genesis"}"#, "not RFC 8785"),
        (#"{"type":"genesis","v":1.0}"#, "not RFC 8785"),
        (#"{"type":"genesis","v":1}"# + "\n", "not RFC 8785"),
        (#"{"type":"\u0067enesis","v":1}"#, "not RFC 8785"),
        (#"{"type":"genesis","type":"genesis","v":1}"#, "appears twice"),
        (#"{"type":"genesis""#, "the text ends"),
        ("", "the text ends"),
    ])
    func `that is not of the form is malformed`(_ text: String, _ reason: String) throws {
        let found = try #require(SampleLeaf.malformation(Array(text.utf8)))
        #expect(found.contains(reason), "\(found)")
    }

    @Test func `that is not UTF-8 is malformed`() {
        #expect(SampleLeaf.malformation([0xff, 0xfe]) != nil)
    }

    @Test(
        arguments: [
            ("subject", .number(JSONNumber(1))), ("subject", .null), ("revision", "1"),
            ("revision", .null), ("previous", "0"), ("payload", "4bf5"),
            ("payload", .string(SampleLeaf.hex)),
            ("payload", .string("sha256:" + SampleLeaf.hex + "0")),
            ("payload", .string("sha256:" + SampleLeaf.hex.uppercased())), ("digest", "sha256:"),
            ("commitment", .string("sha256:" + SampleLeaf.hex)), ("with", 1), ("on", 20_270_131),
            ("refs", "a"), ("refs", [1]), ("refs", ["a", .null]),
        ] as [(String, JSON)])
    func `with a member of the wrong kind is malformed`(_ name: String, _ value: JSON) throws {
        let bytes = try SampleLeaf.changed { $0[name] = value }
        #expect(SampleLeaf.malformation(bytes) == "\(name) is malformed")
    }

    @Test(arguments: ["", " ", "a b", "ä", "a\u{7f}", String(repeating: "x", count: 65)])
    func `needs a subject of 1 to 64 printable ASCII characters`(_ subject: String) throws {
        let bytes = try SampleLeaf.changed { $0["subject"] = .string(subject) }
        let reason = try #require(SampleLeaf.malformation(bytes))
        #expect(reason.contains("1 to 64 printable ASCII"))
    }

    @Test func `takes a subject of 64 characters`() throws {
        let bytes = try SampleLeaf.changed {
            $0["subject"] = .string(String(repeating: "~", count: 64))
        }
        #expect(SampleLeaf.malformation(bytes) == nil)
    }

    @Test(
        arguments: [
            (["subject": nil], "subject is not 1 to 64"),
            (["revision": nil], "revision is not at least 1"),
            (["revision": 0], "revision is not at least 1"),
            (["revision": -1], "revision is not at least 1"),
            (["previous": -1], "previous is negative"),
            (["payload": nil], "payload is missing"),
            (["commitment": .string(SampleLeaf.hex)], "item.published has no commitment"),
        ] as [([String: JSON?], String)])
    func `of an item keeps the rules of its type`(
        _ changes: [String: JSON?],
        _ reason: String
    ) throws {
        let bytes = try SampleLeaf.changed { object in
            for (name, value) in changes { object[name] = value }
        }
        let found = try #require(SampleLeaf.malformation(bytes))
        #expect(found.contains(reason), "\(found)")
    }

    @Test(arguments: [LeafType.genesis, .payloadErased, .epochClosed])
    func `without a subject has no revision and no previous`(_ type: LeafType) {
        var leaf = Leaf(type: type, at: SampleLeaf.at)
        leaf.payload = type.hasPayload ? SampleLeaf.digest : nil
        leaf.references = type == .payloadErased ? [SampleLeaf.reference] : []
        #expect(leaf.violation == nil)
        for change in [
            { (leaf: inout Leaf) in leaf.subject = "a" },
            { (leaf: inout Leaf) in leaf.revision = 1 },
            { (leaf: inout Leaf) in leaf.previous = 0 },
        ] {
            var wrong = leaf
            change(&wrong)
            #expect(wrong.violation?.contains("has no subject, revision or previous") == true)
        }
    }

    @Test(arguments: LeafType.allCases.filter(\.hasRandomSubject))
    func `whose subject must be random takes no other`(_ type: LeafType) throws {
        let golden = try #require(SampleLeaf.golden.first { $0.leaf.type == type }).leaf
        for subject in [
            "BC-101", String(SampleLeaf.random.dropLast(2)), SampleLeaf.random + "00",
            "000102030405060708090A0B0C0D0E0F",
        ] {
            var leaf = golden
            leaf.subject = subject
            #expect(leaf.violation == "subject is not 16 bytes in lower-case hexadecimal")
        }
    }

    @Test(arguments: [LeafType.decisionRecorded, .decisionSuperseded])
    func `of a decision hides the hour`(_ type: LeafType) throws {
        var leaf = try #require(SampleLeaf.golden.first { $0.leaf.type == type }).leaf
        leaf.at = leaf.at + 1
        #expect(leaf.violation == "a decision's time is not cut to its day")
    }

    @Test(arguments: [LeafType.decisionRecorded, .decisionSuperseded, .issuanceAnchored])
    func `of a commitment has it and no payload`(_ type: LeafType) throws {
        let golden = try #require(SampleLeaf.golden.first { $0.leaf.type == type }).leaf
        var leaf = golden
        leaf.commitment = nil
        #expect(leaf.violation == "commitment is missing")
        leaf = golden
        leaf.payload = SampleLeaf.digest
        #expect(leaf.violation == "\(type.rawValue) has no payload")
    }

    @Test(arguments: [LeafType.precedentPublished, .issuanceAnchored])
    func `that is said once has revision 1`(_ type: LeafType) throws {
        var leaf = try #require(SampleLeaf.golden.first { $0.leaf.type == type }).leaf
        leaf.revision = 2
        #expect(leaf.violation == "\(type.rawValue) has revision 1 only")
    }

    @Test(arguments: LeafType.allCases)
    func `has the members that its type asks for and no others`(_ type: LeafType) throws {
        let golden = try #require(SampleLeaf.golden.first { $0.leaf.type == type }).leaf
        let members: [(String, Bool, (inout Leaf, Bool) -> Void)] = [
            ("payload", type.hasPayload, { $0.payload = $1 ? SampleLeaf.digest : nil }),
            ("commitment", type.hasCommitment, { $0.commitment = $1 ? SampleLeaf.digest : nil }),
            ("digest", type.isAgreement, { $0.digest = $1 ? SampleLeaf.digest : nil }),
            ("with", type.isAgreement, { $0.with = $1 ? "uni-b.example" : nil }),
            ("on", type == .agreementTerminated, { $0.on = $1 ? "2027-01-31" : nil }),
        ]
        for (name, isAsked, set) in members {
            var leaf = golden
            set(&leaf, !isAsked)
            let reason = isAsked ? "\(name) is missing" : "\(type.rawValue) has no \(name)"
            #expect(leaf.violation == reason)
            #expect(SampleLeaf.malformation(leaf.bytes) == reason)
        }
    }

    @Test(
        arguments: LeafType.allCases.filter(\.isAgreement),
        [
            "", "uni-b", "Uni-b.example", "uni_b.example", "uni-b.example.", "münchen.example",
            "10.0.0.1", "uni-b.example/eccoe/1",
        ])
    func `of an agreement names the partner's domain`(_ type: LeafType, _ with: String) throws {
        var leaf = try #require(SampleLeaf.golden.first { $0.leaf.type == type }).leaf
        leaf.with = with
        #expect(leaf.violation == "with is no domain in lower-case A-labels")
    }

    @Test(arguments: [
        "", "2027-02-29", "2027-13-01", "2027-1-31", "31.01.2027", "2027-01-31T00:00:00Z",
        "2027-01-3１",
    ])
    func `of a termination has a date`(_ on: String) throws {
        let leaf = SampleLeaf.agreement(
            .agreementTerminated, payload: SampleLeaf.digest, on: on)
        #expect(leaf.violation == "on is no date")
        #expect(
            SampleLeaf.agreement(
                .agreementTerminated, payload: SampleLeaf.digest, on: "2028-02-29"
            ).violation == nil)
    }

    @Test(arguments: LeafType.allCases.filter(\.isAgreement))
    func `of an agreement has no previous`(_ type: LeafType) throws {
        var leaf = try #require(SampleLeaf.golden.first { $0.leaf.type == type }).leaf
        leaf.previous = 0
        #expect(leaf.violation == "\(type.rawValue) has no previous")
    }

    @Test func `that erases names at least one leaf`() {
        let leaf = Leaf(type: .payloadErased, at: SampleLeaf.at)
        #expect(SampleLeaf.malformation(leaf.bytes) == "payload.erased names no leaf")
    }

    @Test func `carries four references and not five`() {
        var leaf = SampleLeaf.item()
        leaf.references = Array(repeating: SampleLeaf.reference, count: 4)
        #expect(LeafReading(leaf.bytes) == .leaf(leaf))
        leaf.references.append(SampleLeaf.reference)
        #expect(SampleLeaf.malformation(leaf.bytes) == "more than 4 references")
    }

    @Test func `may have 2,046 bytes and not 2,047`() throws {
        func padded(to count: Int) throws -> [UInt8] {
            let bare = try SampleLeaf.changed { $0["note"] = "" }
            let text = String(repeating: "x", count: count - bare.count)
            return try SampleLeaf.changed { $0["note"] = .string(text) }
        }
        let largest = try padded(to: 2046)
        #expect(largest.count == 2046)
        #expect(LeafReading(largest) == .leaf(SampleLeaf.item()))
        let tooLarge = try padded(to: 2047)
        #expect(SampleLeaf.malformation(tooLarge) == "larger than 2046 bytes")
    }

    @Test func `of an unknown type is kept`() throws {
        let bytes = try SampleLeaf.changed { $0["type"] = "item.sung" }
        #expect(LeafReading(bytes) == .unknownType("item.sung"))
        // A later version may mean something else by the members.
        #expect(LeafReading(Array(#"{"type":"x","v":1}"#.utf8)) == .unknownType("x"))
    }

    @Test func `with unknown members is read without them`() throws {
        let bytes = try SampleLeaf.changed { $0["zz"] = ["a": 1] }
        #expect(LeafReading(bytes) == .leaf(SampleLeaf.item()))
    }
}
