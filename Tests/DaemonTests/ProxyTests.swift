import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeStore
import Testing

/// A node behind a proxy that ends TLS, with the examples of Deploy/proxy as they stand but for names,
/// ports and paths.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(4))) struct ProxyTests {
    @Test(.enabled("skipped: nginx is missing") { Proxy.nginx.isThere })
    func `behind nginx everything is as without it`() async throws {
        try await expectSame(behind: .nginx)
    }

    @Test(.enabled("skipped: caddy is missing") { Proxy.caddy.isThere })
    func `behind Caddy everything is as without it`() async throws {
        try await expectSame(behind: .caddy)
    }

    private func expectSame(behind kind: Proxy) async throws {
        let operatorNode = try Institution()
        let domains = [operatorNode.domain, "uni-b.example"]
        try operatorNode.allow(domains)
        let b = try Participant("uni-b.example", reaching: domains)
        let publicPort = try b.moveBehindProxy()
        try b.start()
        let listener = try #require(b.listenPort)
        #expect(listener != publicPort)
        let proxy = try RunningProxy(kind, for: b, at: publicPort, to: listener)
        try operatorNode.start()
        _ = try await operatorNode.admitted()
        try operatorNode.admit(b)
        try b.knows(members: 2)
        try #require(try b.run(["log", "init"]).status == 0)
        for batch in [1...150, 151...300] {
            try #require(try b.publish(batch.map { "C-\($0)" }).status == 0)
        }
        try #require(try b.publish(["C+20/1%"]).status == 0)
        #expect(try b.converge().status == 0)
        let node = try ServingNode(b.folder, status: b.run(["status"]).json)
        #expect(node.port == publicPort)
        try await signedRequests(operatorNode, b)
        try await largeReads(node, b, direct: listener)
        try await bodies(node)
        withExtendedLifetime(proxy) {}
    }

    /// Both ways: a request that the node signs, and one that it verifies behind the proxy.
    private func signedRequests(_ operatorNode: Institution, _ b: Participant) async throws {
        // b verifies the signature of the operator's node, and signs its answer.
        let asked = try await operatorNode.ask(.peerReach)["peers"]?[0]
        #expect(asked?["reached"]?.bool == true, "\(asked?.canonicalText ?? "")")
        // The operator's node comes through the proxy and finds b.
        let examination = try Examination(b)
        for check in ["certificate", "reachability", "mirrors", "witnesses"] {
            let finding = examination[check]
            #expect(finding?.state == "ok", "\(check): \(finding?.detail ?? "")")
        }
    }

    /// Whole bundles, ranges of them, and paths byte for byte.
    private func largeReads(
        _ node: ServingNode, _ b: Participant, direct: Int
    ) async throws {
        let key = try b.read(["log", "key"]).output.trimmingCharacters(in: .newlines)
        let verified = try Outcome.of(
            "eccoe",
            [
                "log", "verify", "https://127.0.0.1:\(node.port)/log/1", "--key", key, "--ca",
                b.folder.file("tls/authority.pem"),
            ])
        #expect(verified.status == 0, "\(verified.error)")
        let bundle = try await node.ask("GET", "/log/1/tile/entries/000")
        #expect(bundle.status == 200)
        #expect(bundle.body.count > 40_000)
        let range =
            "GET /log/1/tile/entries/000 HTTP/1.1\r\nHost: \(node.domain)\r\nRange: bytes=100-199\r\n"
        let part = try await node.tell(Array((range + "Connection: close\r\n\r\n").utf8))
        #expect(part.response?.status == 206)
        #expect(part.response?.body == Array(bundle.body[100..<200]))
        let item = try await node.ask("GET", "/items/C%2B20%2F1%25")
        #expect(item.status == 200, "\(String(decoding: item.body, as: UTF8.self))")
    }

    /// What the protocol allows passes; what is beyond is refused, here by whoever reads it first.
    private func bodies(_ node: ServingNode) async throws {
        let body = [UInt8](repeating: 0xff, count: Limits.addEntriesBytes)
        let allowed = try await node.ask("POST", "/mirror/add-entries", body: body)
        let problem = (try? JSON.read(allowed.body)).flatMap { Problem(json: $0) }
        #expect(allowed.status == 400, "\(allowed.status)")
        #expect(problem?.slug == .malformedRequest)
        let head =
            "POST /mirror/add-entries HTTP/1.1\r\nHost: \(node.domain)\r\nContent-Length: 20000000\r\n"
            + "Connection: close\r\n\r\n"
        let beyond = try await node.tell(Array(head.utf8) + [UInt8](repeating: 0, count: 1 << 16))
        #expect([400, 413].contains(beyond.response?.status ?? 0))
    }
}

/// The proxies that there are examples for.
enum Proxy {
    case nginx
    case caddy

    var program: String { self == .nginx ? "/usr/sbin/nginx" : "/usr/bin/caddy" }

    var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// The example, for one node.
    func configuration(
        for b: Participant, at publicPort: Int, to listener: Int, in folder: String
    ) throws -> String {
        let name = self == .nginx ? "nginx.conf" : "Caddyfile"
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Deploy/proxy/\(name)")
        let example = try String(contentsOf: file, encoding: .utf8)
            .replacing("node.uni-a.example", with: b.domain)
            .replacing("127.0.0.1:8444", with: "127.0.0.1:\(listener)")
            .replacing("/var/lib/eccoe", with: b.folder.path)
        switch self {
        case .nginx:
            return """
                daemon off; pid \(folder)/pid; error_log stderr; user root; worker_processes 1;
                events {}
                http {
                access_log off;
                client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p;
                fastcgi_temp_path \(folder)/f; uwsgi_temp_path \(folder)/u;
                scgi_temp_path \(folder)/s;
                \(example.replacing("listen 8443 ssl", with: "listen 127.0.0.1:\(publicPort) ssl"))
                }
                """
        case .caddy:
            // A name that ends in .example gets no certificate of the system's roots.
            let tls =
                "tls \(b.folder.file("tls/server.pem")) \(b.folder.file("tls/server.key"))"
            return example.replacing(
                "{\n\tservers", with: "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers"
            ).replacing(
                "\(b.domain):8443 {",
                with: "\(b.domain):\(publicPort), 127.0.0.1:\(publicPort) {\n\t\(tls)")
        }
    }
}

/// A proxy that runs until it is let go.
private final class RunningProxy {
    private let kind: Proxy
    private let process = Process()
    private let folder = "/tmp/eccoe-p-\(UUID().uuidString.prefix(8))"

    init(_ kind: Proxy, for b: Participant, at publicPort: Int, to listener: Int) throws {
        self.kind = kind
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/conf"
        try kind.configuration(for: b, at: publicPort, to: listener, in: folder)
            .write(toFile: file, atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: kind.program)
        process.arguments =
            kind == .nginx
            ? ["-p", folder, "-c", file]
            : ["run", "--adapter", "caddyfile", "--config", file]
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // It listens when a connection is taken.
        while (try? RawSocket.Held(tcp: publicPort, [])) == nil {
            try #require(process.isRunning, "the proxy has ended")
        }
    }

    deinit {
        if process.isRunning {
            // Caddy would wait for those who keep a connection; nginx has workers to end.
            kill(process.processIdentifier, kind == .nginx ? SIGTERM : SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

extension Participant {
    /// Lets the daemon take a port of its own, and leaves the address that members know to a proxy.
    ///
    /// - Returns: the port of that address.
    func moveBehindProxy() throws -> Int {
        let file = URL(fileURLWithPath: folder.configuration)
        let text = try String(contentsOf: file, encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("  port: ") })
        let port = try #require(Int(line.dropFirst(8)))
        let moved = text.replacing(line + "\n", with: "  port: 0\n", maxReplacements: 1)
        try (moved + "proxies:\n  addresses:\n    - 127.0.0.1\n")
            .write(to: file, atomically: true, encoding: .utf8)
        return port
    }
}
