import Foundation
import Glibc

/// A blocking connection to a server on this machine.
final class Connection {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw Absent(reason: "nothing listens on port \(port)")
        }
        var on: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// A connection to a Unix socket.
    init(socket path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isTaken = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard path.utf8.count < place.count else { return false }
            place.copyBytes(from: path.utf8)
            return true
        }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard isTaken, code == 0 else {
            close(descriptor)
            throw Absent(reason: "nothing listens at \(path)")
        }
    }

    deinit { close(descriptor) }

    /// Posts JSON and returns the status line and the body.
    func post(_ path: String, _ body: String) throws -> (head: String, body: String) {
        try send(
            "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
        let head = try read(until: "\r\n\r\n").lowercased()
        guard let range = head.firstRange(of: /content-length: (\d+)/),
            let length = Int(head[range].dropFirst("content-length: ".count))
        else { throw Absent(reason: head) }
        return (String(head.prefix { $0 != "\r" }), try read(count: length))
    }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Absent(reason: "the server closed the connection") }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Reads up to and with `end`.
    func read(until end: String) throws -> String {
        let end = Array(end.utf8)
        while true {
            if let range = buffer.firstRange(of: end) {
                defer { buffer.removeFirst(range.upperBound) }
                return String(decoding: buffer[..<range.upperBound], as: UTF8.self)
            }
            try more()
        }
    }

    /// Reads so many bytes.
    func read(count: Int) throws -> String {
        while buffer.count < count { try more() }
        defer { buffer.removeFirst(count) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    private func more() throws {
        var piece = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &piece, piece.count)
        guard count > 0 else { throw Absent(reason: "the server closed the connection") }
        buffer += piece.prefix(count)
    }

    /// Tries for ten seconds to reach a server that is starting.
    static func waiting(port: UInt16) throws -> Connection {
        for _ in 0..<100 {
            if let connection = try? Connection(port: port) { return connection }
            usleep(100_000)
        }
        return try Connection(port: port)
    }

    /// A port that is free now.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw -> UInt16? in
                guard bind(descriptor, raw, length) == 0, getsockname(descriptor, raw, &length) == 0
                else { return nil }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
        }
        guard let port else { throw Absent(reason: "no free port") }
        return port
    }
}

/// So many clients, each on a thread and a connection of its own, that wait for every answer.
enum ServerLoad {
    static func run(
        clients: Int,
        writes: Int,
        connect: @escaping @Sendable () throws -> Connection,
        write: @escaping @Sendable (Connection, Int, Int) throws -> Void
    ) async throws -> Row {
        let each = max(1, writes / clients)
        var samples: [Double] = []
        let seconds = try await Clock.seconds {
            samples = try await withThrowingTaskGroup(of: [Double].self) { group in
                for client in 0..<clients {
                    group.addTask {
                        try await withCheckedThrowingContinuation { continuation in
                            Thread.detachNewThread {
                                continuation.resume(
                                    with: Result {
                                        let connection = try connect()
                                        return try Clock.samples(each) {
                                            try write(connection, client, $0)
                                        }
                                    })
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        return Row(name: "", perSecond: Double(each * clients) / seconds, durations: samples)
    }
}

/// Puts through etcd's JSON gateway, each with its fsync.
struct EtcdBenchmark: Benchmark {
    let writes: Int
    let name = "etcd"

    func run(in workspace: Workspace) async throws -> [Row] {
        guard let etcd = Program.find(["etcd"]) else {
            throw Absent(reason: "no etcd (Debian: etcd-server)")
        }
        let (port, peer) = (try Connection.freePort(), try Connection.freePort())
        let (url, peerURL) = ("http://127.0.0.1:\(port)", "http://127.0.0.1:\(peer)")
        let server = try Program.start(
            [
                etcd, "--data-dir", workspace.file("etcd"), "--listen-client-urls", url,
                "--advertise-client-urls", url, "--listen-peer-urls", peerURL,
                "--initial-advertise-peer-urls", peerURL, "--initial-cluster", "default=\(peerURL)",
                "--log-level", "error",
            ], output: workspace.file("etcd.log"))
        defer {
            kill(server.processIdentifier, SIGKILL)
            server.waitUntilExit()
        }
        let value = Data(repeating: 0x61, count: 512).base64EncodedString()
        @Sendable func put(_ connection: Connection, _ key: String) throws -> String {
            let key = Data(key.utf8).base64EncodedString()
            let answer = try connection.post(
                "/v3/kv/put", "{\"key\":\"\(key)\",\"value\":\"\(value)\"}")
            return answer.head + answer.body
        }
        // It answers before it has elected itself.
        let first = try Connection.waiting(port: port)
        for _ in 0..<100 where try !put(first, "ready").contains(" 200 ") { usleep(100_000) }
        var rows: [Row] = []
        for (clients, label) in [(1, "etcd, 1 client"), (64, "etcd, 64 clients")] {
            var row = try await ServerLoad.run(
                clients: clients, writes: clients == 1 ? writes / 20 : writes,
                connect: { try Connection(port: port) }
            ) { connection, client, number in
                let answer = try put(connection, "\(client)/\(number)")
                guard answer.contains(" 200 ") else { throw Absent(reason: "etcd: \(answer)") }
            }
            row = Row(name: label, perSecond: row.perSecond, durations: row.durations)
            rows.append(row)
        }
        return rows
    }
}

/// Publishing to a JetStream file stream that syncs every message.
struct NATSBenchmark: Benchmark {
    let writes: Int
    let name = "NATS JetStream"

    func run(in workspace: Workspace) async throws -> [Row] {
        guard let nats = Program.find(["nats-server"]) else {
            throw Absent(reason: "no nats-server (Debian: nats-server)")
        }
        let port = try Connection.freePort()
        let config = workspace.file("nats.conf")
        let text = """
            listen: "127.0.0.1:\(port)"
            jetstream { store_dir: "\(workspace.file("nats"))", sync_interval: always }
            """
        _ = FileManager.default.createFile(atPath: config, contents: Data(text.utf8))
        // Before 2.10 it cannot sync every message: then it answers before anything is on disk.
        let tried = try Program.run([nats, "-t", "-c", config])
        guard tried.status == 0 else { throw Absent(reason: "\(tried.output)") }
        let server = try Program.start([nats, "-c", config], output: workspace.file("nats.log"))
        defer {
            kill(server.processIdentifier, SIGKILL)
            server.waitUntilExit()
        }
        let first = try Connection.waiting(port: port)
        try Self.greet(first, inbox: "INBOX.setup")
        let stream = """
            {"name":"E","subjects":["E.>"],"storage":"file","num_replicas":1,"retention":"limits"}
            """
        let made = try Self.request(first, "$JS.API.STREAM.CREATE.E", stream, inbox: "INBOX.setup")
        guard !made.contains("error") else { throw Absent(reason: "NATS: \(made)") }
        let value = String(repeating: "a", count: 512)
        let greeted = Greeted()
        var rows: [Row] = []
        for (clients, label) in [
            (1, "NATS JetStream, 1 client"), (64, "NATS JetStream, 64 clients"),
        ] {
            let row = try await ServerLoad.run(
                clients: clients, writes: clients == 1 ? writes / 20 : writes,
                connect: { try Connection(port: port) }
            ) { connection, client, number in
                let inbox = "INBOX.\(clients).\(client)"
                if greeted.isFirst(inbox) { try Self.greet(connection, inbox: inbox) }
                let answer = try Self.request(connection, "E.\(client)", value, inbox: inbox)
                guard answer.contains("\"seq\"") else { throw Absent(reason: "NATS: \(answer)") }
            }
            rows.append(Row(name: label, perSecond: row.perSecond, durations: row.durations))
        }
        return rows
    }

    private final class Greeted: @unchecked Sendable {
        private let lock = NSLock()
        private var names: Set<String> = []

        func isFirst(_ name: String) -> Bool {
            lock.withLock { names.insert(name).inserted }
        }
    }

    private static func greet(_ connection: Connection, inbox: String) throws {
        _ = try connection.read(until: "\r\n")
        try connection.send(
            "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB \(inbox) 1\r\nPING\r\n")
        _ = try connection.read(until: "PONG\r\n")
    }

    private static func request(
        _ connection: Connection,
        _ subject: String,
        _ body: String,
        inbox: String
    ) throws -> String {
        try connection.send("PUB \(subject) \(inbox) \(body.utf8.count)\r\n\(body)\r\n")
        var head = try connection.read(until: "\r\n")
        while head.hasPrefix("PING") {
            try connection.send("PONG\r\n")
            head = try connection.read(until: "\r\n")
        }
        guard head.hasPrefix("MSG"),
            let length = Int(head.split(whereSeparator: \.isWhitespace).last ?? "")
        else { throw Absent(reason: "NATS: \(head)") }
        return try connection.read(count: length + 2)
    }
}
