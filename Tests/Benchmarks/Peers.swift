import Federation
import Foundation
import Glibc
import TransparencyLog

/// What others need for durable writes of 512 bytes on the same disk.
enum Peers {
    static func all(_ options: Options) -> [any Benchmark] {
        [
            PostgreSQLBenchmark(seconds: options.isQuick ? 2 : 10),
            EtcdBenchmark(writes: options.scaled(20_000)),
            NATSBenchmark(writes: options.scaled(20_000)),
            GitBenchmark(records: options.scaled(5000)),
            AicsBenchmark(entries: options.scaled(100_000)),
            AicsWitnessBenchmark(requests: options.scaled(2000)),
        ]
    }
}

/// Inserts of one row a transaction by pgbench, `synchronous_commit` and `fsync` on.
struct PostgreSQLBenchmark: Benchmark {
    let seconds: Int
    let name = "PostgreSQL"

    func run(in workspace: Workspace) async throws -> [Row] {
        let server = try PostgreSQLServer(in: workspace)
        try server.sql(
            ["-c", "CREATE TABLE entry(idx bigserial PRIMARY KEY, leaf bytea NOT NULL)"])
        return try [1, 64].map { try insert($0, into: server, in: workspace) }
    }

    private func insert(
        _ clients: Int, into server: PostgreSQLServer, in workspace: Workspace
    ) throws -> Row {
        let script = "INSERT INTO entry(leaf) VALUES (decode(repeat('61', 512), 'hex'));\n"
        let file = workspace.file("insert.sql")
        _ = FileManager.default.createFile(atPath: file, contents: Data(script.utf8))
        let outcome = try server.run(
            "pgbench",
            [
                "-n", "-M", "prepared", "-f", file, "-c", "\(clients)", "-j",
                clients == 1 ? "1" : "2",
                // Not -T: a child of this program inherits SIGALRM blocked, and pgbench would never end.
                "-t", "\(clients == 1 ? 1000 * seconds : 100 * seconds)",
            ])
        guard
            let line = outcome.output.split(separator: "\n").last(where: { $0.hasPrefix("tps") }),
            let rate = Double(line.split(separator: " ")[2])
        else { throw Absent(reason: "pgbench: \(outcome.output)") }
        return Row(
            name: clients == 1 ? "PostgreSQL, 1 client" : "PostgreSQL, 64 clients",
            perSecond: rate)
    }
}

/// Commits of one file each, and a fetch of them all: what a mirror would cost with git.
struct GitBenchmark: Benchmark {
    let records: Int
    let name = "git"

    func run(in workspace: Workspace) async throws -> [Row] {
        guard Program.find(["git"]) != nil else { throw Absent(reason: "no git") }
        let source = workspace.file("git-source")
        let copy = workspace.file("git-copy")
        var stream = ""
        for number in 0..<records {
            let text = "record \(number) " + String(repeating: "x", count: 490)
            stream +=
                "commit refs/heads/main\ncommitter a <a@example> \(1_795_000_000 + number) +0000\n"
            stream +=
                "data 1\nr\nM 100644 inline \(number % 1000)\ndata \(text.utf8.count)\n\(text)\n"
        }
        let file = workspace.file("stream")
        _ = FileManager.default.createFile(atPath: file, contents: Data(stream.utf8))
        try Program.run(["git", "init", "-q", "-b", "main", source])
        try Program.run(
            ["sh", "-c", "git -C \(source) fast-import --quiet < \(file)"])
        try Program.run(["git", "init", "-q", copy])
        let fetch = try Clock.seconds {
            let outcome = try Program.run(
                [
                    "git", "-C", copy, "-c", "protocol.file.allow=always", "fetch", "-q", source,
                    "main",
                ])
            guard outcome.status == 0 else { throw Absent(reason: "git: \(outcome.output)") }
        }
        let commits = min(200, records)
        let durable = ["-c", "core.fsync=all", "-c", "user.name=a", "-c", "user.email=a@example"]
        let samples = try Clock.samples(commits) { number in
            try Program.run(
                ["git", "-C", source] + durable
                    + ["commit", "-q", "--allow-empty", "-m", "\(number)"])
        }
        return [
            Row(name: "git fetch", perSecond: Double(records) / fetch),
            Row(
                name: "git commit, one record",
                perSecond: Double(commits) / samples.reduce(0, +), durations: samples),
        ]
    }
}

/// The PyPI package aics-tlog, its tiles written and synced after each batch.
struct AicsBenchmark: Benchmark {
    let entries: Int
    let name = "aics-tlog"

    func run(in workspace: Workspace) async throws -> [Row] {
        try [1, 1024].map { batch in
            let count = batch == 1 ? entries / 100 : entries
            let folder = workspace.file("aics-\(batch)")
            return Row(
                name: batch == 1 ? "aics-tlog, 1 a commit" : "aics-tlog, 1,024 a commit",
                perSecond: try Aics.rate("append.py", [folder, "\(batch)", "\(count)"]))
        }
    }
}

/// The PyPI package aics-witness, in process as ours is: one log after the other's answer.
struct AicsWitnessBenchmark: Benchmark {
    let requests: Int
    let name = "aics-witness"

    func run(in workspace: Workspace) async throws -> [Row] {
        let history = try History("uni-a.example/eccoe/1", heads: requests)
        let bodies = history.heads.reduce(into: [UInt8]()) { bytes, head in
            let body = head.bytes
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (24 - 8 * $0)) } + body
        }
        let file = workspace.file("requests")
        _ = FileManager.default.createFile(atPath: file, contents: Data(bodies))
        let folder = workspace.file("aics-witness")
        let rate = try Aics.rate("witness.py", [folder, file, history.key.text])
        return [Row(name: name, perSecond: rate)]
    }
}

/// Scripts in Tests/SecondOpinion/aics that print a rate.
private enum Aics {
    static func rate(_ script: String, _ arguments: [String]) throws -> Double {
        let own = Program.root.appendingPathComponent(".build-tools/aics/bin/python").path
        let python = ProcessInfo.processInfo.environment["ECCOE_AICS_PYTHON"] ?? own
        guard Program.find([python]) != nil else {
            throw Absent(reason: "no Python with aics-tlog (ECCOE_AICS_PYTHON)")
        }
        let path = Program.root.appendingPathComponent("Tests/SecondOpinion/aics/" + script).path
        let outcome = try Program.run([python, path] + arguments)
        guard outcome.status == 0, let rate = Double(outcome.output.filter { !$0.isNewline })
        else { throw Absent(reason: "\(script): \(outcome.output)") }
        return rate
    }
}
