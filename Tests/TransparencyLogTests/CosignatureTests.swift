import Keys
import Testing
import TransparencyLog

@Suite struct `Cosignatures` {
    private func witness(_ number: UInt8) throws -> NoteSigner {
        try Fixtures.signer("w\(number).example", .cosignature, seed: 40 + number)
    }

    private func at(_ seconds: Int64) -> Instant { Instant(secondsSince1970: seconds) }

    private func cosigned(_ times: [(witness: UInt8, seconds: Int64)]) throws -> VerifiedCheckpoint
    {
        let checkpoint = try Fixtures.checkpoint()
        return try checkpoint.adding(
            times.map { try witness($0.witness).sign(checkpoint.note.text, at: at($0.seconds)) }
        )
    }

    @Test func `a cosignature carries witness and time`() throws {
        let key = try witness(1).key
        let head = try cosigned([(1, 1_767_225_600)])
        let cosignatures = try head.cosignatures(by: [key])
        #expect(cosignatures.map(\.witness) == [key])
        #expect(cosignatures.map(\.time) == [at(1_767_225_600)])
        let line = try #require(head.note.signatures.last)
        #expect(line.signature.count == 72)
        #expect(Array(line.signature.prefix(8)) == [0, 0, 0, 0, 0x69, 0x55, 0xb9, 0])
    }

    @Test func `a quorum is reached at the time of its last witness`() throws {
        let witnesses = try (1...4).map { try witness($0).key }
        let head = try cosigned([(3, 300), (1, 100), (2, 200)])
        #expect(try head.confirmed(by: witnesses, quorum: 1) == at(100))
        #expect(try head.confirmed(by: witnesses, quorum: 2) == at(200))
        #expect(try head.confirmed(by: witnesses, quorum: 3) == at(300))
        #expect(try head.confirmed(by: witnesses, quorum: 4) == nil)
        #expect(try head.confirmed(by: [], quorum: 1) == nil)
        #expect(try head.confirmed(by: witnesses, quorum: 0) == nil)
        #expect(try head.confirmed(by: witnesses, quorum: -1) == nil)
        #expect(try head.confirmed(by: [witnesses[3], witnesses[0]], quorum: 2) == nil)
    }

    @Test func `a witness that signs twice counts once, by its earliest time`() throws {
        let witnesses = try (1...2).map { try witness($0).key }
        let head = try cosigned([(1, 500), (1, 400), (1, 600)])
        #expect(try head.cosignatures(by: witnesses).map(\.time) == [at(400)])
        #expect(try head.confirmed(by: witnesses, quorum: 2) == nil)
    }

    @Test func `of many cosignatures of a witness the earliest and the latest are kept`() throws {
        let keys = try (1...2).map { try witness($0).key }
        var head = try Fixtures.checkpoint()
        for day in 0..<20 as Range<Int64> {
            let lines = try (1...2 as ClosedRange<UInt8>).map {
                try witness($0).sign(head.note.text, at: at(day * 86_400 + Int64($0)))
            }
            head = try head.adding(lines)
        }
        #expect(try head.cosignatureTimes(by: keys[0]) == [at(1), at(19 * 86_400 + 1)])
        #expect(try head.cosignatureTimes(by: keys[1]) == [at(2), at(19 * 86_400 + 2)])
        #expect(head.note.signatures.count == 5)
        head = try head.adding([witness(1).sign(head.note.text, at: at(0))])
        #expect(try head.cosignatureTimes(by: keys[0]) == [at(0), at(19 * 86_400 + 1)])
    }

    @Test func `beyond 16 lines the first cosignature of each stays, earlier ones first`() throws {
        let checkpoint = try Fixtures.checkpoint()
        let witnesses = try (0..<18 as Range<UInt8>).map { try witness($0) }
        let first = try witnesses.prefix(12).enumerated().map {
            try $1.sign(checkpoint.note.text, at: at(Int64(100 - $0)))
        }
        let last = try witnesses.prefix(12).enumerated().map {
            try $1.sign(checkpoint.note.text, at: at(Int64(1000 + $0)))
        }
        let head = try checkpoint.adding(last + first)
        #expect(head.note.signatures.count == SignedNote.maximumSignatures)
        let kept = try witnesses.prefix(12).map {
            try head.cosignatureTimes(by: $0.key).map(\.secondsSince1970)
        }
        #expect(kept.map(\.first) == (0..<12).map { 100 - Int64($0) })
        #expect(kept.map(\.count) == Array(repeating: 1, count: 9) + [2, 2, 2])
        let late = try witnesses.suffix(6).map { try $0.sign(checkpoint.note.text, at: at(5000)) }
        let full = try head.adding(late)
        #expect(full.note.signatures.count == SignedNote.maximumSignatures)
        let firsts = try full.cosignatures(by: witnesses.map(\.key))
        #expect(firsts.count == 15)
        #expect(firsts.filter { $0.time < at(1000) }.count == 12)
    }

    @Test func `a witness that is listed twice counts once`() throws {
        let key = try witness(1).key
        let alias = try Fixtures.signer("alias.example", .cosignature, seed: 41)
        #expect(alias.key.publicKey == key.publicKey)
        let head = try cosigned([(1, 500)])
        #expect(try head.cosignatures(by: [key, key]).count == 1)
        #expect(try head.confirmed(by: [key, key], quorum: 2) == nil)
        let both = try head.adding([alias.sign(head.note.text, at: at(600))])
        #expect(try both.confirmed(by: [key, alias.key], quorum: 2) == nil)
    }

    @Test func `a forged cosignature of a known witness is an error`() throws {
        let key = try witness(1).key
        let head = try cosigned([(1, 500)])
        let line = try #require(head.note.signatures.last)
        for index in [0, 7, 8, 71] {
            var bytes = line.signature
            bytes[index] ^= 1
            let forged = NoteSignature(name: line.name, keyID: line.keyID, signature: bytes)
            let note = try Fixtures.checkpoint().adding([forged])
            #expect(throws: NoteError.invalidSignature(by: key.name)) {
                try note.cosignatures(by: [key])
            }
            #expect(try note.cosignatures(by: [witness(2).key]).isEmpty)
        }
        for count in [0, 8, 64, 71] where count > 0 {
            let cut = NoteSignature(
                name: line.name,
                keyID: line.keyID,
                signature: Array(line.signature.prefix(count))
            )
            let note = try Fixtures.checkpoint().adding([cut])
            #expect(throws: NoteError.invalidSignature(by: key.name)) {
                try note.confirmed(by: [key], quorum: 1)
            }
        }
    }

    @Test func `a cosignature of another head does not count`() throws {
        let other = try Fixtures.checkpoint(size: 8)
        let line = try witness(1).sign(other.note.text, at: at(5))
        let note = try Fixtures.checkpoint(size: 7).adding([line])
        #expect(throws: NoteError.invalidSignature(by: "w1.example")) {
            try note.cosignatures(by: [witness(1).key])
        }
    }

    @Test func `a time beyond 2^63 - 1 is no cosignature`() throws {
        let key = try witness(1).key
        let head = try cosigned([(1, .max)])
        #expect(try head.cosignatures(by: [key]).map(\.time) == [at(.max)])
        let line = try #require(head.note.signatures.last)
        var bytes = line.signature
        bytes[0] |= 0x80
        let note = try Fixtures.checkpoint().adding([
            NoteSignature(name: line.name, keyID: line.keyID, signature: bytes)
        ])
        #expect(throws: NoteError.invalidSignature(by: key.name)) {
            try note.cosignatures(by: [key])
        }
    }

    @Test func `a plain signature is no cosignature`() throws {
        let checkpoint = try Fixtures.checkpoint()
        let plain = try Fixtures.signer("plain.example", .ed25519, seed: 77)
        let head = try checkpoint.adding([plain.sign(checkpoint.note.text, at: at(1))])
        #expect(try head.cosignatures(by: [plain.key]).isEmpty)
        #expect(try head.cosignatures(by: [checkpoint.key]).isEmpty)
    }
}
