import CanonicalJSON
import Foundation
import Glibc
import Keys
import NodeStore
import Testing

/// `eccoe doctor` at real nodes: a healthy one, and one after the other what can be broken.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(4))) struct DoctorTests {
    @Test func `a healthy node is all ok, and each thing that is broken shows`() async throws {
        let network = try await Network.founded(converged: true)
        let b = network.b
        #expect(try Examination(b)["backup"]?.state == "warning")
        try #require(try b.run(["backup", "create", b.file("backup")]).status == 0)
        let healthy = try Examination(b)
        #expect(healthy.status == 0)
        #expect(healthy.states.count == 16)
        for (check, finding) in healthy.states {
            #expect(finding.state == "ok", "\(check): \(finding.detail)")
            #expect(finding.remedy == nil)
        }
        try backupAge(b)
        try keyFiles(b)
        try keys(b)
        try certificate(b)
        try databases(b)
        try ownRoot(b)
        try restored(b)
        try stopped(b)
        try others(network)
    }

    private func backupAge(_ b: Participant) throws {
        let file = b.folder.file("last-backup.json")
        let good = try #require(try DurableFile.read(file))
        let now = Int64(Date().timeIntervalSince1970)
        for (days, state) in [(6, "ok"), (8, "warning"), (31, "failed")] as [(Int64, String)] {
            let made = Instant(secondsSince1970: now - days * 86_400)
            let json: JSON = ["made": .string(made.text), "path": "/srv/x"]
            try DurableFile.write(json.canonicalBytes, to: file)
            let examination = try Examination(b)
            #expect(examination["backup"]?.state == state)
            #expect(examination.status == (state == "failed" ? 1 : 0))
        }
        try DurableFile.write(Array("{}".utf8), to: file)
        #expect(try Examination(b)["backup"]?.state == "failed")
        try DurableFile.write(good, to: file)
    }

    /// The remedy is a command that mends it.
    private func keyFiles(_ b: Participant) throws {
        for (name, mode) in [
            ("keys/node.key", 0o440), ("keys/recovery.key", 0o404), ("keys/mirror.key", 0o600),
            ("tls/server.key", 0o640),
        ] as [(String, mode_t)] {
            let path = b.folder.file(name)
            chmod(path, mode)
            let finding = try #require(try Examination(b)["key files"])
            #expect(finding.state == "failed")
            #expect(finding.remedy == "chmod 0400 \(path)")
            let shell = try Process.run(
                URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", finding.remedy ?? ""])
            shell.waitUntilExit()
            #expect(try Examination(b)["key files"]?.state == "ok")
        }
    }

    private func keys(_ b: Participant) throws {
        let path = b.folder.file("keys/witness.key")
        try DurableFile.move(path, to: path + ".good")
        try DataFolder.writeKey(Ed25519Key(), to: path)
        let finding = try Examination(b)["keys"]
        #expect(finding?.state == "failed")
        #expect(finding?.detail == "witness.key is not in the registry")
        try DurableFile.remove(path)
        try DurableFile.move(path + ".good", to: path)
        #expect(try Examination(b)["keys"]?.state == "ok")
    }

    /// A certificate of somebody else's authority, then one that the remedy makes.
    private func certificate(_ b: Participant) throws {
        let stranger = try Participant(b.domain)
        for name in ["tls/server.pem", "tls/server.key"] {
            let bytes = try #require(try DurableFile.read(stranger.folder.file(name)))
            try DurableFile.write(bytes, to: b.folder.file(name), mode: 0o400)
        }
        #expect(b.stop() == 0)
        try b.start()
        let broken = try Examination(b)
        #expect(broken["certificate"]?.state == "failed")
        #expect(broken["certificate"]?.detail.contains("member's own authority") == true)
        #expect(broken["certificate"]?.remedy?.hasPrefix("eccoe tls renew --data ") == true)
        #expect(try b.run(["tls", "renew"]).status == 0)
        #expect(b.stop() == 0)
        try b.start()
        #expect(try Examination(b)["certificate"]?.state == "ok")
        try answeredByAnother(b)
    }

    /// Who answers with the right certificate, but not with the node's key, is another.
    private func answeredByAnother(_ b: Participant) throws {
        let path = b.folder.file("keys/node.key")
        try DurableFile.move(path, to: path + ".good")
        try DataFolder.writeKey(Ed25519Key(), to: path)
        #expect(b.stop() == 0)
        try b.start()
        let finding = try Examination(b)["certificate"]
        #expect(finding?.state == "failed")
        #expect(finding?.detail.contains("is not this node") == true, "\(finding?.detail ?? "")")
        #expect(finding?.remedy == "eccoe status --data \(b.folder.path)")
        try DurableFile.remove(path)
        try DurableFile.move(path + ".good", to: path)
        #expect(b.stop() == 0)
        try b.start()
        #expect(try Examination(b)["certificate"]?.state == "ok")
    }

    private func databases(_ b: Participant) throws {
        #expect(b.stop() == 0)
        let name = try #require(
            try DurableFile.list(b.folder.file("mirror")).first { $0.hasSuffix(".sqlite") })
        let path = b.folder.file("mirror/\(name)")
        let good = try #require(try DurableFile.read(path))
        var bad = good
        // The header of the second page.
        for index in 4096..<4128 { bad[index] = 0xff }
        try DurableFile.write(bad, to: path)
        let finding = try Examination(b)["databases"]
        #expect(finding?.state == "failed")
        #expect(finding?.detail.contains("mirror/\(name)") == true)
        #expect(finding?.remedy?.contains("rm \(path)*") == true)
        try DurableFile.write(good, to: path)
        #expect(try Examination(b)["databases"]?.state == "ok")
    }

    /// An entry that was changed on the disk, which SQLite cannot see.
    private func ownRoot(_ b: Participant) throws {
        let path = b.folder.log(epoch: 1)
        let good = try #require(try DurableFile.read(path))
        let text = String(decoding: good, as: UTF8.self)
        #expect(text.contains("item.published"))
        var bad = good
        let word = Array("item.published".utf8)
        for start in 0..<(bad.count - word.count) where Array(bad[start..<start + 14]) == word {
            bad[start] = UInt8(ascii: "j")
        }
        try DurableFile.write(bad, to: path)
        let broken = try Examination(b)
        #expect(broken["databases"]?.state == "ok")
        #expect(broken["log"]?.state == "failed")
        #expect(broken["log"]?.remedy == "eccoe log audit --data \(b.folder.path)")
        try DurableFile.write(good, to: path)
        #expect(try Examination(b)["log"]?.state == "ok")
    }

    /// The log of an old backup: the mirrors know better.
    private func restored(_ b: Participant) throws {
        let log = b.folder.log(epoch: 1)
        let old = try #require(try DurableFile.read(log))
        try b.start()
        #expect(try b.publish(["CS-8"]).status == 0)
        #expect(try b.converge().status == 0)
        // The mirrors come for it within seconds.
        while try Examination(b)["mirrors"]?.state != "ok" {}
        #expect(b.stop() == 0)
        let new = try #require(try DurableFile.read(log))
        try DurableFile.write(old, to: log)
        let finding = try Examination(b)["mirrors"]
        #expect(finding?.state == "failed")
        #expect(finding?.detail.contains("it went back") == true, "\(finding?.detail ?? "")")
        try DurableFile.write(new, to: log)
    }

    /// Without the daemon the rest is examined all the same.
    private func stopped(_ b: Participant) throws {
        let examination = try Examination(b)
        #expect(examination.status == 1)
        let start = "eccoed --config \(b.folder.configuration)"
        #expect(examination["daemon"]?.state == "failed")
        #expect(examination["daemon"]?.remedy == start)
        for check in ["reachability", "neighbours", "certificate"] {
            #expect(examination[check]?.state == "not checked", "\(check)")
            #expect(examination[check]?.remedy == start, "\(check)")
        }
        for check in ["registry", "databases", "log", "mirrors", "witnesses", "keys", "clock"] {
            let finding = examination[check]
            #expect(finding?.state == "ok", "\(check): \(finding?.detail ?? "")")
        }
        let text = try b.read(["doctor"])
        #expect(text.status == 1)
        #expect(text.output.contains("16 checks: "))
        #expect(text.output.contains("try: \(start)"))
    }

    /// The others go away, one after the other.
    private func others(_ network: Network) throws {
        let b = network.b
        try b.start()
        _ = try b.status { $0["writing"]?["state"]?.string == "open" }
        #expect(network.c.stop() == 0)
        let lone = try Examination(b)
        #expect(lone["witnesses"]?.state == "failed")
        #expect(lone["witnesses"]?.detail.hasPrefix("1 of 2 answer, 2 must cosign") == true)
        #expect(lone["mirrors"]?.state == "warning")
        #expect(lone["reachability"]?.state == "ok")
        #expect(network.operatorNode.stop() == 0)
        _ = try b.run(["peer", "refresh"])
        let alone = try Examination(b)
        #expect(alone.status == 1)
        for check in ["mirrors", "witnesses", "neighbours"] {
            #expect(alone[check]?.state == "failed", "\(check)")
        }
        for check in ["reachability", "clock"] {
            #expect(alone[check]?.state == "not checked", "\(check)")
        }
        for check in ["daemon", "certificate", "registry", "log"] {
            #expect(alone[check]?.state == "ok", "\(check)")
        }
        #expect(b.stop() == 0)
    }
}

/// One run of `eccoe doctor`.
struct Examination {
    struct Finding {
        let state: String
        let detail: String
        let remedy: String?
    }

    let status: Int32
    let states: [String: Finding]

    init(_ participant: Participant) throws {
        self.init(try participant.run(["doctor"]))
    }

    init(_ outcome: Outcome) {
        status = outcome.status
        states = (outcome.json["checks"]?.array ?? []).reduce(into: [:]) { states, row in
            states[row["check"]?.string ?? ""] = Finding(
                state: row["state"]?.string ?? "", detail: row["detail"]?.string ?? "",
                remedy: row["remedy"]?.string)
        }
    }

    subscript(check: String) -> Finding? { states[check] }
}
