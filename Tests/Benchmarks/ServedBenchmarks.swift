import CanonicalJSON
import Federation
import Foundation
import Glibc

/// Publishing at a running daemon over its control socket, each item on disk before its answer; and
/// how long until the quorum of three nodes has cosigned it.
struct PublishBenchmark: Benchmark {
    let items: Int
    let name = "own node"

    func run(in workspace: Workspace) async throws -> [Row] {
        let federation = try ServedFederation()
        guard let author = federation.members.first else { throw Absent(reason: "nobody") }
        let socket = author.socket
        var rows: [Row] = []
        for (clients, label) in [(1, "own node, 1 client"), (64, "own node, 64 clients")] {
            let row = try await ServerLoad.run(
                clients: clients, writes: clients == 1 ? items / 10 : items,
                connect: { try Connection(socket: socket) }
            ) { connection, client, number in
                try Self.publish("\(clients)-\(client)-\(number)", over: connection)
            }
            rows.append(Row(name: label, perSecond: row.perSecond, durations: row.durations))
        }
        try federation.converge(author.domain)
        let connection = try Connection(socket: socket)
        let samples = try Clock.samples(items / 20) { number in
            try Self.publish("quorum-\(number)", over: connection)
            var looks = 0
            while try !Self.isConfirmed(over: connection) {
                looks += 1
                guard looks < 50_000 else { throw Absent(reason: "no quorum for item \(number)") }
                usleep(500)
            }
        }
        rows.append(Row(name: "publish to quorum of 3 nodes", durations: samples))
        return rows
    }

    private static func publish(_ id: String, over connection: Connection) throws {
        var random = SystemRandomNumberGenerator()
        let request = RequestID(
            milliseconds: Int64(Date().timeIntervalSince1970 * 1000),
            random: (0..<10).map { _ in UInt8.random(in: 0...255, using: &random) })
        let body: JSON = ["requestId": .string(request.text), "items": [SampleItem.json(id)]]
        let answer = try connection.post(
            ControlOperation.cataloguePublish.path, body.canonicalText)
        guard answer.head.contains(" 200 ") else {
            throw Absent(reason: "publish: \(answer.head) \(answer.body)")
        }
    }

    /// Whether the newest head has its quorum.
    private static func isConfirmed(over connection: Connection) throws -> Bool {
        let answer = try connection.post(ControlOperation.logShow.path, "{}")
        guard answer.head.contains(" 200 "),
            let json = try? JSON.read(Array(answer.body.utf8), limits: .operatorFile)
        else { throw Absent(reason: "log.show: \(answer.body)") }
        return json["size"] != nil && json["confirmed"]?["size"] == json["size"]
    }
}

/// An item as small as an item may be.
private enum SampleItem {
    static func json(_ id: String) -> JSON {
        [
            "id": .string(id), "title": ["en": .string("Course \(id)")], "defaultLanguage": "en",
            "provider": ["name": ["en": "uni-a.example"]],
            "awardingBody": ["name": ["en": "uni-a.example"]],
        ]
    }
}

/// Reads over HTTPS, beside nginx with the same certificate and the same bytes from a file, by wrk
/// with eight connections that are kept.
struct ReadBenchmark: Benchmark {
    let seconds: Int
    let name = "HTTPS reads"

    func run(in workspace: Workspace) async throws -> [Row] {
        guard let wrk = Program.find(["wrk"]) else { throw Absent(reason: "no wrk (Debian: wrk)") }
        let federation = try ServedFederation()
        guard let author = federation.members.first else { throw Absent(reason: "nobody") }
        let id = try publish(federation, author, in: workspace)
        let folder = workspace.file("nginx")
        let stranger = try NginxServer(in: folder, certificateOf: author.folder)
        defer { stranger.stop() }
        var rows: [Row] = []
        for (label, path) in [
            ("checkpoint", "/log/1/checkpoint"), ("full tile", "/log/1/tile/0/000"),
            ("full bundle", "/log/1/tile/entries/000"), ("item", "/items/\(id)"),
        ] {
            let bytes = try fetch(path, of: author, in: workspace)
            try stranger.offer(bytes, at: path)
            var own: [Double] = []
            var theirs: [Double] = []
            // Interleaved, since the machine may be shared.
            for _ in 0..<3 {
                own.append(try load(wrk, author.port, path, host: author.authority))
                theirs.append(try load(wrk, Int(stranger.port), path, host: author.authority))
            }
            for (who, rates) in [("own node", own), ("nginx", theirs)] {
                rows.append(
                    Row(
                        name: "\(who), \(label)", perSecond: rates.sorted()[rates.count / 2],
                        note: "\(bytes.count) bytes"))
            }
        }
        return rows
    }

    /// Fills a tile of the author's log; an item's id.
    private func publish(
        _ federation: ServedFederation, _ author: ServedFederation.Member, in workspace: Workspace
    ) throws -> String {
        let items = (0..<300).map { SampleItem.json("C-\($0)") }
        let file = workspace.file("items.json")
        let bytes = JSON.array(items).canonicalBytes
        _ = FileManager.default.createFile(atPath: file, contents: Data(bytes))
        try federation.eccoe(author.domain, ["catalogue", "import", "--format", "json", file])
        try federation.converge(author.domain)
        return "C-7"
    }

    private func fetch(
        _ path: String, of author: ServedFederation.Member, in workspace: Workspace
    ) throws -> Data {
        let file = workspace.file("fetched")
        let outcome = try Program.run([
            "curl", "-sS", "--fail", "--cacert", author.folder + "/tls/authority.pem",
            "--resolve", "\(author.authority):127.0.0.1", "-o", file,
            "https://\(author.authority)\(path)",
        ])
        guard outcome.status == 0, let bytes = FileManager.default.contents(atPath: file) else {
            throw Absent(reason: "curl \(path): \(outcome.output)")
        }
        return bytes
    }

    private func load(_ wrk: String, _ port: Int, _ path: String, host: String) throws -> Double {
        let outcome = try Program.run([
            wrk, "-t", "2", "-c", "8", "-d", "\(seconds)s", "-H", "Host: \(host)",
            "https://127.0.0.1:\(port)\(path)",
        ])
        guard !outcome.output.contains("Non-2xx"),
            let line = outcome.output.split(separator: "\n").first(where: {
                $0.hasPrefix("Requests/sec:")
            }), let rate = Double(line.split(separator: " ").last ?? "")
        else { throw Absent(reason: "wrk \(path): \(outcome.output)") }
        return rate
    }
}

/// nginx with one certificate and a folder of files.
final class NginxServer {
    let port: UInt16
    private let folder: String
    private let process: Process

    init(in folder: String, certificateOf node: String) throws {
        guard let nginx = Program.find(["nginx"]) else {
            throw Absent(reason: "no nginx (Debian: nginx-light)")
        }
        self.folder = folder
        port = try Connection.freePort()
        try FileManager.default.createDirectory(
            atPath: folder + "/www", withIntermediateDirectories: true)
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
        let text = """
            daemon off; worker_processes 2; pid \(folder)/pid; error_log stderr;
            events { worker_connections 512; }
            http {
              access_log off; default_type application/octet-stream; sendfile on; tcp_nopush on;
              keepalive_requests 100000000; open_file_cache max=100; \(temporary)
              server {
                listen 127.0.0.1:\(port) ssl; root \(folder)/www;
                ssl_certificate \(node)/tls/server.pem; ssl_certificate_key \(node)/tls/server.key;
              }
            }
            """
        let file = folder + "/nginx.conf"
        _ = FileManager.default.createFile(atPath: file, contents: Data(text.utf8))
        process = try Program.start(
            [nginx, "-e", "stderr", "-c", file], output: folder + "/log")
        _ = try Connection.waiting(port: port)
    }

    /// Serves bytes at a path.
    func offer(_ bytes: Data, at path: String) throws {
        let url = URL(fileURLWithPath: folder + "/www" + path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.write(to: url)
    }

    func stop() {
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
    }
}
