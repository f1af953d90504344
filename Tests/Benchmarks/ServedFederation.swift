import CanonicalJSON
import Federation
import Foundation
import Glibc

/// Three institutions on this machine: real daemons of the same build, real TLS, each the others'
/// witness and mirror.
final class ServedFederation {
    /// One of them.
    struct Member {
        let domain: String
        let folder: String
        /// Such as `uni-a.example:41234`.
        let authority: String
        let port: Int

        /// The daemon's socket.
        var socket: String { folder + "/eccoed.sock" }
    }

    private let folder: String
    private let programs: URL
    private var daemons: [Process] = []
    private(set) var members: [Member] = []

    /// Founds it, starts its daemons and makes the first one's log.
    init() throws {
        programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        for name in ["eccoed", "eccoe"] where Program.find([Self.path(name, in: programs)]) == nil {
            throw Absent(
                reason: "no \(name) beside this program: build it, as Deploy/benchmark does")
        }
        // On the disk that is measured, and short: a socket's path has at most 107 bytes.
        folder = "/var/tmp/eccoe-b-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        let domains = ["uni-a.example", "uni-b.example", "uni-c.example"]
        for domain in domains { try found(domain, among: domains) }
        try eccoe(
            domains[0], ["registry", "init", "--name", "B", "--body", "b", "--suffix", "example"])
        try start(domains[0])
        for domain in domains.dropFirst() {
            let invite = try eccoe(domains[0], ["registry", "invite"])["invite"]?.string ?? ""
            let authority = home(domains[0]) + "/tls/authority.pem"
            let code = try eccoe(domain, ["join", invite, "--ca", authority])["code"]?.string ?? ""
            try eccoe(domains[0], ["registry", "admit", domain, "--code", code])
            try start(domain)
        }
        for domain in domains { try eccoe(domain, ["registry", "refresh"]) }
        try eccoe(domains[0], ["log", "init"])
        for domain in domains { try converge(domain) }
    }

    deinit {
        for daemon in daemons { kill(daemon.processIdentifier, SIGKILL) }
        for daemon in daemons { daemon.waitUntilExit() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func home(_ domain: String) -> String { folder + "/" + domain.prefix(5) }

    private static func path(_ name: String, in folder: URL) -> String {
        folder.appendingPathComponent(name).path
    }

    private func found(_ domain: String, among domains: [String]) throws {
        try eccoe(
            domain,
            [
                "init", "--domain", domain, "--name", domain, "--listen", "127.0.0.1:0",
                "--anchor", folder + "/anchor-\(domain.prefix(5))",
            ] + domains.flatMap { ["--allow", "\($0)=127.0.0.1"] })
    }

    private func start(_ domain: String) throws {
        // Requests and rounds have their share (protocol section 8); here the speed is wanted.
        let limits = ["member_per_second", "member_burst", "rounds_per_second", "rounds_burst"]
        let configuration = home(domain) + "/eccoed.yaml"
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try (text + "limits:\n" + limits.map { "  \($0): 100000\n" }.joined())
            .write(toFile: configuration, atomically: true, encoding: .utf8)
        let log = folder + "/\(domain.prefix(5)).log"
        let daemon = try Program.start(
            [Self.path("eccoed", in: programs), "--config", home(domain) + "/eccoed.yaml"],
            output: log)
        daemons.append(daemon)
        for _ in 0..<300 {
            let said = try String(contentsOfFile: log, encoding: .utf8)
            if said.contains("msg=Ready") { break }
            guard daemon.isRunning else { throw Absent(reason: "eccoed: \(said)") }
            usleep(100_000)
        }
        let url = try eccoe(domain, ["status"])["url"]?.string ?? ""
        let authority = String(url.dropFirst("https://".count))
        guard let port = authority.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw Absent(reason: "eccoed of \(domain) has no address: \(url)")
        }
        members.append(
            Member(domain: domain, folder: home(domain), authority: authority, port: port))
    }

    /// Waits until a member holds everything.
    func converge(_ domain: String) throws {
        try eccoe(domain, ["status", "--wait", "converged", "--timeout", "60s"])
    }

    /// Runs the command for a member.
    @discardableResult
    func eccoe(_ domain: String, _ arguments: [String]) throws -> JSON {
        let outcome = try Program.run(
            [Self.path("eccoe", in: programs)] + arguments + ["--data", home(domain), "-o", "json"])
        guard outcome.status == 0 else {
            throw Absent(reason: "eccoe \(arguments.joined(separator: " ")): \(outcome.output)")
        }
        return (try? JSON.read(Array(outcome.output.utf8), limits: .operatorFile)) ?? .null
    }
}
