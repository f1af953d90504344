import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeClient
import NodeStore
import Testing
import TransparencyLog

/// What members tell each other, and what they believe.
@Suite(.ownThreads, .serialized, .joinedNetwork) struct NetworkTests {
    let nodes: JoinedNetwork.Nodes

    init() throws {
        nodes = try #require(JoinedNetwork.nodes)
    }

    private func announce(_ notes: [SignedNote]) async throws -> PeerResponse {
        try await nodes.a.ask(
            "POST", Endpoint.announce.template, body: Announcement(checkpoints: notes).bytes)
    }

    /// What operator and copy say after what was announced has settled.
    private func settled() async throws -> Footprint {
        let outcome = try Outcome.of(
            "eccoe",
            [
                "status", "--wait", "converged", "--timeout", "60s", "--data", nodes.a.folder.path,
            ])
        #expect(outcome.status == 0, "\(outcome.error)")
        return try await Footprint.of(nodes.a)
    }

    @Test func `an announcement counts only with the signature of a member's log`() async throws {
        let head = try await nodes.b.head()
        let stranger = Ed25519Key()
        let before = try await settled()
        let unknown = try signed("uni-z.example/eccoe/1", head.checkpoint.root, by: stranger)
        nodes.a.expectProblem(
            try await announce([unknown]), [404], .unknownOrigin, "an unknown member")
        let impostor = try signed(nodes.b.origin, head.checkpoint.root, by: stranger)
        nodes.a.expectProblem(
            try await announce([impostor]), [400], .invalidCheckpoint, "another's key")
        let text = Checkpoint(origin: nodes.b.origin, size: 99, root: Digest(of: [])).text
        let moved = try SignedNote(text: text, signatures: head.note.signatures)
        let refused = try await announce([moved])
        nodes.a.expectProblem(
            refused, [400], .invalidCheckpoint, "a signature over another text")
        #expect(try JSON.read(refused.body)["pointer"]?.string == "/checkpoints/0")
        let second = try await announce([head.note, moved])
        #expect(try JSON.read(second.body)["pointer"]?.string == "/checkpoints/1")
        let after = try await settled()
        #expect(after.status == before.status)
        #expect(after.files == before.files)
    }

    @Test func `a rolled-back head changes nothing`() async throws {
        let before = try await settled()
        let bundle = try await nodes.b.ask("GET", "/log/1/tile/entries/000.p/1")
        let first = try #require(try EntryBundle.decode(bundle.body, width: 1).first)
        let genuine = try nodes.b.signed(size: 1, root: Digest.ofLeaf(first))
        let answer = try await announce([genuine.note])
        #expect(answer.status == 200)
        let after = try await settled()
        #expect(after.status == before.status)
        #expect(after.files == before.files)
        let held = try await nodes.a.ask(
            "GET", "/mirror/\(Checkpoint.originHash(nodes.b.origin).hex)/checkpoint")
        let copy = try VerifiedCheckpoint(held.body, key: try await nodes.b.head().key)
        #expect(copy.checkpoint == (try await nodes.b.head()).checkpoint)
    }

    private func signed(
        _ origin: String, _ root: Digest, by key: Ed25519Key
    ) throws -> SignedNote {
        let signer = try #require(NoteSigner(name: origin, type: .ed25519, signer: key))
        return try VerifiedCheckpoint(
            signing: Checkpoint(origin: origin, size: 2, root: root), by: signer
        ).note
    }

    @Test func `a peer is believed with its own authority only`() async throws {
        let allow = try ["uni-a.example", "uni-b.example"].map {
            try #require(OutboundAllow("\($0)=127.0.0.1"))
        }
        let transport = HTTPPeerTransport(outbound: OutboundGuard(allow: allow))
        let good = PeerAddress(
            domain: nodes.b.domain, url: nodes.b.url, trust: try authority(nodes.b))
        let answer = try await transport.send(
            PeerRequest("GET", "/log/1/checkpoint", of: good, maximumBytes: 1 << 16))
        #expect(answer.status == 200)
        let others: [PeerAddress.Trust] = [.system, try authority(nodes.a)]
        for trust in others {
            let bad = PeerAddress(domain: nodes.b.domain, url: nodes.b.url, trust: trust)
            let problem = await #expect(throws: Problem.self) {
                try await transport.send(
                    PeerRequest("GET", "/log/1/checkpoint", of: bad, maximumBytes: 1 << 16))
            }
            #expect(problem?.slug == .unreachable)
        }
        await transport.shutdown()
    }

    private func authority(_ node: ServingNode) throws -> PeerAddress.Trust {
        let pem = try String(
            contentsOfFile: node.folder.file("tls/authority.pem"), encoding: .utf8)
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        return .authority(try #require(Base64.decode(lines.joined())))
    }

    @Test func `every node serves the same registry and the same logs`() async throws {
        let origins = [nodes.a, nodes.b]
        for author in origins {
            let head = try await author.head()
            let path = "/mirror/\(Checkpoint.originHash(author.origin).hex)"
            for node in [nodes.a, nodes.b, nodes.c] where node.domain != author.domain {
                let answer = try await node.ask("GET", "\(path)/checkpoint/confirmed")
                let copy = try VerifiedCheckpoint(answer.body, key: head.key)
                #expect(copy.checkpoint == head.checkpoint)
                let tile = try await node.ask("GET", "\(path)/tile/0/000.p/2")
                #expect(tile.body == (try await author.ask("GET", "/log/1/tile/0/000.p/2")).body)
                #expect(tile.headers["cache-control"]?.contains("immutable") == true)
            }
        }
        let timestamp = try await nodes.a.ask("GET", "/registry/metadata/timestamp.json")
        for node in [nodes.b, nodes.c] {
            let copy = try await node.ask("GET", "/registry/metadata/timestamp.json")
            #expect(copy.status == 200 && copy.body == timestamp.body)
        }
    }
}
