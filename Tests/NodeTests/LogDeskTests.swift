import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `The own log` {
    private static let d = "uni-d.example"
    private let federation: TestFederation
    private let a: Institution
    private let d: Institution

    init() throws {
        federation = try TestFederation(waiting: [Self.d])
        a = try federation[TestFederation.a]
        d = try federation[Self.d]
    }

    private func refusal(of institution: Institution) async -> Problem? {
        await #expect(throws: Problem.self) { try await institution.createLog() }
    }

    private func logFiles(_ institution: Institution) throws -> [String] {
        try DurableFile.list(institution.node.folder.file("log"))
    }

    @Test func `is not created before the registry names its key, and then known to all`()
        async throws
    {
        try await federation.running { [a, d] in
            #expect(await refusal(of: d)?.slug == .notAMember)
            try await federation.admitted()
            let early = await refusal(of: d)
            #expect(early?.slug == .notAMember)
            #expect(early?.remedy != nil)
            #expect(try logFiles(d).isEmpty)
            try federation.admit(Self.d)
            try await federation.until("D notices its admission") {
                d.node.registry.log(Institution.origin(Self.d)) != nil
            }
            try await d.createLog()
            try await d.publish(Institution.item("BC-1", "Robotics"))
            try await federation.until("A shows the new member's item, confirmed") {
                try a.confirmedSize(of: Self.d) == 2
                    && a.node.views.search("robotics", domain: Self.d, limit: 1).count == 1
            }
        }
    }

    @Test func `is created only when enough others say that they do not know it`() async throws {
        try await federation.running { [a] in
            try await federation.admitted()
            let others = federation.members.map(\.domain).filter {
                ![a.domain, Self.d].contains($0)
            }
            for other in others { federation.network.cut(other) }
            for other in others {
                let problem = await refusal(of: a)
                #expect(problem?.slug == .unreachable)
                #expect(problem?.detail.contains(other) == true)
                #expect(problem?.remedy?.contains("--unseen") == true)
                #expect(try logFiles(a).isEmpty)
                federation.network.mend(other)
            }
            try await a.createLog()
        }
    }

    @Test func `is created on the operator's word when nobody can be asked`() async throws {
        try await federation.running { [a] in
            try await federation.admitted()
            for other in federation.members where other.domain != a.domain {
                federation.network.cut(other.domain)
            }
            #expect(try await LogDesk(node: a.node).create(isUnseen: true)["size"]?.integer == 1)
        }
    }

    @Test func `is created once`() async throws {
        try await federation.running { [a] in
            try await federation.admitted()
            let made = try await a.ask(.logInit)
            #expect(made["origin"]?.string == Institution.origin(a.domain))
            #expect(made["size"]?.integer == 1)
            #expect(await refusal(of: a)?.slug == .logExists)
            #expect(a.node.logs.own?.size == 1)
            guard case .leaf(let leaf) = LeafReading(try #require(try a.node.logs.own?.entry(0)))
            else {
                Issue.record("no genesis")
                return
            }
            #expect(leaf.type == .genesis)
        }
        let again = try federation.restarted(a.domain)
        try await federation.running([again]) {
            #expect(await refusal(of: again)?.slug == .logExists)
        }
    }

    @Test func `is not created when the anchor remembers leaves`() async throws {
        let anchor = AnchorFile(folder: a.node.settings.anchorFolder, epoch: 1)
        try anchor.write(
            .init(
                origin: Institution.origin(a.domain),
                size: 7,
                root: Digest(of: [1] as [UInt8])
            )
        )
        try await federation.running { [a] in
            try await federation.admitted()
            let problem = await refusal(of: a)
            #expect(problem?.slug == .logExists)
            #expect(problem?.detail.contains("7 leaves") == true)
            #expect(try logFiles(a).isEmpty)
        }
        #expect(try anchor.read()?.size == 7)
    }

    @Test func `takes nothing before it is created`() async throws {
        try await federation.running { [a] in
            try await federation.admitted()
            for attempt in [ControlOperation.logShow, .logProve] {
                let problem = await #expect(throws: Problem.self) {
                    try await a.ask(attempt, ["index": 0])
                }
                #expect(problem?.slug == .noLog)
            }
            let problem = await #expect(throws: Problem.self) {
                try await a.publish(Institution.item("BC-1", "Robotics"))
            }
            #expect(problem?.slug == .noLog)
            #expect(try logFiles(a).isEmpty)
        }
    }

    @Test func `goes on after a restart and anchors its head`() async throws {
        try await federation.running {
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("BC-1", "Robotics"))
        }
        let head = try #require(a.node.logs.own?.head?.checkpoint)
        let anchor = AnchorFile(folder: a.node.settings.anchorFolder, epoch: 1)
        #expect(try anchor.read() == .init(origin: head.origin, size: 2, root: head.root))
        let again = try federation.restarted(a.domain)
        try await federation.running([again]) {
            try await federation.until("the writer is open") {
                try again.node.views.folded(Institution.origin(a.domain)) == 2
            }
            let done = try await published(by: again)
            #expect(done["results"]?[0]?["index"]?.integer == 2)
        }
        #expect(try anchor.read()?.size == 3)
    }

    /// Publishes as soon as the writer has opened the log.
    private func published(by institution: Institution) async throws -> JSON {
        for _ in 0..<10_000 {
            do {
                return try await institution.publish(Institution.item("BC-2", "Painting"))
            } catch let problem as Problem where problem.slug == .noLog {
                await Task.yield()
            }
        }
        throw Problem(.noLog, "the writer never opened")
    }

    @Test(arguments: [(3, false), (2, true)])
    func `is read but not written when the anchor remembers another`(
        _ size: Int,
        _ isOtherTree: Bool
    ) async throws {
        try await federation.running {
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("BC-1", "Robotics"))
        }
        let anchor = AnchorFile(folder: a.node.settings.anchorFolder, epoch: 1)
        let remembered = AnchorFile.Anchor(
            origin: Institution.origin(a.domain),
            size: size,
            root: Digest(of: [1] as [UInt8])
        )
        try anchor.write(remembered)
        let again = try federation.restarted(a.domain)
        try await federation.running([again]) {
            let problem = await #expect(throws: Problem.self) {
                _ = try await published(by: again)
            }
            #expect(problem?.slug == .readOnly)
            let shown = try await again.ask(.logShow)
            #expect(shown["size"]?.integer == 2)
        }
        #expect(again.node.logs.own?.size == 2)
    }

    @Test func `proves its leaves to anybody who has the key`() async throws {
        try await federation.running { [a] in
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("BC-1", "Robotics"))
            for index in 0..<2 as Range<Int64> {
                let proved = try await a.ask(
                    .logProve,
                    ["index": .number(JSONNumber(index))]
                )
                let key = try VerifierKey(try #require(proved["vkey"]?.string))
                let proof = try InclusionProof(Array(try #require(proved["proof"]?.string).utf8))
                let leaf = Array(try #require(proved["leaf"]?.string).utf8)
                let size = try proof.verify(leaf: leaf, key: key).checkpoint.size
                // The oldest confirmed head that covers the leaf, or else the newest head.
                #expect((Int(index) + 1...2).contains(size))
            }
            let questions: [(JSON, Problem.Slug)] = [
                (["index": 2], .notFound),
                (["index": 0, "origin": "stranger.example/eccoe/1"], .unknownOrigin),
                (["index": .number(JSONNumber(-1))], .malformedRequest), ([:], .malformedRequest),
            ]
            for (body, slug) in questions {
                let problem = await #expect(throws: Problem.self) {
                    try await a.ask(.logProve, body)
                }
                #expect(problem?.slug == slug)
            }
        }
    }
}

@Suite struct `The heads of a node` {
    private let heads = Heads(instance: "i")
    private let start = ManualClock.start

    private func checkpoint(_ size: Int) -> Checkpoint {
        Checkpoint(origin: "uni-a.example/eccoe/1", size: size, root: Digest(of: [1] as [UInt8]))
    }

    private func shown(after seconds: Int64) -> [Int] {
        heads.page(
            instance: nil,
            since: 0,
            limit: 500,
            now: start + seconds,
            snapshot: nil
        ).rows.map(\.size)
    }

    @Test func `are shown at once when confirmed`() {
        heads.update(checkpoint(3), cosignatures: 2, isConfirmed: true, at: start)
        #expect(shown(after: 0) == [3])
    }

    @Test func `are shown after 10 s when not`() {
        heads.update(checkpoint(3), cosignatures: 0, isConfirmed: false, at: start)
        #expect(shown(after: 9) == [])
        #expect(shown(after: 10) == [3])
    }

    @Test func `wait from the first unconfirmed one on`() {
        heads.update(checkpoint(3), cosignatures: 0, isConfirmed: false, at: start)
        heads.update(checkpoint(4), cosignatures: 0, isConfirmed: false, at: start + 8)
        #expect(shown(after: 9) == [])
        #expect(shown(after: 10) == [4])
    }

    @Test func `wait no longer when the clock is set back`() {
        heads.update(checkpoint(3), cosignatures: 0, isConfirmed: false, at: start + 3600)
        #expect(shown(after: 0) == [])
        #expect(shown(after: 9) == [])
        #expect(shown(after: 10) == [3])
    }

    @Test func `leave the confirmed one standing meanwhile`() {
        heads.update(checkpoint(3), cosignatures: 2, isConfirmed: true, at: start)
        heads.update(checkpoint(4), cosignatures: 0, isConfirmed: false, at: start)
        #expect(shown(after: 5) == [3])
        heads.update(checkpoint(4), cosignatures: 2, isConfirmed: true, at: start + 6)
        #expect(shown(after: 6) == [4])
    }
}
