import CanonicalJSON
import Federation
import Foundation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

/// What a node does about private records and a witness table that are older than what was signed.
@Suite(.serialized) struct `After a loss` {
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
    }

    private func prepared() async throws {
        try await federation.admitted()
        try await a.createLog()
        try await b.createLog()
        try await a.publish(Institution.item("BC-101", "Robotics"))
        try await federation.until("B knows the item") {
            try b.node.views.item(globalID: "https://uni-a.example/items/BC-101", issuer: nil)?
                .document != nil
        }
    }

    /// B records a decision on a credential of A, and hands out the receipt.
    private func recorded() async throws -> (subject: String, receipt: JSON) {
        let credential = try await a.ask(
            .credentialIssue, ["item": "BC-101", "subject": ["id": "did:example:x", "name": "X"]])
        let answer = try await b.ask(
            .decisionRecord,
            [
                "requestId": .string(Institution.requestID()), "credential": credential,
                "outcome": "recognised", "credits": "5",
            ])
        let subject = try #require(answer["subject"]?.string)
        try await federation.until("the leaf is confirmed") {
            try b.confirmedSize(of: b.domain) == b.node.logs.own?.size
        }
        return (subject, try await b.ask(.decisionReceipt, ["subject": .string(subject)]))
    }

    @Test func `a record that is gone is listed and refilled from the receipt`() async throws {
        let (subject, receipt) = try await federation.running {
            try await prepared()
            let recorded = try await recorded()
            #expect(
                try await b.ask(.decisionLost)["decisions"]?.array?.isEmpty == true)
            return recorded
        }
        for suffix in ["", "-wal", "-shm"] {
            try DurableFile.remove(b.node.folder.nodeDatabase + suffix)
        }
        let again = try federation.restarted(b.domain)
        let lost = try await again.ask(.decisionLost)
        #expect(lost["decisions"]?.array?.count == 1)
        #expect(lost["decisions"]?[0]?["subject"]?.string == subject)
        let index = try #require(lost["decisions"]?[0]?["index"]?.integer)

        var forged = receipt.canonicalText
        forged.replace("\"5\"", with: "\"50\"")
        let forgery = try JSON.read(Array(forged.utf8), limits: .operatorFile)
        let refusal = await #expect(throws: Problem.self) {
            try await again.ask(.decisionRefill, ["receipt": forgery])
        }
        #expect(refusal?.slug == .invalidDecision)
        #expect(refusal?.detail.contains("commits to another record") == true)
        #expect(try again.node.database.decision(subject) == nil)
        let elsewhere = await #expect(throws: Problem.self) {
            try await a.ask(.decisionRefill, ["receipt": receipt])
        }
        #expect(elsewhere?.slug == .invalidDecision)

        let refilled = try await again.ask(.decisionRefill, ["receipt": receipt])
        #expect(refilled["index"]?.integer == index)
        let shown = try await again.ask(.decisionShow, ["subject": .string(subject)])
        #expect(shown["record"] == receipt["record"])
        #expect(shown["index"]?.integer == index)
        #expect(try await again.ask(.decisionLost)["decisions"]?.array?.isEmpty == true)
        let twice = await #expect(throws: Problem.self) {
            try await again.ask(.decisionRefill, ["receipt": receipt])
        }
        #expect(twice?.slug == .conflict)
    }

    @Test func `an intent whose leaf came back by healing is not appended again`() async throws {
        let (subject, _) = try await federation.running {
            try await prepared()
            return try await recorded()
        }
        let size = try #require(b.node.logs.own?.size)
        // The record as it was before its completion, under an id that the log has forgotten.
        let held = try #require(try b.node.database.decision(subject))
        for suffix in ["", "-wal", "-shm"] {
            try DurableFile.remove(b.node.folder.nodeDatabase + suffix)
        }
        let again = try federation.restarted(b.domain)
        _ = try again.node.database.intend(
            StoredDecision(
                subject: subject,
                request: RequestID(milliseconds: 1, random: SecureRandom.bytes(10)),
                record: held.record, r: held.r, precedent: held.precedent,
                precedentSubject: held.precedentSubject, index: nil),
            at: ManualClock.start)
        try again.node.database.noteRestored("a test", at: federation.clock.time.now())
        try await federation.running([again]) {
            try await federation.until("the decision is complete") {
                try again.node.database.decision(subject)?.index == held.index
            }
        }
        #expect(again.node.logs.own?.size == size)
    }

    @Test func `an intent beyond the log's end is appended, though its request is old`()
        async throws
    {
        let (subject, _) = try await federation.running {
            try await prepared()
            return try await recorded()
        }
        let size = try #require(b.node.logs.own?.size)
        let record = try #require(try b.node.database.decision(subject))
        let other = "000102030405060708090a0b0c0d0e0f"
        _ = try b.node.database.intend(
            StoredDecision(
                subject: other,
                request: RequestID(milliseconds: 1, random: SecureRandom.bytes(10)),
                record: record.record, r: record.r, precedent: nil, precedentSubject: nil,
                index: nil),
            at: ManualClock.start)
        // As from a backup whose log was copied before the records.
        try b.node.database.complete(subject: other, index: size + 3)
        try b.node.database.noteRestored("a test", at: federation.clock.time.now())
        let again = try federation.restarted(b.domain)
        try await federation.running([again]) {
            try await federation.until("the decision is complete") {
                try again.node.database.decision(other)?.index == size
            }
        }
        #expect(again.node.logs.own?.size == size + 1)
    }

    @Test func `a witness whose table is old asks others and takes over what they know`()
        async throws
    {
        try await federation.running {
            try await prepared()
            try await federation.until("C holds A's log") {
                try federation[TestFederation.c].confirmedSize(of: a.domain) == 2
            }
        }
        // B's witness has forgotten that it ever cosigned A's log.
        for suffix in ["", "-wal", "-shm"] {
            try DurableFile.remove(b.node.folder.nodeDatabase + suffix)
        }
        let anchor = WitnessAnchor(folder: b.node.settings.anchorFolder)
        #expect(try anchor.read() > 0)
        let again = try federation.restarted(b.domain)
        let head = try #require(a.node.logs.own?.head)
        let request = AddCheckpoint(oldSize: 0, proof: [], note: head.note)
        let desk = WitnessDesk(node: again.node)
        try await federation.running([again]) {
            try await federation.until("the table is doubted") {
                try again.node.database.isWitnessDoubted(request.origin)
            }
            let unsettled = await #expect(throws: Problem.self) {
                try await desk.addCheckpoint(request)
            }
            #expect(unsettled?.slug == .busy)
            federation.network.cut(TestFederation.c)
            let alone = await #expect(throws: Problem.self) {
                try await desk.settleDoubt(about: request.note)
            }
            #expect(alone?.slug == .busy)
            federation.network.mend(TestFederation.c)
            try await desk.settleDoubt(about: request.note)
            #expect(try await desk.addCheckpoint(request).verdict == .conflict(size: 2))
        }
    }

    @Test func `a witness whose table is not older asks nobody`() async throws {
        try await federation.running { try await prepared() }
        let again = try federation.restarted(b.domain)
        try await federation.running([again]) {
            try await federation.until("the gate is open") {
                again.node.gate.current?.isOpen == true
            }
            #expect(try !again.node.database.isWitnessDoubted(Institution.origin(a.domain)))
        }
    }
}

extension AddCheckpoint {
    fileprivate var origin: String { (try? Checkpoint(text: note.text).origin) ?? "" }
}
