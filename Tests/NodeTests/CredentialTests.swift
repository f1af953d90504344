import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Testing

@Suite(.serialized) struct `A credential` {
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
        try await federation.until("B holds the log") {
            try b.confirmedSize(of: a.domain) == 2 && b.isConverged
        }
    }

    private func issue() async throws -> JSON {
        try await a.ask(
            .credentialIssue,
            ["item": "BC-101", "subject": ["id": "did:example:ada", "name": "Ada Lovelace"]]
        )
    }

    /// The checks of a lookup at B: id to status.
    private func lookup(_ credential: JSON) async throws -> (verdict: String?, [String: String]) {
        let report = try await b.ask(.credentialLookup, ["credential": credential])
        let checks = try #require(report["checks"]?.array)
        let statuses = checks.reduce(into: [String: String]()) { statuses, check in
            if let id = check["id"]?.string { statuses[id] = check["status"]?.string }
        }
        return (report["verdict"]?.string, statuses)
    }

    @Test func `of a member is valid at another, line by line`() async throws {
        try await federation.running {
            try await prepared()
            let (verdict, checks) = try await lookup(issue())
            #expect(verdict == "valid")
            for id in ["wellformed", "proof", "validity", "issuer", "member", "key", "item"] {
                #expect(checks[id] == "pass", "\(id): \(checks[id] ?? "absent")")
            }
        }
    }

    @Test func `with one changed letter is invalid`() async throws {
        try await federation.running {
            try await prepared()
            guard case .object(var tampered) = try await issue() else { return }
            guard case .object(var subject)? = tampered["credentialSubject"] else { return }
            subject["name"] = "Ada Lovelacf"
            tampered["credentialSubject"] = .object(subject)
            let (verdict, checks) = try await lookup(.object(tampered))
            #expect(verdict == "invalid")
            #expect(checks["proof"] == "fail")
        }
    }

    @Test func `of an item that the issuer has not published does not pass`() async throws {
        try await federation.running {
            try await prepared()
            guard case .object(var credential) = try await issue(),
                case .object(var subject)? = credential["credentialSubject"],
                case .object(var achievement)? = subject["achievement"]
            else { return }
            achievement["id"] = "https://uni-a.example/items/NONE"
            subject["achievement"] = .object(achievement)
            credential["credentialSubject"] = .object(subject)
            let (verdict, checks) = try await lookup(.object(credential))
            #expect(verdict == "invalid")
            #expect(checks["item"] != "pass")
        }
    }

    @Test func `is not issued for an item that is not published`() async throws {
        try await federation.running {
            try await prepared()
            let problem = await #expect(throws: Problem.self) {
                try await a.ask(.credentialIssue, ["item": "NONE", "subject": ["name": "x"]])
            }
            #expect(problem?.slug == .notFound)
            let nobody = await #expect(throws: Problem.self) {
                try await a.ask(.credentialIssue, ["item": "BC-101", "subject": "Ada"])
            }
            #expect(nobody?.slug == .invalidCredential)
        }
    }

    @Test(arguments: ["{}", "[]", "null", "1", "\"x\""])
    func `that is none gets a report and no verdict of worth`(_ text: String) async throws {
        let json = try JSON.read(Array(text.utf8))
        let (verdict, _) = try await lookup(json)
        #expect(verdict != "valid")
    }
}
