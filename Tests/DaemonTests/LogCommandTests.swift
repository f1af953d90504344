import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore
import Testing
import TransparencyLog

/// Logs, asked about by the command beside running daemons.
@Suite(.ownThreads, .serialized, .joinedNetwork) struct LogCommandProcessTests {
    let nodes: JoinedNetwork.Nodes

    init() throws {
        nodes = try #require(JoinedNetwork.nodes)
    }

    @Test func `log policy is that of the log's node, and one that proofs are verified by`()
        async throws
    {
        let policies = try [nodes.a, nodes.b, nodes.c].map { node in
            try node.read(["log", "policy", nodes.b.origin])
        }
        let text = try #require(policies.first?.output)
        #expect(policies.allSatisfy { $0.status == 0 && $0.output == text })
        let policy = try LogPolicy(Array(text.utf8))
        #expect(policy.logs.map(\.key.name) == [nodes.b.origin])
        #expect(policy.witnesses.count == 2)
        #expect(policy.groups.first?.threshold == 2)
        let own = try nodes.b.run(["log", "policy"])
        #expect(own.json == ["origin": .string(nodes.b.origin), "policy": .string(text)])

        try await expectProven(by: text)
    }

    /// A proof of an entry under a policy, and not under that of another log.
    private func expectProven(by policy: String) async throws {
        let folder = try TemporaryPlace()
        let (file, proof, leaf) = (folder.file("policy"), folder.file("p"), folder.file("leaf"))
        try DurableFile.write(Array(policy.utf8), to: file)
        let bundle = try await nodes.b.ask("GET", "/log/1/tile/entries/000.p/2")
        try DurableFile.write(try EntryBundle.decode(bundle.body, width: 2)[1], to: leaf)
        let exported = try nodes.b.read(["log", "export", folder.file("log")])
        try #require(exported.status == 0, "\(exported.error)")
        let proven = try Outcome.of(
            "eccoe", ["log", "prove", folder.file("log"), "--policy", file, "--index", "1"])
        try #require(proven.status == 0, "\(proven.error)")
        try DurableFile.write(Array(proven.output.utf8), to: proof)
        let verify = ["proof", "verify", proof, "--leaf", leaf, "--policy"]
        let verified = try Outcome.of("eccoe", verify + [file])
        #expect(verified.status == 0, "\(verified.error)")
        let other = try nodes.a.read(["log", "policy", nodes.a.origin]).output
        try DurableFile.write(Array(other.utf8), to: folder.file("other"))
        #expect(try Outcome.of("eccoe", verify + [folder.file("other")]).status == 1)
    }

    @Test func `log policy refuses what the registry does not know`() throws {
        for origin in ["uni-z.example/eccoe/1", "uni-b.example/eccoe/2", ""] {
            try nodes.a.expectRefusal(
                ["log", "policy", origin], 1, .unknownOrigin, "no log", try: "eccoe member list")
        }
        let alone = try Participant("uni-d.example")
        let outcome = try alone.read(["log", "policy"])
        #expect(outcome.status == 69)
        #expect(outcome.error.contains("no registry yet"))
        #expect(outcome.error.contains("  try: join the network: eccoe join"))
    }

    @Test func `log time is the same at every node, and rests on a quorum`() throws {
        let answers = try [nodes.a, nodes.b, nodes.c].map { node in
            let outcome = try node.run(["log", "time", nodes.b.origin, "1"])
            #expect(outcome.status == 0, "\(outcome.error)")
            return outcome.json
        }
        for answer in answers {
            #expect(answer["confirmed"]?.bool == true)
            #expect(answer["quorum"]?.integer == 2)
            #expect(answer["cosignatures"]?.array?.count == 2)
            #expect(answer["time"]?.string.flatMap { Instant($0) } != nil)
            #expect(answer["time"] == answers[0]["time"], "\(answer.canonicalText)")
        }
        let text = try nodes.a.read(["log", "time", nodes.b.origin, "1"])
        #expect(text.status == 0)
        for part in [nodes.b.origin, "2 of 2 needed", "by uni-a.example", "by uni-c.example"] {
            #expect(text.output.contains(part), "\(text.output)")
        }
    }

    @Test func `log time refuses unknown logs and entries`() throws {
        for origin in ["uni-z.example/eccoe/1", "uni-b.example/eccoe/2", "rubbish"] {
            try nodes.a.expectRefusal(
                ["log", "time", origin, "0"], 1, .unknownOrigin, origin, try: "eccoe ")
        }
        try nodes.a.expectRefusal(
            ["log", "time", nodes.b.origin, "9223372036854775807"], 65, .malformedRequest,
            "no whole number from 0 to 9007199254740991", try: "digits")
        try nodes.a.expectRefusal(
            ["log", "time", "", "0"], 65, .malformedRequest, "a text is missing", try: "origin")
        for index in ["2", "9007199254740991"] {
            try nodes.a.expectRefusal(
                ["log", "time", nodes.b.origin, index], 1, .notFound,
                "has 2 leaves, none at index \(index)", try: "eccoe log show --origin")
        }
        for index in ["-1", "1.5", "9223372036854775808", "one"] {
            let outcome = try nodes.a.read(["log", "time", nodes.b.origin, "--", index])
            #expect(outcome.status == 64, "\(index)")
            #expect(outcome.error.contains(index), "\(outcome.error)")
        }
    }

    @Test func `log audit finds all logs sound beside the daemon`() throws {
        for (node, own) in [(nodes.a, true), (nodes.b, true), (nodes.c, false)] {
            let outcome = try node.run(["log", "audit", "--all"])
            #expect(outcome.status == 0, "\(outcome.error)")
            #expect(outcome.json["sound"]?.bool == true)
            let logs = outcome.json["logs"]?.array ?? []
            #expect(
                Set(logs.compactMap { $0["origin"]?.string }) == [nodes.a.origin, nodes.b.origin])
            for log in logs {
                #expect(log["size"]?.integer == 2 && log["found"]?.integer == 0)
                #expect(log["cosignatures"]?.integer ?? 0 >= 2)
                #expect(log["linesNotVerified"]?.integer == 0)
            }
            let mine = try node.run(["log", "audit"])
            #expect(mine.status == (own ? 0 : 66))
            #expect(own || mine.error.contains("no log"), "\(mine.error)")
        }
        let text = try nodes.a.read(["log", "audit", nodes.b.origin])
        #expect(text.status == 0 && text.output.hasPrefix("LOG"))
        #expect(text.output.contains(nodes.b.origin) && text.output.contains("sound"))
        #expect(!text.output.contains(nodes.a.origin))
        let lines = try nodes.a.read(["log", "audit", "--all", "-o", "jsonl"]).output
        #expect(lines.split(separator: "\n").count == 2)
    }

    @Test func `log audit refuses a log that is not held, and two answers at once`() throws {
        try nodes.a.expectRefusal(
            ["log", "audit", "uni-c.example/eccoe/1"], 66, .noLog, "holds no log",
            try: "eccoe status lists the logs")
        let both = try nodes.a.read(["log", "audit", nodes.b.origin, "--all"])
        #expect(both.status == 64)
        #expect(both.error.contains("exclude each other"))
    }
}

/// Damage to a stored log, which no answer of the daemon shows.
@Suite(.ownThreads) struct `An audit of a damaged log` {
    @Test func `ends with 1, and tells the place and the remedy`() async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        try await institution.publish("C-1")
        #expect(institution.stop() == 0)
        let sound = try institution.run(["log", "audit", "--all"])
        #expect(sound.status == 0, "\(sound.error)")
        let path = institution.folder.log(epoch: 1)
        var bytes = try #require(try DurableFile.read(path, limit: 64 << 20))
        // A title stands in a payload only, whose digest the leaf names.
        let title = Array("Course C-1".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: title) })
        bytes[place] ^= 1
        try DurableFile.write(bytes, to: path)
        let found = try institution.run(["log", "audit", "--all"])
        #expect(found.status == 1)
        #expect(found.json["sound"]?.bool == false)
        let log = found.json["logs"]?[0]
        #expect(log?["findings"]?[0]?["reason"]?.string?.isEmpty == false)
        #expect(log?["remedies"]?[0]?.string?.contains("restore the log from a backup") == true)
        let text = try Outcome.of("eccoe", ["log", "audit", "--data", institution.folder.path])
        #expect(text.status == 1)
        #expect(text.output.contains("  try: stop the daemon"), "\(text.output)")
        #expect(text.error.contains("  at: \(path)"), "\(text.error)")
    }
}

/// A folder that is removed with this object.
final class TemporaryPlace {
    private let path = "/tmp/eccoe-t-\(UUID().uuidString.prefix(8))"

    /// Makes the folder.
    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A file in it.
    func file(_ name: String) -> String { path + "/" + name }
}
