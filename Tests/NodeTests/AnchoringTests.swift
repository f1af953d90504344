import CanonicalJSON
import Credentials
import Federation
import Keys
import MemberRegistry
import Node
import NodeStore
import Recognition
import Testing
import TransparencyLog

@Suite(.serialized) struct `An issued credential's anchor` {
    private let federation: TestFederation
    private let a: Institution
    private let b: Institution

    init() throws {
        federation = try TestFederation()
        a = try federation[TestFederation.a]
        b = try federation[TestFederation.b]
    }

    /// A has published an item that all hold confirmed.
    private func prepared() async throws {
        try await federation.admitted()
        try await a.createLog()
        try await a.publish(Institution.item("BC-101", "Robotics"))
        try await held(2)
    }

    private func held(_ size: Int) async throws {
        try await federation.until("B holds \(size) leaves") {
            try b.confirmedSize(of: a.domain) == size && b.isConverged
        }
    }

    private func issue(_ name: String = "Ada") async throws -> JSON {
        try await a.ask(
            .credentialIssue, ["item": "BC-101", "subject": ["name": .string(name)]])
    }

    private func anchor(_ credential: JSON) async throws -> JSON {
        let answer = try await a.ask(.credentialAnchor, ["credential": credential])
        return try #require(answer["anchor"])
    }

    /// What B says: the report, its verdict, and the status of the line `key`.
    private struct Answer {
        let report: JSON

        var verdict: String? { report["verdict"]?.string }

        var worth: [String?] {
            let key = report["checks"]?.array?.first { $0["id"]?.string == "key" }
            return [verdict, key?["status"]?.string]
        }
    }

    private func lookup(_ credential: JSON, _ anchor: JSON? = nil) async throws -> Answer {
        var body = JSONObject()
        body["credential"] = credential
        body["anchor"] = anchor
        return Answer(report: try await b.ask(.credentialLookup, .object(body)))
    }

    /// The registry revokes A's credential key from `time` on; B knows.
    private func revoke(from time: Instant) async throws {
        try federation.update(a.domain) { document in
            guard let index = document.keys.firstIndex(where: { $0.use == .credential }) else {
                return
            }
            document.keys[index].revoked = (time, .compromised)
        }
        try await federation.until("B knows of the theft") {
            let keys = b.node.registry.current?.member(a.domain)?.document.keys ?? []
            return keys.contains { $0.revoked?.reason == .compromised }
        }
    }

    /// What the thief makes: a credential of A that claims an older date.
    private func backDated(_ credential: JSON) throws -> JSON {
        let key = try Institution.key(a.domain, .credential)
        let badge = OpenBadgeCredential(
            id: "urn:uuid:01020304-0506-4708-890a-0b0c0d0e0f10",
            issuerDomain: a.domain, issuerName: "University A", name: "Robotics",
            validFrom: ManualClock.start + 1, subject: ["name": "Mallory"],
            achievement: .init(
                id: "https://\(a.domain)/items/BC-101", name: "Robotics", description: "x",
                criteria: "x"))
        return try badge.signed(
            kid: try #require(JWK.thumbprint(key.publicKey)), created: ManualClock.start + 1,
            signer: key)
    }

    @Test func `saves it from the theft of the key, and no back-dated one`() async throws {
        try await federation.running {
            try await prepared()
            let credential = try await issue()
            #expect(try await lookup(credential).verdict == "valid")
            let anchor = try await anchor(credential)
            try await held(3)
            federation.clock.advance(by: .seconds(60))
            try await revoke(from: federation.clock.time.now())
            #expect(try await lookup(credential).worth == ["indeterminate", "unknown"])
            let saved = try await lookup(credential, anchor)
            #expect(saved.worth == ["valid", "pass"])
            #expect(saved.report["anchor"]?["index"]?.integer == 2)
            #expect(saved.report["anchor"]?["origin"]?.string == Institution.origin(a.domain))
            #expect(saved.report["anchor"]?["confirmed"]?.string != nil)
            let forged = try backDated(credential)
            #expect(try await lookup(forged).worth == ["indeterminate", "unknown"])
            #expect(try await lookup(forged, anchor).worth == ["indeterminate", "unknown"])
        }
    }

    @Test func `saves nothing when it is younger than the theft`() async throws {
        try await federation.running {
            try await prepared()
            let credential = try await issue()
            federation.clock.advance(by: .seconds(60))
            let theft = federation.clock.time.now()
            let anchor = try await anchor(credential)
            try await held(3)
            try await revoke(from: theft)
            let late = try await lookup(credential, anchor)
            #expect(late.worth == ["indeterminate", "unknown"])
            #expect(late.report["anchor"]?["confirmed"]?.string != nil)
        }
    }

    @Test func `is one leaf for all that were issued within a quarter of an hour`() async throws {
        try await federation.running {
            try await prepared()
            let credentials = [
                try await issue("Ada"), try await issue("Ben"), try await issue("C"),
            ]
            // The services began with the clock.
            let elapsed = federation.clock.now.offset
            federation.clock.advance(by: IssuanceAnchoring.interval - elapsed - .seconds(1))
            await federation.settle()
            #expect(a.node.logs.own?.size == 2)
            try await held(3)
            let leaf = try #require(try a.node.logs.own?.entry(2))
            let json = try JSON.read(leaf)
            #expect(json["type"]?.string == "issuance.anchored")
            #expect(
                Set(json.object?.names ?? [])
                    == ["at", "commitment", "revision", "subject", "type", "v"])
            for credential in credentials {
                let anchor = try await anchor(credential)
                #expect(anchor["size"]?.integer == 3)
                #expect(anchor["leaf"]?.string == Base64URL.encode(leaf))
                let report = try await lookup(credential, anchor).report
                #expect(report["anchor"]?["index"]?.integer == 2)
            }
            #expect(a.node.logs.own?.size == 3)
        }
    }

    @Test func `is given out for what this node has issued only`() async throws {
        try await federation.running {
            try await prepared()
            let forged = try backDated(await issue())
            let problem = await #expect(throws: Problem.self) { try await anchor(forged) }
            #expect(problem?.slug == .notFound)
            let other = await #expect(throws: Problem.self) {
                try await b.ask(.credentialAnchor, ["credential": forged])
            }
            #expect(other?.slug == .notFound)
        }
    }

    @Test func `of another's log proves nothing`() async throws {
        try await federation.running {
            try await prepared()
            try await b.createLog()
            let credential = try await issue()
            let anchor = try await anchor(credential)
            var other = try #require(anchor.object)
            let digest = CredentialDigest.of(document: credential)
            let salt = try #require(anchor["salt"]?.string.flatMap { Base64URL.decode($0) })
            let tree = IssuanceTree([IssuanceTree.entry(salt: salt, digest: digest)])
            let subject = String(repeating: "ab", count: 16)
            let id = try #require(RequestID(Institution.requestID()))
            let done = try await b.node.writer.append(
                AppendRequest(
                    id: id,
                    drafts: [
                        Draft(type: .issuanceAnchored, subject: subject, commitment: tree.root)
                    ]))
            let leaf = try #require(try b.node.logs.own?.entry(done.results[0].index))
            other["leaf"] = .string(Base64URL.encode(leaf))
            try await held(3)
            try await revoke(from: federation.clock.time.now())
            let report = try await lookup(credential, .object(other))
            #expect(report.worth == ["indeterminate", "unknown"])
            #expect(report.report["anchor"] == nil)
        }
    }

    @Test func `is finished after a crash, once`() async throws {
        let credential = try await federation.running {
            try await prepared()
            return try await issue()
        }
        let subject = String(repeating: "0f", count: 16)
        let id = try #require(RequestID(Institution.requestID()))
        let batch = try #require(
            try a.node.database.gatherIssuances(
                subject: subject, request: id, limit: 9, at: ManualClock.start))
        #expect(batch.entries.count == 1)
        let again = try federation.restarted(a.domain)
        try await federation.running([again]) {
            try await federation.until("the leaf stands") { again.node.logs.own?.size == 3 }
            let answer = try await again.ask(.credentialAnchor, ["credential": credential])
            #expect(answer["index"]?.integer == 2)
        }
        let third = try federation.restarted(a.domain)
        try await federation.running([third]) {
            let answer = try await third.ask(.credentialAnchor, ["credential": credential])
            #expect(answer["index"]?.integer == 2)
            #expect(third.node.logs.own?.size == 3)
        }
    }

    @Test func `is forgotten on demand, and the learner's still proves`() async throws {
        try await federation.running {
            try await prepared()
            let credential = try await issue()
            let other = try await issue("Ben")
            let anchor = try await anchor(credential)
            try await held(3)
            let asked: JSON = ["credential": credential, "reason": "asked", "dryRun": true]
            #expect(try await a.ask(.credentialErase, asked)["dryRun"]?.bool == true)
            #expect(try await self.anchor(credential) == anchor)
            _ = try await a.ask(
                .credentialErase, ["credential": credential, "reason": "asked"])
            let gone = await #expect(throws: Problem.self) { try await self.anchor(credential) }
            #expect(gone?.slug == .notFound)
            #expect(try await self.anchor(other)["size"]?.integer == 2)
            federation.clock.advance(by: .seconds(60))
            try await revoke(from: federation.clock.time.now())
            #expect(try await lookup(credential, anchor).worth == ["valid", "pass"])
            #expect(
                try await lookup(other, try await self.anchor(other)).worth == ["valid", "pass"])
        }
    }

    @Test func `stands anew after a closing, with its new time`() async throws {
        try await federation.running {
            try await prepared()
            let credential = try await issue()
            let anchor = try await anchor(credential)
            try await held(3)
            let first = try #require(a.node.logs.own(epoch: 1))
            let theft = federation.clock.time.now() + 1
            federation.clock.advance(by: .seconds(60))
            try federation.closeFirstEpoch(at: 2, root: first.root(at: 2))
            try await federation.until("A knows its second epoch") { a.node.epoch == 2 }
            try await a.createLog()
            try await federation.until("B holds the second epoch") {
                try b.node.logs.log("\(a.domain)/eccoe/2")?.confirmed()?.checkpoint.checkpoint.size
                    == 2 && b.isConverged
            }
            let report = try await lookup(credential, anchor).report
            #expect(report["anchor"]?["origin"]?.string == "\(a.domain)/eccoe/2")
            #expect(report["anchor"]?["confirmed"]?.string != nil)
            try await revoke(from: theft)
            #expect(try await lookup(credential, anchor).worth == ["indeterminate", "unknown"])
        }
    }

    @Test func `is found in what a stranger asks over https, too`() async throws {
        try await federation.running {
            try await prepared()
            let credential = try await issue()
            let anchor = try await anchor(credential)
            try await held(3)
            let desk = CredentialDesk(node: b.node)
            let body: JSON = ["credential": credential, "anchor": anchor]
            #expect(try await desk.lookup(body: body.canonicalBytes)["anchor"] != nil)
            let bare = try await desk.lookup(body: credential.canonicalBytes)
            #expect(bare["verdict"]?.string == "valid" && bare["anchor"] == nil)
            let more: JSON = ["credential": credential, "anchor": anchor, "more": 1]
            #expect(try await desk.lookup(body: more.canonicalBytes)["verdict"] != "valid")
        }
    }
}
