import CanonicalJSON
import NodeClient
import NodeStore
import Testing

/// TXT records asked of a name server, and what the registry's operator is told of them.
@Suite(.ownThreads) struct `Control of a domain` {
    private static let name = "_eccoe.uni-b.example"

    private func lookup(_ server: NameServer) -> TXTLookup {
        TXTLookup(servers: [.init(address: "127.0.0.1", port: server.port)])
    }

    @Test func `is asked of the name server`() throws {
        let server = try NameServer { question, _ in
            NameServer.answer(to: question, texts: ["first", "second"])
        }
        defer { server.stop() }
        #expect(lookup(server).texts(of: Self.name) == .texts(["first", "second"]))
        #expect(server.questions == 1)
        server.answer { question, _ in NameServer.answer(to: question, texts: []) }
        #expect(lookup(server).texts(of: Self.name) == .texts([]))
    }

    @Test func `is asked over TCP when the answer is too long`() throws {
        let long = String(repeating: "x", count: 250)
        let server = try NameServer { question, isStream in
            let texts = isStream ? Array(repeating: long, count: 40) : []
            var answer = NameServer.answer(to: question, texts: texts)
            if !isStream { answer[2] |= 0x02 }
            return answer
        }
        defer { server.stop() }
        #expect(
            lookup(server).texts(of: Self.name) == .texts(Array(repeating: long, count: 40)))
        #expect(server.questions == 2)
    }

    @Test func `is asked of the next server when one is silent or answers another question`()
        throws
    {
        let silent = try NameServer { _, _ in nil }
        defer { silent.stop() }
        let wrong = try NameServer { question, _ in
            NameServer.answer(to: [question[0] ^ 1] + question.dropFirst(), texts: ["forged"])
        }
        let good = try NameServer { NameServer.answer(to: $0, texts: $1 ? [] : ["good"]) }
        defer { for server in [wrong, good] { server.stop() } }
        let servers = [silent, wrong, good].map {
            TXTLookup.Server(address: "127.0.0.1", port: $0.port)
        }
        #expect(TXTLookup(servers: servers).texts(of: Self.name) == .texts(["good"]))
        let alone = TXTLookup(servers: Array(servers.prefix(2))).texts(of: Self.name)
        guard case .failed(let reason) = alone else {
            Issue.record("\(alone)")
            return
        }
        #expect(reason.contains("no answer in time") && reason.contains("another question"))
    }

    @Test func `is told to the operator before an admission, and again afterwards`() async throws {
        let network = try await Network.founded(converged: false)
        let (operatorNode, b) = (network.operatorNode, network.b)
        let joined = try b.run(["join", try operatorNode.invite(), "--ca", operatorNode.authority])
        try #require(joined.status == 0, "\(joined.error)")
        let digest = try #require(joined.json["txt"]?.string)
        let code = try #require(joined.json["code"]?.string)
        let server = try NameServer { NameServer.answer(to: $0, texts: $1 ? [] : ["v=other"]) }
        defer { server.stop() }
        let proposal = operatorNode.file("p.json")
        func admit(_ more: [String]) throws -> Outcome {
            try operatorNode.run(
                [
                    "registry", "admit", b.domain, "--code", code, "--dns",
                    "127.0.0.1:\(server.port)",
                ] + more)
        }
        let other = try admit(["--propose", proposal])
        #expect(other.error.contains("NOT SHOWN") && other.error.contains("v=other"))
        #expect(other.error.contains("dig +short TXT \(Self.name)"))
        server.answer { question, _ in NameServer.answer(to: question, texts: []) }
        #expect(try admit(["--propose", proposal]).error.contains("DNS has no TXT \(Self.name)"))
        #expect(try admit(["--dns", "somewhere"]).status == 64)

        server.answer { question, _ in
            NameServer.answer(to: question, texts: ["v=other", digest.uppercased()])
        }
        let shown = try admit([])
        try #require(shown.status == 0, "\(shown.error)")
        #expect(shown.error.contains("shown by DNS"))
        #expect(shown.json["control"]?["state"]?.string == "shown")
        #expect(shown.json["control"]?["expected"]?.string == digest)
    }

    @Test func `is shown for no other request than the one that is granted`() async throws {
        let network = try await Network.founded(converged: false)
        let (operatorNode, b) = (network.operatorNode, network.b)
        let join = [
            "join", try operatorNode.invite(), "--ca", operatorNode.authority, "--data",
            b.folder.path, "-o", "json",
        ]
        let digest = try #require(try Outcome.of("eccoe", join).json["txt"]?.string)
        let server = try NameServer { question, _ in
            // Meanwhile it asks anew; the time is part of the request.
            while let anew = try? Outcome.of("eccoe", join).json["txt"]?.string, anew == digest {}
            return NameServer.answer(to: question, texts: [digest])
        }
        defer { server.stop() }
        let admitted = try operatorNode.run([
            "registry", "admit", b.domain, "--dns", "127.0.0.1:\(server.port)",
        ])
        #expect(admitted.status == 1)
        #expect(admitted.error.contains("something else meanwhile"), "\(admitted.error)")
        #expect(try operatorNode.run(["registry", "requests"]).output.contains(b.domain))
    }

    @Test func `is unknown where nobody answers, and that is said`() async throws {
        let network = try await Network.founded(converged: false)
        let (operatorNode, b) = (network.operatorNode, network.b)
        let joined = try b.run(["join", try operatorNode.invite(), "--ca", operatorNode.authority])
        try #require(joined.status == 0, "\(joined.error)")
        let silent = try NameServer { _, _ in nil }
        defer { silent.stop() }
        let admitted = try operatorNode.run([
            "registry", "admit", b.domain, "--dns", "127.0.0.1:\(silent.port)",
        ])
        #expect(admitted.status == 0, "\(admitted.error)")
        #expect(admitted.json["control"]?["state"]?.string == "unknown")
        #expect(admitted.error.contains("could not be asked"))
    }
}
