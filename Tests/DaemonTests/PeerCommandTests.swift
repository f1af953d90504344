import CanonicalJSON
import Federation
import Foundation
import NodeStore
import Testing

extension ServingNode {
    /// Runs `eccoe` for this node; results are JSON.
    func run(_ arguments: [String]) throws -> Outcome {
        try read(arguments + ["-o", "json"])
    }

    /// Runs `eccoe` for this node as a person does; results are text.
    func read(_ arguments: [String]) throws -> Outcome {
        try Outcome.of("eccoe", arguments + ["--data", folder.path])
    }

    /// Runs a command that must be refused, as a person and as a program: both are told why and
    /// what to do next.
    func expectRefusal(
        _ arguments: [String], _ status: Int32, _ slug: Problem.Slug, _ detail: String,
        try remedy: String
    ) throws {
        let text = try read(arguments)
        #expect(text.status == status, "\(arguments): \(text.error)")
        #expect(text.output.isEmpty)
        #expect(text.error.contains(detail), "\(arguments): \(text.error)")
        let advice = text.error.split(separator: "\n").first { $0.hasPrefix("  try: ") }
        #expect(advice?.contains(remedy) == true, "\(arguments): \(text.error)")
        let json = try run(arguments)
        #expect(json.status == status)
        #expect(json.output.isEmpty)
        let problem = (try? JSON.read(Array(json.error.utf8))).flatMap { Problem(json: $0) }
        #expect(problem?.slug == slug, "\(arguments): \(json.error)")
        #expect(problem?.detail.contains(detail) == true, "\(arguments): \(json.error)")
    }
}

/// The other nodes, asked about by the command.
@Suite(.ownThreads, .serialized, .joinedNetwork) struct PeerCommandTests {
    let nodes: JoinedNetwork.Nodes

    init() throws {
        nodes = try #require(JoinedNetwork.nodes)
    }

    @Test func `peer list names every other node, and what it was told`() throws {
        let listed = try nodes.a.run(["peer", "list"])
        #expect(listed.status == 0, "\(listed.error)")
        let peers = try #require(listed.json["peers"]?.array)
        #expect(peers.map { $0["domain"]?.string } == [nodes.b.domain, nodes.c.domain])
        #expect(peers.map { $0["url"]?.string } == [nodes.b.url, nodes.c.url])
        for peer in peers {
            #expect(peer["neighbour"]?.bool == true && peer["failures"]?.integer == 0)
            #expect(peer["lastSuccess"]?.string != nil)
            #expect(peer["toldSize"]?.integer == 2, "\(peer.canonicalText)")
        }
        let text = try nodes.a.read(["peer", "list"])
        #expect(text.status == 0 && text.output.hasPrefix("DOMAIN"))
        for node in [nodes.b, nodes.c] { #expect(text.output.contains(node.url)) }
        let lines = try nodes.a.read(["peer", "list", "-o", "jsonl"]).output.split(separator: "\n")
        #expect(lines.count == 2)
        for (line, peer) in zip(lines, peers) {
            #expect(try JSON.read(Array(line.utf8))["domain"] == peer["domain"])
        }
    }

    @Test func `peer show asks the node now`() throws {
        let shown = try nodes.a.run(["peer", "show", nodes.b.domain])
        #expect(shown.status == 0, "\(shown.error)")
        #expect(shown.json["answers"]?.bool == true)
        #expect(shown.json["software"]?.string == "\(Software.name)/\(Software.version)")
        #expect(shown.json["standing"]?.string == "active")
        #expect(shown.json["ownSize"]?.integer == 2)
        let text = try nodes.a.read(["peer", "show", nodes.b.domain])
        #expect(text.status == 0)
        #expect(text.output.contains("\(Software.name)/\(Software.version)"))
        #expect(text.output.contains("2 of 2 entries"))
    }

    @Test func `peer refresh asks one or all, and says how many`() throws {
        let all = try nodes.a.run(["peer", "refresh"])
        #expect(all.status == 0, "\(all.error)")
        #expect(all.json == ["polled": 2, "failed": 0])
        let one = try nodes.a.run(["peer", "refresh", nodes.c.domain])
        #expect(one.json == ["polled": 1, "failed": 0])
        let text = try nodes.a.read(["peer", "refresh"])
        #expect(text.output == "asked   2\nfailed  0\n")
    }

    @Test func `peer notify tells one or all of the newest head`() throws {
        let all = try nodes.b.run(["peer", "notify"])
        #expect(all.status == 0, "\(all.error)")
        #expect(all.json["origin"]?.string == nodes.b.origin)
        #expect(all.json["size"]?.integer == 2)
        let told = all.json["peers"]?.array ?? []
        #expect(told.map { $0["domain"]?.string } == [nodes.a.domain, nodes.c.domain])
        #expect(told.allSatisfy { $0["told"]?.bool == true && $0["error"] == nil })
        let one = try nodes.b.run(["peer", "notify", nodes.c.domain])
        #expect(one.json["peers"]?.array?.count == 1)
        let text = try nodes.b.read(["peer", "notify"])
        #expect(text.output.hasPrefix("DOMAIN") && text.output.contains(nodes.c.domain))
    }

    @Test func `a log that does not exist is not told of`() throws {
        try nodes.c.expectRefusal(
            ["peer", "notify"], 1, .noLog, "no log to tell of", try: "eccoe log init")
    }

    @Test(arguments: ["show", "refresh", "notify"])
    func `a member that is not there is refused`(_ verb: String) throws {
        for domain in ["uni-z.example", "uni-a.example", "\u{1b}[31m"] {
            try nodes.a.expectRefusal(
                ["peer", verb, domain], 1, .notAMember, "no other member", try: "eccoe peer list")
        }
    }

    @Test func `a member without a name is refused`() throws {
        try nodes.a.expectRefusal(
            ["peer", "show", ""], 65, .malformedRequest, "a text is missing", try: "domain")
        for verb in ["refresh", "notify"] {
            try nodes.a.expectRefusal(
                ["peer", verb, ""], 1, .notAMember, "no other member", try: "eccoe peer list")
        }
    }

    @Test func `words that are missing or too many are refused with how to write it`() throws {
        for words in [["show"], ["show", "a", "b"], ["list", "x"], ["refresh", "a", "b"]] {
            let outcome = try nodes.a.read(["peer"] + words)
            #expect(outcome.status == 64, "\(words)")
            #expect(outcome.error.contains("Usage: eccoe peer"), "\(words): \(outcome.error)")
        }
    }

    @Test func `a daemon that does not run is said so`() throws {
        let stopped = try Participant("uni-d.example")
        for words in [["list"], ["show", "uni-a.example"], ["refresh"], ["notify"]] {
            let outcome = try stopped.read(["peer"] + words)
            #expect(outcome.status == 69, "\(words)")
            #expect(outcome.error.contains("  at: \(stopped.folder.socket)"))
            #expect(outcome.error.contains("  try: "), "\(outcome.error)")
        }
    }
}

/// A node that has gone away, seen from another.
@Suite(.ownThreads) struct `A node that does not answer` {
    @Test func `is listed with its failure, and told nothing`() async throws {
        let network = try await Network.founded(converged: true)
        #expect(network.c.stop() == 0)
        let gone = network.c.domain
        let polled = try network.b.run(["peer", "refresh", gone])
        #expect(polled.status == 0)
        #expect(polled.json == ["polled": 1, "failed": 1])
        let shown = try network.b.run(["peer", "show", gone]).json
        #expect(shown["answers"]?.bool == false)
        #expect(shown["answerError"]?.string?.isEmpty == false)
        #expect(shown["failures"]?.integer == 1)
        let text = try network.b.read(["peer", "show", gone])
        #expect(text.status == 0 && text.output.contains("does not answer: "))
        let told = try network.b.run(["peer", "notify", gone])
        #expect(told.status == 0)
        #expect(told.json["peers"]?[0]?["told"]?.bool == false)
        #expect(told.json["peers"]?[0]?["error"]?.string?.isEmpty == false)
        let peers = try network.b.run(["peer", "list"]).json["peers"]?.array ?? []
        let line = peers.first { $0["domain"]?.string == gone }
        #expect(line?["lastError"]?.string?.isEmpty == false)
        #expect(network.b.stop() == 0)
        #expect(network.operatorNode.stop() == 0)
    }
}
