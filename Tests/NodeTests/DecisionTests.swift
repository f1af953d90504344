import CanonicalJSON
import Catalogue
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Recognition
import ServiceLifecycle
import Testing
import TransparencyLog

@Suite(.serialized) struct `A decision` {
    private static let learner = "Ada Augusta Lovelace"
    private static let learnerID = "did:example:ada-1815"
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

    /// A and B have logs, A has published an item that B knows.
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

    /// A credential for A's item, issued to the learner.
    private func credential() async throws -> JSON {
        try await a.ask(
            .credentialIssue,
            [
                "item": "BC-101",
                "subject": ["id": .string(Self.learnerID), "name": .string(Self.learner)],
            ]
        )
    }

    private func request(_ credential: JSON) -> JSON {
        [
            "requestId": .string(Institution.requestID()), "credential": credential,
            "outcome": "recognised", "credits": "5", "remarks": .string("for \(Self.learner)"),
        ]
    }

    @Test func `is erased with its precedent, and only a commitment is left`() async throws {
        let subject = try await federation.running { [a, b, c] in
            try await prepared()
            let recorded = try await b.ask(.decisionRecord, request(credential()))
            let subject = try #require(recorded["subject"]?.string)
            let item = "https://uni-a.example/items/BC-101"
            try await federation.until("A shows the precedent") {
                try a.node.views.precedents(item: item).count == 1
                    && a.confirmedSize(of: b.domain) == 3
            }
            let receipt = try await b.ask(.decisionReceipt, ["subject": .string(subject)])
            let told = try await erase(subject) { $0["dryRun"] = true }
            #expect(told["record"]?.bool == true)
            #expect(told["payloads"]?.array?.count == 1)
            #expect(
                try await erase(subject) { $0["precedentOnly"] = true }["record"]?.bool == false)
            #expect(try await b.ask(.decisionShow, ["subject": .string(subject)])["record"] != nil)
            let done = try await erase(subject)
            #expect(done["payloads"]?.array?.isEmpty == true)
            try await federation.until("the precedent is gone everywhere") {
                try [a, b, c].allSatisfy {
                    try $0.node.views.precedents(item: item).isEmpty
                        && $0.confirmedSize(of: b.domain) == 4
                }
            }
            for operation in [ControlOperation.decisionShow, .decisionReceipt] {
                let problem = await #expect(throws: Problem.self) {
                    _ = try await b.ask(operation, ["subject": .string(subject)])
                }
                #expect(problem?.slug == .gone)
            }
            let again = await #expect(throws: Problem.self) { _ = try await erase(subject) }
            #expect(again?.slug == .gone)
            // Who kept the receipt can prove as before what the leaf commits to.
            let report = try Receipt.verify(
                receipt.canonicalBytes, newerRegistry: a.node.registry.current,
                trustedRootDigest: nil)
            #expect(report.json["verdict"]?.string == "valid")
            return subject
        }
        for secret in [Self.learner, "Lovelace", Self.learnerID, "ada-1815"] {
            #expect(try b.files(containing: secret) == [])
        }
        #expect(try b.node.database.decision(subject)?.precedentSubject == nil)
    }

    private func erase(
        _ subject: String, _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> JSON {
        var body = JSONObject()
        body["requestId"] = .string(Institution.requestID())
        body["subject"] = .string(subject)
        body["reason"] = "asked for"
        change(&body)
        return try await b.ask(.decisionErase, .object(body))
    }

    @Test func `is replicated as a commitment and a precedent that name nobody`() async throws {
        let subject = try await federation.running { [a, b, c] in
            try await prepared()
            let recorded = try await b.ask(.decisionRecord, request(credential()))
            let subject = try #require(recorded["subject"]?.string)
            #expect(recorded["precedent"]?.bool == true)
            let item = "https://uni-a.example/items/BC-101"
            try await federation.until("A and C hold the leaf and show the precedent") {
                try [a, c].allSatisfy {
                    try $0.node.views.holdsDecision(domain: b.domain, subject: subject)
                        && $0.node.views.precedents(item: item).count == 1
                        && $0.confirmedSize(of: b.domain) == 3
                }
            }
            for reader in [a, c] {
                let shown = try await reader.ask(.catalogueSearch, ["query": "robotics"])
                let recognised = try #require(shown["results"]?[0]?["recognisedBy"]?[0])
                #expect(recognised["domain"]?.string == b.domain)
                #expect(recognised["outcome"]?.string == "recognised")
                #expect(recognised["credits"]?["number"]?.string == "5")
            }
            return subject
        }
        for reader in [a, c] {
            #expect(try reader.files().count > 5)
            for secret in [Self.learner, "Lovelace", Self.learnerID, "ada-1815"] {
                #expect(try reader.files(containing: secret) == [], "\(reader.domain)")
            }
            // The search itself works: what is public is found in the same files.
            #expect(try !reader.files(containing: subject).isEmpty)
        }
        #expect(try !b.files(containing: Self.learner).isEmpty)
        // Nor is the precedent's leaf tied to the decision's: it has its own random subject.
        let leaves = try #require(b.node.logs.own).entries(from: 1, to: 3)
        #expect(leaves.count == 2)
        #expect(leaves.filter { String(decoding: $0, as: UTF8.self).contains(subject) }.count == 1)
    }

    @Test func `has a receipt once its leaf is confirmed`() async throws {
        try await federation.running { [b, c] in
            try await prepared()
            federation.network.cut(c.domain)
            let recorded = try await b.ask(.decisionRecord, request(credential()))
            let subject = try #require(recorded["subject"]?.string)
            let asked: JSON = ["subject": .string(subject)]
            let early = await #expect(throws: Problem.self) {
                try await b.ask(.decisionReceipt, asked)
            }
            #expect(early?.slug == .notConfirmed)
            federation.network.mend(c.domain)
            try await federation.until("the leaf is confirmed") {
                try b.confirmedSize(of: b.domain) == 3
            }
            let receipt = try await b.ask(.decisionReceipt, asked)
            let report = try verified(receipt)
            #expect(report["verdict"]?.string == "valid", "\(report.canonicalText)")
            #expect(receipt["record"]?["applicant"]?["name"]?.string == Self.learner)
            var forged = receipt.canonicalText
            forged.replace("\"5\"", with: "\"50\"")
            let text = try JSON.read(Array(forged.utf8), limits: .operatorFile)
            #expect(try verified(text)["verdict"]?.string == "invalid")
        }
    }

    /// The offline verification that a learner's computer does, trusting the registry's root alone.
    private func verified(_ receipt: JSON) throws -> JSON {
        let root = try #require(
            try DurableFile.read(b.node.folder.registry + "/metadata/1.root.json")
        )
        return try Receipt.verify(
            receipt.canonicalBytes,
            newerRegistry: nil,
            trustedRootDigest: Digest(of: root)
        ).json
    }

    @Test func `recorded twice under one request is one decision`() async throws {
        try await federation.running { [b] in
            try await prepared()
            let request = request(try await credential())
            let first = try await b.ask(.decisionRecord, request)
            let again = try await b.ask(.decisionRecord, request)
            #expect(first["subject"] == again["subject"])
            #expect(first["index"] == again["index"])
            #expect(b.node.logs.own?.size == 3)
        }
    }

    @Test func `whose leaf a crash has lost is finished at the next start`() async throws {
        try await federation.running { try await prepared() }
        let record = DecisionRecord(
            domain: b.domain,
            subject: "000102030405060708090a0b0c0d0e0f",
            decided: ManualClock.start,
            applicant: ["name": .string(Self.learner)],
            credential: Digest(of: [1] as [UInt8]),
            item: RecognisedItem(
                globalID: "https://uni-a.example/items/BC-101",
                title: ["en": "Robotics"],
                issuer: a.domain
            ),
            outcome: .recognised,
            basis: .assessment
        )
        let intended = StoredDecision(
            subject: record.subject,
            request: RequestID(milliseconds: 1, random: SecureRandom.bytes(10)),
            record: record.bytes,
            r: SecureRandom.bytes(64),
            precedent: nil,
            precedentSubject: nil,
            index: nil
        )
        _ = try b.node.database.intend(intended, at: ManualClock.start)
        let restarted = try federation.restarted(b.domain)
        try await federation.running([restarted]) {
            try await federation.until("the decision is complete") {
                try restarted.node.database.decision(intended.subject)?.index != nil
            }
        }
        let log = try #require(restarted.node.logs.own)
        #expect(log.size == 2)
        guard case .leaf(let leaf) = LeafReading(try #require(try log.entry(1))) else {
            Issue.record("no leaf")
            return
        }
        #expect(leaf.commitment == record.commitment(r: intended.r))
        #expect(leaf.at == leaf.at.startOfDay)
    }

    @Test(
        arguments: [
            (["outcome": nil], "/outcome"), (["outcome": "sung"], "/outcome"),
            (["credential": nil], "/credential"), (["basis": "mood"], "/basis"),
            (["reasons": ["mood"]], "/reasons/0"), (["outcome": "refused"], "/reasons"),
            (["credential": ["type": []]], "/applicant"),
        ] as [([String: JSON?], String)])
    func `that cannot be recorded says what to mend`(
        _ changes: [String: JSON?],
        _ pointer: String
    ) async throws {
        let institution = try federation[TestFederation.b]
        guard
            case .object(var object) = request(
                ["credentialSubject": ["id": "x", "achievement": ["id": "urn:x"]]]
            )
        else { return }
        for (name, value) in changes { object[name] = value }
        let asked = JSON.object(object)
        let problem = await #expect(throws: Problem.self) {
            try await institution.ask(.decisionRecord, asked)
        }
        #expect(problem?.slug == .invalidDecision)
        #expect(problem?.pointer == pointer)
        #expect(problem?.remedy != nil || pointer == "/credential")
        #expect(try institution.node.database.intendedDecisions().isEmpty)
    }
}
