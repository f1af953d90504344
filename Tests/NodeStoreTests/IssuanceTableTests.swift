import Federation
import Foundation
import Keys
import NodeStore
import Testing
import TransparencyLog

@Suite struct `What is kept of issued credentials` {
    private static let time = Instant(secondsSince1970: 1_795_456_800)
    private let folder: TemporaryFolder
    private let database: NodeDatabase

    init() throws {
        folder = try TemporaryFolder()
        database = try NodeDatabase(path: folder.file("node.sqlite"))
    }

    private static func digest(_ number: UInt8) -> Digest { Digest(of: [number]) }

    private static func salt(_ number: UInt8) -> [UInt8] { Array(repeating: number, count: 32) }

    private static func entry(_ number: UInt8) -> Digest {
        Digest.ofLeaf(salt(number) + digest(number).bytes)
    }

    private func note(_ number: UInt8) throws {
        try database.noteIssuance(
            of: Self.digest(number), salt: Self.salt(number), entry: Self.entry(number),
            at: Self.time)
    }

    private func gather(
        _ subject: String, limit: Int = 10
    ) throws -> IssuanceBatch? {
        let request = RequestID(milliseconds: 1, random: Array(subject.utf8))
        return try database.gatherIssuances(
            subject: subject, request: request, limit: limit, at: Self.time)
    }

    @Test func `a batch is in the order of the salts, not of issue`() throws {
        for number in [7, 3, 9] as [UInt8] { try note(number) }
        let batch = try #require(try gather("a"))
        #expect(batch.entries == ([3, 7, 9] as [UInt8]).map(Self.entry))
        #expect(batch.index == nil)
        #expect(try database.issuance(of: Self.digest(7))?.position == 1)
        #expect(try database.issuance(of: Self.digest(7))?.salt == Self.salt(7))
        #expect(try gather("b") == nil)
    }

    @Test func `a full batch leaves the newest waiting`() throws {
        for number in 1...3 as ClosedRange<UInt8> { try note(4 - number) }
        #expect(try gather("a", limit: 2)?.entries == ([2, 3] as [UInt8]).map(Self.entry))
        #expect(try database.issuance(of: Self.digest(1))?.batch == nil)
        #expect(try gather("b", limit: 2)?.entries == [Self.entry(1)])
    }

    @Test func `a batch is unfinished until its leaf stands, and again when that is lost`() throws {
        try note(1)
        let batch = try #require(try gather("a"))
        #expect(try database.unfinishedIssuances() == [batch])
        try database.completeIssuance("a", index: 5)
        #expect(try database.unfinishedIssuances().isEmpty)
        #expect(try database.issuanceBatch("a")?.index == 5)
        #expect(try database.completedIssuances(from: 6).isEmpty)
        #expect(try database.completedIssuances(from: 5) == ["a"])
        try database.reopenIssuance("a")
        #expect(try database.unfinishedIssuances() == [batch])
    }

    @Test func `a credential is noted once`() throws {
        try note(1)
        try database.noteIssuance(
            of: Self.digest(1), salt: Self.salt(2), entry: Self.entry(2), at: Self.time)
        #expect(try gather("a")?.entries == [Self.entry(1)])
    }

    @Test func `of an erased one only the entry's hash is left, for the others' paths`() throws {
        for number in [1, 2] as [UInt8] { try note(number) }
        let batch = try #require(try gather("a"))
        try note(3)
        for number in [1, 3] as [UInt8] {
            let digest = Self.digest(number)
            #expect(try database.eraseIssuance(of: digest, reason: "asked", at: Self.time))
            #expect(try database.issuance(of: digest) == nil)
            #expect(try !database.eraseIssuance(of: digest, reason: "asked", at: Self.time))
        }
        #expect(try database.issuanceBatch("a") == batch)
        #expect(try gather("b") == nil)
        #expect(try database.issuance(of: Self.digest(2)) != nil)
        try database.scrub()
        let file = try #require(FileManager.default.contents(atPath: folder.file("node.sqlite")))
        let bytes = Array(file)
        #expect(!Self.contains(bytes, Self.salt(1)) && !Self.contains(bytes, Self.salt(3)))
        #expect(Self.contains(bytes, Self.salt(2)))
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
}
