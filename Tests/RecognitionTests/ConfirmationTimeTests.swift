import Keys
import Testing
import TransparencyLog

@testable import MemberRegistry
@testable import Recognition

/// University B's head, cosigned at times that a test counts in seconds from `change`.
private struct CosignedHead {
    /// Two weeks after the registry began: where the witness sets of these tests change.
    static let change = TestNetwork.start + 14 * 86_400
    var network: TestNetwork

    init(domains: [String] = TestNetwork.domains) throws {
        network = try TestNetwork(domains: domains)
    }

    /// A member that joins at the change.
    mutating func admit(_ domain: String, at time: Instant = change) throws {
        var document = try TestNetwork.document(domain)
        document.events = [StandingEvent(sequence: 1, at: time, event: .registration)]
        _ = try network.repository.admit(document, signers: [network.operatorKey], at: time)
    }

    static func line(
        _ domain: String, _ seconds: Int64, over text: [UInt8], key: Ed25519Key? = nil
    ) throws -> NoteSignature {
        let signer = try key ?? TestNetwork.key(.witness, of: domain)
        let witness = try #require(
            NoteSigner(
                name: NoteKey.witnessName(domain), type: .cosignature, signer: signer))
        return try witness.sign(text, at: change + seconds)
    }

    /// The head with these lines, whatever the limits of what is worth keeping.
    static func head(_ votes: [(String, Int64)]) throws -> VerifiedCheckpoint {
        let signer = try #require(
            NoteSigner(
                name: TestNetwork.author + "/eccoe/1", type: .ed25519,
                signer: try TestNetwork.key(.log, of: TestNetwork.author)))
        let bare = try VerifiedCheckpoint(
            signing: Checkpoint(
                origin: signer.key.name, size: 7, root: Digest(of: [7] as [UInt8])),
            by: signer)
        let lines = try votes.map { try line("uni-\($0.0).example", $0.1, over: bare.note.text) }
        return try VerifiedCheckpoint(bare.note.adding(lines), key: signer.key)
    }

    func registry() throws -> TrustedRegistry {
        let domains = network.repository.members.map(\.document.domain)
        var current = network
        try current.refresh(at: Self.change + 86_400)
        return try TrustedRegistry.offline(
            try current.excerpt(of: domains), at: Self.change + 86_400, trustedRootDigest: nil)
    }

    func confirmation(_ votes: [(String, Int64)]) throws -> Recognition.Confirmation? {
        try Recognition.Confirmation(of: Self.head(votes), in: registry())
    }
}

/// Votes by the letters of their universities and seconds from the change, and the time at which
/// they confirm; nil: never.
private struct Row: CustomTestStringConvertible {
    let what: String
    let votes: [(String, Int64)]
    let time: Int64?

    init(_ what: String, _ votes: [(String, Int64)], _ time: Int64?) {
        (self.what, self.votes, self.time) = (what, votes, time)
    }

    var testDescription: String { what }
}

private let day: Int64 = 86_400

@Suite struct `A checkpoint's time` {
    private func expect(_ row: Row, _ head: CosignedHead) throws {
        let found = try head.confirmation(row.votes)
        #expect(found.map { $0.time - CosignedHead.change } == row.time, "\(row.what)")
    }

    @Test(
        arguments: [
            Row("two of three", [("a", 5), ("c", 9)], 9),
            Row("the third changes nothing", [("a", 5), ("c", 9), ("d", 70)], 9),
            Row("at one moment", [("c", 9), ("d", 9)], 9),
            Row("one is too few", [("a", 5)], nil),
            Row("the author does not count", [("a", 5), ("b", 6)], nil),
            Row("a month may lie between", [("a", -10 * day), ("c", 20 * day)], 20 * day),
            Row("a witness that signs twice is one", [("a", 5), ("a", 9)], nil),
            Row("of two lines the first counts", [("a", 5), ("a", 90), ("c", 9)], 9),
            Row("a member that joins later", [("a", 5), ("e", 9)], nil),
        ])
    fileprivate func `is that of the quorum's last`(_ row: Row) throws {
        try expect(row, try CosignedHead())
    }

    /// A, C and D, two of whom were enough; with E and F they are five, and four must sign.
    @Test(
        arguments: [
            Row("the old set before", [("a", -9), ("c", -5)], -5),
            Row("the old set a day long", [("a", 5), ("c", day - 1)], day - 1),
            Row("and no longer", [("a", 5), ("c", day)], nil),
            Row("the new set from its moment", [("a", day), ("e", 0), ("f", 0), ("c", day)], day),
            Row("three of the new", [("a", day), ("e", day), ("f", day)], nil),
            Row("new ones do not complete the old", [("a", 5), ("e", 6), ("f", 7)], nil),
            Row("all of the new", [("a", 2 * day), ("e", 6), ("f", 7), ("d", 3 * day)], 3 * day),
            Row("the old set may be the quicker", [("e", 1), ("f", 2), ("a", 3), ("c", 4)], 4),
        ])
    fileprivate func `is judged by sets of the last day when the set grows`(_ row: Row) throws {
        var head = try CosignedHead()
        try head.admit("uni-e.example")
        try head.admit("uni-f.example")
        try expect(row, head)
    }

    /// A leaves at the moment at which E joins: {A, C, D} becomes {C, D, E}, two of three.
    @Test(
        arguments: [
            Row("who left had signed before", [("a", -5), ("c", 9)], 9),
            Row("who left signs with a key that is valid still", [("a", 7), ("c", 9)], 9),
            Row("a day after leaving", [("a", 7), ("c", day)], nil),
            Row("a second less", [("a", 7), ("c", day - 1)], day - 1),
            Row("never both in one set", [("a", -5), ("e", 9)], nil),
            Row("who came signs before it comes", [("c", -5), ("e", -4)], 0),
            Row("the new set", [("d", 5), ("e", 9)], 9),
        ])
    fileprivate func `is judged at one moment when one leaves and one comes`(_ row: Row) throws {
        var head = try CosignedHead()
        try head.network.suspend("uni-a.example", at: CosignedHead.change)
        try head.admit("uni-e.example")
        // A time is that of a cosignature, anybody's: until one more comes there is none.
        guard row.time != 0 else {
            #expect(try head.confirmation(row.votes) == nil)
            #expect(
                try head.confirmation(row.votes + [("b", 3)])?.time == CosignedHead.change + 3)
            #expect(
                try head.confirmation(row.votes + [("d", 60)])?.time == CosignedHead.change + 60)
            return
        }
        try expect(row, head)
    }

    @Test func `counts a key's later line when the earlier one came before the key was valid`()
        throws
    {
        var head = try CosignedHead()
        try head.network.change("uni-a.example", at: CosignedHead.change) {
            $0.keys[1].expires = CosignedHead.change + 10
        }
        let early = -14 * day - 1
        #expect(try head.confirmation([("a", early), ("c", 3)]) == nil)
        #expect(
            try head.confirmation([("a", early), ("a", 9), ("c", 3)])?.time
                == CosignedHead.change + 9)
        #expect(try head.confirmation([("a", early), ("a", 10), ("c", 3)]) == nil)
    }

    @Test func `says who had cosigned, of how many, and as of when`() throws {
        let found = try #require(
            try CosignedHead().confirmation([("c", 9), ("a", 5), ("d", 70), ("b", 1)]))
        #expect(found.witnesses == ["uni-a.example", "uni-c.example"])
        #expect(found.votes.map { $0.time - CosignedHead.change } == [5, 9])
        #expect(found.required == 2)
        #expect(found.witnessCount == 3)
        #expect(found.time - found.moment <= day && found.moment <= found.time)
    }

    @Test func `is none without witnesses`() throws {
        let alone = try CosignedHead(domains: [TestNetwork.author])
        #expect(try alone.confirmation([("a", 5), ("c", 9), ("b", 3)]) == nil)
    }

    /// The definition word for word, at every half hour: events lie on whole ones.
    private func byDefinition(
        _ votes: [(String, Int64)], _ registry: TrustedRegistry
    ) -> Int64? {
        let origin = TestNetwork.author + "/eccoe/1"
        let valid = votes.filter { letter, seconds in
            let document = registry.member("uni-\(letter).example")?.document
            return document?.keys(for: .witness, at: CosignedHead.change + seconds).isEmpty == false
        }
        return valid.map(\.1).sorted().first { t in
            let had = Set(valid.filter { $0.1 <= t }.map { "uni-\($0.0).example" })
            return stride(from: t - day, through: t, by: 1800).contains { s in
                let set = registry.witnessSet(forOrigin: origin, at: CosignedHead.change + s)
                let count = set.cosigners.count { had.contains($0.domain) }
                return set.required > 0 && count >= set.required
            }
        }
    }

    @Test(arguments: 0..<12)
    func `is what the definition says, whatever comes and goes`(_ seed: Int) throws {
        var generator = SystemSplitMix(state: UInt64(seed))
        let letters = ["a", "c", "d", "e", "f", "g", "h"]
        var head = try CosignedHead(
            domains: [TestNetwork.author] + letters.prefix(4).map { "uni-\($0).example" })
        for letter in letters.dropFirst(4) {
            let hour = Int64.random(in: -20...20, using: &generator)
            try head.admit("uni-\(letter).example", at: CosignedHead.change + hour * 3600)
        }
        for letter in letters.prefix(3) where Bool.random(using: &generator) {
            let hour = Int64.random(in: -30...20, using: &generator)
            try head.network.suspend(
                "uni-\(letter).example", at: CosignedHead.change + hour * 3600)
        }
        let registry = try head.registry()
        var confirmed = 0
        for _ in 0..<40 {
            let votes = letters.shuffled(using: &generator)
                .prefix(Int.random(in: 1...7, using: &generator))
                .map { ($0, Int64.random(in: -40...40, using: &generator) * 1800) }
            let found = try Recognition.Confirmation(of: CosignedHead.head(votes), in: registry)
            #expect(
                found.map { $0.time - CosignedHead.change } == byDefinition(votes, registry),
                "\(votes)")
            confirmed += found == nil ? 0 : 1
        }
        #expect((1..<40).contains(confirmed))
    }
}

/// A small generator with a seed.
private struct SystemSplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
