import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `An epoch that is closed` {
    private static let second = "uni-a.example/eccoe/2"
    private static let late = "uni-d.example"
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution
    private let c: Institution

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
        c = try federation[TestFederation.c]
    }

    private func begun() async throws {
        try await federation.until("A knows its second epoch") { a.node.epoch == 2 }
        try await a.createLog()
    }

    private func converged(on size: Int) async throws {
        try await federation.until("all hold \(size) leaves of the second epoch") {
            try federation.members.allSatisfy {
                try $0.node.logs.log(Self.second)?.confirmed()?.checkpoint.checkpoint.size == size
                    && $0.isConverged
            }
        }
    }

    private func firstLog() throws -> LogStore { try #require(a.node.logs.own(epoch: 1)) }

    @Test func `takes nothing more, and the next one goes on where it ended`() async throws {
        try await federation.running { [a, b, c] in
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("BC-101", "Robotics"))
            try await federation.until("all hold the first epoch") {
                try federation.members.allSatisfy { try $0.confirmedSize(of: a.domain) == 2 }
            }
            try federation.closeFirstEpoch(at: 2, root: firstLog().root(at: 2))
            try await federation.until("A knows its second epoch") { a.node.epoch == 2 }
            let refused = await #expect(throws: Problem.self) {
                try await a.publish(Institution.item("BC-102", "Painting"))
            }
            #expect(refused?.slug == .readOnly)
            #expect(refused?.remedy?.contains("eccoe log init") == true)
            try await begun()
            let unchanged = try await a.publish(Institution.item("BC-101", "Robotics"))
            #expect(unchanged["results"]?[0]?["outcome"]?.string == "unchanged")
            let revised = try await a.publish(Institution.item("BC-101", "Cybernetics"))
            #expect(revised["results"]?[0]?["revision"]?.integer == 2)
            try await converged(on: 2)
            for reader in [a, b, c] {
                let found = try await reader.ask(.catalogueSearch, ["query": "cybernetics"])
                #expect(found["results"]?[0]?["revision"]?.integer == 2)
                #expect(found["results"]?[0]?["origin"]?.string == Self.second)
                #expect(found["results"]?[0]?["evidence"]?["inclusion"]?.string == "verified")
            }
            try theSecondEpochNamesTheFirst()
        }
    }

    /// The genesis of the second log says where the first one ended; no leaf names an index of it.
    private func theSecondEpochNamesTheFirst() throws {
        let log = try #require(a.node.logs.own(epoch: 2))
        let entries = try log.entries(from: 0, to: 2)
        guard case .leaf(let genesis) = LeafReading(try #require(entries.first)),
            case .leaf(let item) = LeafReading(try #require(entries.last))
        else {
            Issue.record("no leaves")
            return
        }
        let digest = try #require(genesis.payload)
        let bytes = try #require(try log.payload(digest))
        let payload = try JSON.read(bytes)
        #expect(payload["previous"]?["origin"]?.string == "uni-a.example/eccoe/1")
        #expect(payload["previous"]?["size"]?.integer == 2)
        #expect(payload["previous"]?["root"]?.string == (try firstLog().root(at: 2).hex))
        #expect(item.revision == 2 && item.previous == nil)
        #expect(try log.flagged().isEmpty)
    }

    @Test func `leaves out what came after the closing until it is said again`() async throws {
        try await federation.running { [a, b, c] in
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("BC-101", "Robotics"))
            try await a.publish(Institution.item("BC-102", "Painting"))
            try await federation.until("all hold the first epoch") {
                try federation.members.allSatisfy { try $0.confirmedSize(of: a.domain) == 3 }
            }
            try federation.closeFirstEpoch(at: 2, root: firstLog().root(at: 2))
            try await federation.until("nobody shows what came after the closing") {
                try [b, c].allSatisfy {
                    try $0.node.views.search("painting", domain: a.domain, limit: 1).isEmpty
                        && $0.node.views.search("robotics", domain: a.domain, limit: 1).count == 1
                }
            }
            try await begun()
            try await converged(on: 2)
            for reader in [b, c] {
                let found = try await reader.ask(.catalogueSearch, ["query": "painting"])
                #expect(found["results"]?[0]?["revision"]?.integer == 1)
                #expect(found["results"]?[0]?["origin"]?.string == Self.second)
            }
            let entry = try #require(try firstLog().entry(2))
            let carried = try #require(try a.node.logs.own(epoch: 2)?.entry(1))
            guard case .leaf(let leaf) = LeafReading(carried) else {
                Issue.record("no leaf")
                return
            }
            let reference = "uni-a.example/eccoe/1#2@\(Digest.ofLeaf(entry).hex)"
            #expect(leaf.references == [reference])
        }
        let again = try federation.restarted(a.domain)
        try await federation.running([again]) {
            try await federation.until("A has started again") {
                again.node.logs.own?.origin == Self.second
            }
            #expect(again.node.logs.own?.size == 2)
        }
    }

    @Test func `is found by who joins later, though only larger heads are left of it`()
        async throws
    {
        let federation = try TestFederation(waiting: [Self.late])
        let early = federation.members.filter { $0.domain != Self.late }
        let (a, d) = (try federation[TestFederation.a], try federation[Self.late])
        try await federation.running(early) {
            try await federation.admitted(early)
            try await a.createLog()
            try await a.publish(Institution.item("BC-101", "Robotics"))
            try await a.publish(Institution.item("BC-102", "Painting"))
            try await federation.until("all hold the first epoch") {
                try early.allSatisfy { try $0.confirmedSize(of: a.domain) == 3 }
            }
            let first = try #require(a.node.logs.own(epoch: 1))
            let root = try first.root(at: 2)
            try federation.closeFirstEpoch(at: 2, root: root)
            try await federation.until("A knows its second epoch") { a.node.epoch == 2 }
            try await a.createLog()
            for member in early {
                federation.network.lie(for: member.domain) { request, response in
                    request.path.hasSuffix("/checkpoint/2") ? .status(404) : response
                }
            }
            try federation.admit(Self.late)
            try await federation.running([d]) {
                try await federation.until("D holds both epochs, and shows what they say") {
                    try (try? d.node.logs.log(first.origin)?.root(at: 2)) == root
                        && d.node.logs.log(Self.second)?.confirmed()?.checkpoint.checkpoint.size
                            == 2
                        && d.node.views.search("painting", domain: a.domain, limit: 1).count == 1
                }
                #expect(d.node.logs.log(first.origin)?.head?.checkpoint.size == 3)
                let found = try await d.ask(.catalogueSearch, ["query": "painting"])
                #expect(found["results"]?.array?.count == 1)
                #expect(found["results"]?[0]?["origin"]?.string == Self.second)
            }
        }
    }

    @Test func `is cosigned no more`() async throws {
        try await federation.running { [a, b] in
            try await federation.admitted()
            try await a.createLog()
            try await federation.until("A's log is confirmed") {
                try b.confirmedSize(of: a.domain) == 1
            }
            let head = try #require(try firstLog().head)
            try federation.closeFirstEpoch(at: 1, root: head.checkpoint.root)
            try await federation.until("B knows the second epoch") {
                b.node.registry.log(Self.second) != nil
            }
            let request = AddCheckpoint(oldSize: 1, proof: [], note: head.note)
            let (verdict, cosignature) = try await WitnessDesk(node: b.node).addCheckpoint(request)
            #expect(verdict == .forbidden("the epoch is closed"))
            #expect(cosignature == nil)
        }
    }

    @Test func `replaces a copy of another branch`() async throws {
        let forked = try LogStore(
            path: a.node.folder.file("fork.sqlite"),
            key: #require(a.node.identity.logSigner(epoch: 1)).key, create: true)
        try await federation.running { [a, b, c] in
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("BC-101", "Robotics"))
            try await federation.until("all hold the first epoch") {
                try federation.members.allSatisfy { try $0.confirmedSize(of: a.domain) == 2 }
            }
            // What B and C hold turns out to be the wrong branch: another one is closed.
            let signer = try #require(a.node.identity.logSigner(epoch: 1))
            let other = Draft(
                type: .genesis, payload: (["v": 1, "other": true] as JSON).canonicalBytes)
            let (_, head) = try forked.commit(
                [
                    AppendRequest(
                        id: try #require(RequestID(Institution.requestID())), drafts: [other])
                ],
                at: federation.clock.time.now(), signer: signer)
            federation.network.lie(for: a.domain) { request, response in
                guard request.path.hasPrefix("/log/1/") else { return response }
                return Self.serve(forked, head, request.path) ?? .status(404)
            }
            try federation.closeFirstEpoch(at: 1, root: head.checkpoint.root)
            try await federation.until("B and C hold the closed branch") {
                [b, c].allSatisfy {
                    let log = $0.node.logs.log("uni-a.example/eccoe/1")
                    return log?.head?.checkpoint == head.checkpoint
                }
            }
            let aside = try DurableFile.list(b.node.folder.file("mirror")).filter {
                $0.contains(".aside-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
            }
            #expect(aside.count == 1)
            // It is evidence, not a store in which nothing is ever erased.
            let kept = try LogStore(
                path: b.node.folder.file("mirror/\(try #require(aside.first))"), key: forked.key,
                create: false)
            guard case .leaf(let leaf) = LeafReading(try #require(try kept.entry(1))) else {
                Issue.record("no leaf")
                return
            }
            #expect(kept.size == 2)
            #expect(try kept.payload(#require(leaf.payload)) == nil)
            #expect(try b.node.views.search("robotics", domain: a.domain, limit: 1).isEmpty)
        }
    }

    private static func serve(
        _ log: LogStore, _ head: VerifiedCheckpoint, _ path: String
    ) -> PeerResponse? {
        let rest = String(path.dropFirst("/log/1/".count))
        if rest == "checkpoint" { return .ok(head.note.bytes) }
        return TileCoordinate(path: rest).flatMap { try? log.resource($0) }.map { .ok($0) }
    }
}
