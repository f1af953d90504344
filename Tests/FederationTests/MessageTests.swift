import CanonicalJSON
import Federation
import Keys
import Testing
import TransparencyLog

@Suite struct `An announcement` {
    private func notes(_ count: Int) throws -> [SignedNote] {
        let log = try SampleLog(size: count)
        return try (1...count).map { try log.head($0).note }
    }

    private func body(_ notes: [JSON]) -> [UInt8] {
        (["v": 1, "checkpoints": .array(notes)] as JSON).canonicalBytes
    }

    @Test func `is written as JSON and read back`() throws {
        let announcement = Announcement(checkpoints: try notes(2))
        let json = try JSON.read(announcement.bytes)
        #expect(json.object?.names == ["checkpoints", "v"])
        let first = try #require(json["checkpoints"]?[0]?.string)
        #expect(Array(first.utf8) == announcement.checkpoints[0].bytes)
        #expect(try Announcement(announcement.bytes) == announcement)
    }

    @Test func `carries 64 checkpoints and not 65`() throws {
        let notes = try notes(65)
        let largest = Announcement(checkpoints: Array(notes.prefix(64)))
        #expect(try Announcement(largest.bytes).checkpoints.count == 64)
        let found = problem { () throws(Problem) in
            _ = try Announcement(Announcement(checkpoints: notes).bytes)
        }
        #expect(found?.slug == .tooLarge)
    }

    @Test func `carries at least one`() {
        let found = problem { () throws(Problem) in _ = try Announcement(body([])) }
        #expect(found?.pointer == "/checkpoints")
    }

    @Test func `may have 256 KiB and not a byte more`() throws {
        let announcement = Announcement(checkpoints: try notes(1))
        let bytes = announcement.bytes
        let blanks = [UInt8](repeating: 0x20, count: Limits.announcementBytes - bytes.count)
        #expect(try Announcement(bytes + blanks) == announcement)
        let found = problem { () throws(Problem) in
            _ = try Announcement(bytes + blanks + [0x20])
        }
        #expect(found?.status == 413)
    }

    @Test(arguments: [
        "", "garbage", "[]", "{}", #"{"checkpoints":["x"]}"#, #"{"checkpoints":["x"],"v":2}"#,
        #"{"checkpoints":"x","v":1}"#, #"{"checkpoints":["x"],"checkpoints":["x"],"v":1}"#,
        "\u{0}",
    ])
    func `that is garbage is refused`(_ text: String) {
        let found = problem { () throws(Problem) in _ = try Announcement(Array(text.utf8)) }
        #expect(found?.slug == .malformedRequest)
    }

    @Test(arguments: ["x", 1, .null, ""] as [JSON])
    func `with something else than a note names its place`(_ value: JSON) throws {
        let note = JSON.string(String(decoding: try notes(1)[0].bytes, as: UTF8.self))
        let found = problem { () throws(Problem) in _ = try Announcement(body([note, value])) }
        #expect(found?.slug == .invalidCheckpoint)
        #expect(found?.pointer == "/checkpoints/1")
    }
}

@Suite struct `A batch of payloads` {
    private func digests(_ count: Int) -> [Digest] {
        (0..<count).map { Digest(of: Array("\($0)".utf8)) }
    }

    @Test func `is asked for with 256 hashes and not 257`() throws {
        let largest = BlobBatch(digests: digests(256))
        #expect(try BlobBatch(largest.bytes) == largest)
        let found = problem { () throws(Problem) in
            _ = try BlobBatch(BlobBatch(digests: digests(257)).bytes)
        }
        #expect(found?.slug == .tooLarge)
    }

    @Test func `is asked for with these bytes`() {
        let text = #"{"sha256":["\#(SampleLeaf.hex)"],"v":1}"#
        #expect(BlobBatch(digests: [SampleLeaf.digest]).bytes == Array(text.utf8))
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"sha256":[],"v":2}"#, #"{"sha256":"","v":1}"#,
        #"{"sha256":["ab"],"v":1}"#,
        #"{"sha256":[1],"v":1}"#, #"{"sha256":["\#(SampleLeaf.hex.uppercased())"],"v":1}"#,
    ])
    func `asked for in another form is refused`(_ text: String) {
        let found = problem { () throws(Problem) in _ = try BlobBatch(Array(text.utf8)) }
        #expect(found?.slug == .malformedRequest)
    }

    @Test func `is answered with these bytes`() {
        let answer = BlobBatch.encode([[7, 8], nil, []])
        #expect(answer == [0, 0, 0, 2, 7, 8, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])
    }

    @Test func `comes back as it was, absent ones included`() throws {
        let payloads: [[UInt8]?] = [
            [1], nil, [], Array(repeating: 2, count: Limits.payloadBytes),
        ]
        let bytes = BlobBatch.encode(payloads)
        #expect(try BlobBatch.decode(bytes, count: 4) == payloads)
    }

    @Test func `that is cut off anywhere is refused`() {
        let bytes = BlobBatch.encode([[1, 2, 3], nil, [4]])
        for count in 0..<bytes.count {
            let found = problem { () throws(Problem) in
                _ = try BlobBatch.decode(Array(bytes.prefix(count)), count: 3)
            }
            #expect(found?.slug == .malformedRequest, "cut after \(count) bytes")
        }
    }

    @Test func `with a payload beyond 256 KiB is refused`() {
        let large = [UInt8](repeating: 0, count: Limits.payloadBytes + 1)
        let found = problem { () throws(Problem) in
            _ = try BlobBatch.decode(BlobBatch.encode([large]), count: 1)
        }
        #expect(found?.slug == .malformedRequest)
    }

    @Test func `leaves out what would exceed the answer's limit`() throws {
        let large = [UInt8](repeating: 1, count: Limits.payloadBytes)
        let bytes = BlobBatch.encode(Array(repeating: large, count: 256))
        #expect(bytes.count <= BlobBatch.maximumAnswer)
        let decoded = try BlobBatch.decode(bytes, count: 256)
        #expect(decoded.filter { $0 != nil }.count == 63)
    }
}

@Suite struct `A problem` {
    @Test(arguments: Problem.Slug.allCases)
    func `of every kind survives its JSON form`(_ slug: Problem.Slug) throws {
        let problem = Problem(slug, "what is wrong", at: "/place", try: "mend it")
        let json = try JSON.read(problem.json(node: "uni-a.example:8443").canonicalBytes)
        #expect(Problem(json: json) == problem)
        #expect(json["status"]?.integer == Int64(problem.status))
        #expect(json["type"]?.string == "https://uni-a.example:8443/problems/\(slug.rawValue)")
        #expect((400...599).contains(problem.status))
    }

    @Test func `without place and remedy leaves them out`() {
        let json = Problem(.busy, "later").json(node: "a.example")
        let text =
            #"{"detail":"later","status":503,"title":"busy","#
            + #""type":"https://a.example/problems/busy"}"#
        #expect(json.canonicalText == text)
        #expect(Problem(json: json) == Problem(.busy, "later"))
    }

    @Test(arguments: [
        (Problem.Slug.malformedRequest, 400), (.invalidCheckpoint, 400), (.forbidden, 403),
        (.notAMember, 403), (.notFound, 404), (.unknownOrigin, 404), (.methodNotAllowed, 405),
        (.conflict, 409), (.requestIDReused, 409), (.gone, 410), (.tooLarge, 413),
        (.invalidItem, 422), (.invalidProof, 422), (.internalError, 500), (.unreachable, 502),
        (.busy, 503), (.readOnly, 503),
    ])
    func `has the status of its kind`(_ slug: Problem.Slug, _ status: Int) {
        #expect(Problem(slug, "").status == status)
    }

    @Test(arguments: [
        "{}", "[]", #"{"type":"https://a.example/problems/busy"}"#,
        #"{"detail":"x","type":"https://a.example/problems/sunburn"}"#,
        #"{"detail":"x","type":""}"#,
    ])
    func `is not read from anything else`(_ text: String) throws {
        #expect(Problem(json: try JSON.read(Array(text.utf8))) == nil)
    }
}
