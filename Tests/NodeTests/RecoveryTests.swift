import CanonicalJSON
import Federation
import Foundation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

/// Whole nodes whose disk was put back to an older state while the others went on.
@Suite(.serialized) struct `A node that was restored` {
    private let federation: TestFederation
    private let a: Institution
    private var origin: String { Institution.origin(a.domain) }
    private var anchor: AnchorFile {
        AnchorFile(folder: a.node.settings.anchorFolder, epoch: 1)
    }

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
    }

    private func prepared() async throws {
        try await federation.admitted()
        try await a.createLog()
        try await publish("BC-1", by: a)
    }

    private func publish(_ id: String, by institution: Institution) async throws {
        // Dated by the clock: an older id could have been answered before a restore.
        let request = RequestID(
            milliseconds: federation.clock.time.milliseconds(), random: SecureRandom.bytes(10))
        _ = try await institution.ask(
            .cataloguePublish,
            [
                "requestId": .string(request.text),
                "items": [Institution.item(id, "Course \(id)")],
            ])
    }

    private func opened(_ institution: Institution) async throws {
        try await federation.until("the gate is open") {
            institution.node.gate.current?.isOpen == true
        }
        await federation.settle()
    }

    private func replicated(_ size: Int) async throws {
        try await federation.until("all hold \(size) leaves") {
            try federation.members.allSatisfy { try $0.confirmedSize(of: a.domain) == size }
        }
    }

    /// The node from the old copy, and the log as another node holds it.
    private struct Restored {
        let node: Institution
        let copy: LogStore
    }

    /// A runs with 2 leaves, is copied, and goes on to 4, which all hold; then everything stops,
    /// and the older copy is put in its place.
    ///
    /// - Parameter losingAnchor: whether the anchor is lost with the disk.
    private func restoredFromOldCopy(losingAnchor: Bool = false) async throws -> Restored {
        let copy = federation.folder + "/copy"
        let path = a.node.folder.path
        try await federation.running {
            try await prepared()
            try await replicated(2)
        }
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let again = try federation.restarted(a.domain)
        let others = try [TestFederation.b, TestFederation.c].map { try federation.restarted($0) }
        try await federation.running([again] + others) {
            for id in ["BC-2", "BC-3"] { try await publish(id, by: again) }
            try await federation.until("the others hold 4 leaves") {
                try others.allSatisfy { try $0.confirmedSize(of: a.domain) == 4 }
            }
        }
        #expect(try anchor.read()?.size == 4)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: copy, toPath: path)
        if losingAnchor { try FileManager.default.removeItem(atPath: a.node.settings.anchorFolder) }
        let restored = try federation.restarted(a.domain)
        #expect(restored.node.logs.own?.size == 2)
        return Restored(node: restored, copy: try #require(others[0].node.logs.log(origin)))
    }

    @Test func `anchors at its start what a crash left unanchored`() async throws {
        try await federation.running {
            try await prepared()
            try await replicated(2)
        }
        #expect(try anchor.read()?.size == 2)
        let root = try #require(try a.node.logs.own?.root(at: 1))
        try anchor.write(.init(origin: origin, size: 1, root: root))
        let again = try federation.restarted(a.domain)
        let start = federation.clock.time.now()
        try await federation.running([again]) {
            try await federation.until("the head is anchored") { try anchor.read()?.size == 2 }
            // Not by the look that is taken every half minute.
            #expect(federation.clock.time.now() - start < 30)
        }
    }

    @Test(arguments: [false, true])
    func `heals from the others' copies and goes on where it was`(
        _ losingAnchor: Bool
    ) async throws {
        let old = try await restoredFromOldCopy(losingAnchor: losingAnchor)
        let restored = old.node
        try await federation.running([restored]) {
            try await opened(restored)
            let log = try #require(restored.node.logs.own)
            try await federation.until("what was healed is confirmed here, too") {
                try log.confirmed()?.checkpoint.checkpoint.size == 4
            }
            try await publish("BC-4", by: restored)
            #expect(log.size == 5)
            #expect(restored.node.gate.current?.isOpen == true)
            guard case .leaf(let leaf) = LeafReading(try #require(try log.entry(4))) else {
                Issue.record("no leaf")
                return
            }
            #expect(leaf.subject == "BC-4")
            // Payloads came along, and are searched again.
            #expect(try log.wantedCount() == 0)
            let found = try await restored.ask(.catalogueSearch, ["query": "course"])
            #expect(found["results"]?.array?.count == 4)
        }
        let log = try #require(restored.node.logs.own)
        #expect(try log.root(at: 4) == old.copy.root(at: 4))
        #expect(try restored.node.database.restored() != nil)
        #expect(try anchor.read()?.size == 5)
    }

    @Test func `refuses requests of before whose outcome is lost, and takes new ones`()
        async throws
    {
        let restored = try await restoredFromOldCopy().node
        try await federation.running([restored]) {
            try await opened(restored)
            try await publish("BC-4", by: restored)
            let old = RequestID(
                milliseconds: ManualClock.start.secondsSince1970 * 1000,
                random: SecureRandom.bytes(10))
            let problem = await #expect(throws: Problem.self) {
                try await restored.ask(
                    .cataloguePublish,
                    [
                        "requestId": .string(old.text),
                        "items": [Institution.item("BC-5", "Course")],
                    ])
            }
            #expect(problem?.slug == .outcomeUnknown)
            #expect(problem?.status == 409)
            #expect(restored.node.logs.own?.size == 5)
        }
    }

    @Test func `is read-only while nobody answers, and opens when they do`() async throws {
        let restored = try await restoredFromOldCopy().node
        for member in [TestFederation.b, TestFederation.c] { federation.network.cut(member) }
        try await federation.running([restored]) {
            let problem = await #expect(throws: Problem.self) {
                try await publish("BC-4", by: restored)
            }
            #expect(problem?.slug == .readOnly)
            #expect(problem?.detail.contains("the anchor remembers 4 leaves") == true)
            // Not even after ten minutes: the anchor is above the store.
            federation.clock.advance(by: .seconds(900))
            await federation.settle()
            let status = try await restored.ask(.status)
            #expect(status["writing"]?["state"]?.string == "asking")
            #expect(status["log"]?["size"]?.integer == 2)
            #expect(try await restored.ask(.logShow)["size"]?.integer == 2)
            for member in [TestFederation.b, TestFederation.c] {
                federation.network.mend(member)
            }
            try await opened(restored)
            #expect(restored.node.logs.own?.size == 4)
            try await publish("BC-4", by: restored)
        }
    }

    @Test func `remembers over a restart what it heard of and could not fetch`() async throws {
        let restored = try await restoredFromOldCopy(losingAnchor: true).node
        // They tell of the head and hand out no leaves.
        for member in [TestFederation.b, TestFederation.c] {
            federation.network.lie(for: member) { request, response in
                request.path.contains("/tile/") ? .status(503) : response
            }
        }
        try await federation.running([restored]) {
            try await federation.until("the head is remembered") {
                try anchor.read()?.size == 4
            }
        }
        #expect(restored.node.logs.own?.size == 2)
        for member in [TestFederation.b, TestFederation.c] { federation.network.cut(member) }
        let again = try federation.restarted(a.domain)
        try await federation.running([again]) {
            await federation.settle()
            federation.clock.advance(by: .seconds(900))
            await federation.settle()
            #expect(again.node.gate.current?.isOpen == false)
            #expect(again.node.gate.current?.reason?.contains("remembers 4 leaves") == true)
            for member in [TestFederation.b, TestFederation.c] {
                federation.network.lie(for: member, nil)
                federation.network.mend(member)
            }
            try await opened(again)
            #expect(again.node.logs.own?.size == 4)
        }
    }

    @Test func `opens by the operator's override, with the reason in the audit log`()
        async throws
    {
        let restored = try await restoredFromOldCopy().node
        for member in [TestFederation.b, TestFederation.c] { federation.network.cut(member) }
        try await federation.running([restored]) {
            _ = await #expect(throws: Problem.self) { try await publish("BC-4", by: restored) }
            let answer = try await restored.ask(.logOverride, ["reason": "all others are gone"])
            #expect(answer["state"]?.string == "open")
            try await publish("BC-4", by: restored)
            #expect(restored.node.logs.own?.size == 3)
            // That was wrong: the others were not gone, and have seen another third leaf.
            for member in [TestFederation.b, TestFederation.c] {
                federation.network.mend(member)
            }
            try await federation.until("the fork is noticed") {
                restored.node.gate.current?.state == .stopped
            }
            let problem = await #expect(throws: Problem.self) {
                try await publish("BC-5", by: restored)
            }
            #expect(problem?.detail.contains("forked") == true)
            let again = await #expect(throws: Problem.self) {
                try await restored.ask(.logOverride, ["reason": "once more"])
            }
            #expect(again?.slug == .readOnly)
        }
        #expect(try restored.files(containing: "all others are gone").count > 0)
        #expect(restored.node.logs.own?.size == 3)
    }

    @Test func `stops for good when others hold another tree that its key has signed`()
        async throws
    {
        try await federation.running {
            try await prepared()
            try await replicated(2)
        }
        // Somebody signed another second leaf with a copy of the key.
        let forger = try LogForger(domain: a.domain)
        let other = try forger.head(size: 2, of: "other")
        let c = try federation[TestFederation.c]
        let cosigned = try other.adding([
            #require(c.node.identity.witnessSigner).sign(
                other.note.text, at: federation.clock.time.now())
        ])
        federation.network.lie(for: c.domain) { request, response in
            request.path.hasPrefix("/witness/") ? .ok(cosigned.note.bytes) : response
        }
        let restarted = try federation.restarted(a.domain)
        try await federation.running([restarted]) {
            let problem = await #expect(throws: Problem.self) {
                for number in 0..<100 { try await publish("BC-\(number)", by: restarted) }
            }
            #expect(problem?.detail.contains("forked") == true)
        }
        #expect(restarted.node.gate.current?.state == .stopped)
        #expect(restarted.node.isQuarantined(origin))
        let third = try federation.restarted(a.domain)
        try await federation.running([third]) {
            let problem = await #expect(throws: Problem.self) {
                try await publish("BC-9", by: third)
            }
            #expect(problem?.slug == .readOnly)
        }
    }

    @Test func `does not believe entries that lead elsewhere`() async throws {
        let old = try await restoredFromOldCopy()
        let restored = old.node
        federation.network.lie(for: TestFederation.b) { request, response in
            guard request.path.contains("/tile/entries/") else { return response }
            var body = response.body
            body[body.count - 2] ^= 1
            return PeerResponse(status: response.status, headers: [:], body: body)
        }
        try await federation.running([restored]) {
            try await opened(restored)
            try await publish("BC-4", by: restored)
            #expect(restored.node.logs.own?.size == 5)
        }
        #expect(try restored.node.logs.own?.root(at: 4) == old.copy.root(at: 4))
    }

    @Test func `does not begin a second log with the same key when log and anchor are lost`()
        async throws
    {
        try await federation.running {
            try await prepared()
            try await replicated(2)
        }
        try FileManager.default.removeItem(atPath: a.node.folder.file("log"))
        try FileManager.default.removeItem(atPath: a.node.settings.anchorFolder)
        try a.node.folder.create()
        let bare = try federation.restarted(a.domain)
        try await federation.running([bare]) {
            let problem = await #expect(throws: Problem.self) { try await bare.createLog() }
            #expect(problem?.slug == .logExists)
            #expect(problem?.detail.contains("other nodes hold 2 leaves") == true)
            for member in [TestFederation.b, TestFederation.c] { federation.network.cut(member) }
            let alone = await #expect(throws: Problem.self) { try await bare.createLog() }
            #expect(alone?.slug == .unreachable)
            #expect(bare.node.logs.own == nil)
        }
    }

    @Test func `starts at once when the others agree`() async throws {
        try await federation.running {
            try await prepared()
            try await replicated(2)
        }
        let again = try federation.restarted(a.domain)
        let before = federation.clock.now
        try await federation.running([again]) { try await publish("BC-2", by: again) }
        #expect(federation.clock.now == before)
        #expect(again.node.logs.own?.size == 3)
        #expect(try again.node.database.restored() == nil)
    }
}
