import Federation
import Foundation
import Keys
import NodeStore
import Testing
import TransparencyLog

@Suite struct `Erasing a payload` {
    private static let secret = "Zanzibar Quokka"
    private let author: SampleStore
    private let copy: LogStore

    init() throws {
        author = try SampleStore()
        copy = try LogStore(
            path: author.folder.file("copy.sqlite"), key: author.signer.key, create: true)
        try author.append([SampleStore.item("A", text: Self.secret)])
        try author.append([SampleStore.item("B"), SampleStore.item("A", text: "new")])
    }

    private func reference(_ index: Int, origin: String = SampleStore.origin) throws -> String {
        let leaf = try #require(try author.log.entry(index))
        return LeafReference(origin: origin, index: index, hash: Digest.ofLeaf(leaf)).text
    }

    private func digest(_ index: Int) throws -> Digest {
        guard case .leaf(let leaf) = LeafReading(try #require(try author.log.entry(index))) else {
            throw ProofError.outOfRange
        }
        return try #require(leaf.payload)
    }

    private func erase(_ references: String...) throws {
        let answer = try author.append([Draft(type: .payloadErased, references: references)])
        #expect(answer.results?.count == 1)
    }

    /// Copies what the author has and, of the payloads that are wanted, what it still holds.
    private func follow() throws {
        var step = LogExtension(from: copy.range, to: try #require(author.log.head))
        while let tile = step.next {
            try step.receive(try #require(try author.log.resource(tile)))
        }
        try copy.extend(by: step)
        let held = try copy.wantedPayloads(limit: 99).compactMap { try author.log.payload($0) }
        _ = try copy.store(payloads: held)
    }

    private func files(with text: String) throws -> [String] {
        let folder = (author.folder.file("x") as NSString).deletingLastPathComponent
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
            let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)")
            return bytes?.range(of: Data(text.utf8)) != nil
        }
    }

    @Test func `deletes it at the author and at the copy, and leaves the tree as it was`() throws {
        try follow()
        #expect(try copy.payload(digest(0)) != nil)
        #expect(try !files(with: Self.secret).isEmpty)
        let roots = try (1...3).map { try author.log.root(at: $0) }
        try erase(reference(0))
        try follow()
        for log in [author.log, copy] {
            #expect(try log.payload(digest(0)) == nil)
            #expect(try log.isErased(digest(0)))
            #expect(try log.payload(digest(1)) != nil)
            #expect(try !log.isErased(digest(1)))
            #expect(try log.erasedPayloads(from: 3, to: 4) == [digest(0)])
            #expect(try log.erasedPayloads(from: 0, to: 3).isEmpty)
            #expect(try (1...3).map { try log.root(at: $0) } == roots)
            let head = try #require(log.head)
            for index in 0..<4 {
                let leaf = try #require(try log.entry(index))
                _ = try log.proof(of: index, in: head).verify(leaf: leaf, key: log.key)
            }
            try log.scrub()
        }
        #expect(try SampleStore.audit(copy).count == 4)
        #expect(try files(with: Self.secret) == [])
    }

    @Test func `leaves no copy that was made before a change of the schema`() throws {
        let path = author.folder.file("1.sqlite.before-v9")
        try Data(Self.secret.utf8).write(to: URL(fileURLWithPath: path))
        try erase(reference(0))
        try author.log.scrub()
        #expect(try files(with: Self.secret) == [])
    }

    @Test func `is made good at the next opening when it was not scrubbed`() throws {
        try erase(reference(0))
        _ = try author.reopened()
        #expect(try files(with: Self.secret) == [])
    }

    @Test func `reaches a copy that never had it`() throws {
        try erase(reference(0), reference(1))
        try follow()
        #expect(try copy.wantedCount() == 0)
        #expect(try copy.payload(digest(0)) == nil)
        #expect(try copy.payload(digest(2)) != nil)
        let offered = SampleStore.payload("A", Self.secret, "salt")
        #expect(Digest(of: offered) == (try digest(0)))
        #expect(try copy.store(payloads: [offered]).isEmpty)
        #expect(try copy.payload(digest(0)) == nil)
    }

    @Test func `holds when the same payload is named again`() throws {
        try erase(reference(0))
        let again = try author.append([SampleStore.item("A", text: Self.secret)])
        #expect(again.refusal?.slug == .gone)
        #expect(author.log.size == 4)
        #expect(try author.log.payload(digest(0)) == nil)
        // A copy meets it in a log whose author does not refuse.
        try author.append([SampleStore.item("A", text: Self.secret, salt: "other")])
        try follow()
        #expect(try copy.payload(digest(4)) != nil)
        #expect(try copy.payload(digest(0)) == nil)
    }

    @Test func `counts only for leaves that are there, of the same institution`() throws {
        let wrongHash = LeafReference(
            origin: SampleStore.origin, index: 0, hash: Digest(of: [1] as [UInt8]))
        let later = LeafReference(
            origin: SampleStore.origin, index: 99, hash: Digest(of: [1] as [UInt8]))
        try erase(
            reference(0, origin: "uni-b.example/eccoe/1"), wrongHash.text, later.text)
        try follow()
        for log in [author.log, copy] {
            #expect(try log.payload(digest(0)) != nil)
            #expect(try log.foreignErasures().isEmpty)
            #expect(try log.erasedPayloads(from: 0, to: .max).isEmpty)
            #expect(try log.flagged().isEmpty)
        }
    }

    @Test func `of another epoch waits for that epoch's log`() throws {
        let other = "uni-a.example/eccoe/2"
        try erase(reference(1, origin: other))
        #expect(try author.log.foreignErasures().map(\.text) == [reference(1, origin: other)])
        #expect(try author.log.payload(digest(1)) != nil)
        try follow()
        // What epoch 2 asks of this one, and the hashes that it holds erased.
        let asked = try #require(LeafReference(try reference(1)))
        #expect(try copy.erase([asked], digests: [digest(2)]))
        #expect(try !copy.erase([asked], digests: [digest(2)]))
        #expect(try copy.payload(digest(1)) == nil && copy.payload(digest(2)) == nil)
        #expect(try copy.payload(digest(0)) != nil)
        #expect(try Set(copy.erasedPayloads(from: 0, to: 0)) == [digest(1), digest(2)])
    }

    @Test func `lets the same content be published again, as a new payload`() throws {
        try erase(reference(2))
        let again = try author.append([SampleStore.item("A", text: "new", salt: "other")])
        #expect(again.results?.first?.outcome == .revised)
        #expect(try author.log.payload(digest(4)) != nil)
    }

    @Test func `forgets what the request contained that published it`() throws {
        let id = SampleStore.id(7)
        let request = [SampleStore.item("C", text: Self.secret)]
        try author.append(request, id: id)
        #expect(try author.append(request, id: id).results?.first?.index == 3)
        try erase(reference(3))
        #expect(try author.append(request, id: id) == .reused)
        #expect(author.log.size == 5)
    }

    @Test func `is one request, whatever it names`() throws {
        let id = SampleStore.id(8)
        let first = [Draft(type: .payloadErased, references: [try reference(0)])]
        let other = [Draft(type: .payloadErased, references: [try reference(1)])]
        #expect(try author.append(first, id: id).results?.first?.index == 3)
        #expect(try author.append(first, id: id).results?.first?.index == 3)
        #expect(try author.append(other, id: id) == .reused)
        #expect(try author.log.payload(digest(1)) != nil)
    }
}
