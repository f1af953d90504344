import Foundation
import Glibc

/// A PostgreSQL of its own, listening on a Unix socket in a folder that goes with it.
final class PostgreSQLServer {
    private let server: Process
    private let user: [String]
    private let bin: String
    private let folder: String

    /// Starts one, with further settings such as `shared_buffers=1GB`.
    ///
    /// - Throws: `Absent` when there is none on this machine.
    init(in workspace: Workspace, settings: [String] = []) throws {
        let versions = (13...18).reversed().map { "/usr/lib/postgresql/\($0)/bin/initdb" }
        guard let initdb = Program.find(versions) else {
            throw Absent(reason: "no postgresql (Debian: postgresql)")
        }
        bin = String(initdb.dropLast("/initdb".count))
        folder = workspace.file("postgres")
        // The server refuses to run as root.
        user =
            geteuid() == 0
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        try Program.run(["mkdir", "-p", folder])
        if geteuid() == 0 { try Program.run(["chown", "postgres", folder]) }
        let made = try Program.run(
            user + [initdb, "-D", folder + "/data", "-A", "trust", "-U", "postgres"], in: "/")
        guard made.status == 0 else { throw Absent(reason: "initdb: \(made.output)") }
        // Not by pg_ctl: whoever starts a server that stays is waited for until the server ends.
        server = try Program.start(
            user + [
                bin + "/postgres", "-D", folder + "/data", "-c", "listen_addresses=",
                "-c", "unix_socket_directories=\(folder)",
            ] + settings.flatMap { ["-c", $0] }, output: workspace.file("postgres.log"), in: "/")
        for _ in 0..<100 where try run("psql", ["-c", "SELECT 1"]).status != 0 { usleep(100_000) }
    }

    deinit {
        kill(server.processIdentifier, SIGQUIT)
        server.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs one of its clients.
    func run(_ client: String, _ arguments: [String]) throws -> Program.Outcome {
        try Program.run(
            user + [bin + "/" + client, "-h", folder, "-U", "postgres"] + arguments, in: "/")
    }

    /// Runs statements.
    ///
    /// - Throws: `Absent` with what the client says when one fails.
    @discardableResult
    func sql(_ arguments: [String]) throws -> String {
        let outcome = try run("psql", ["-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"] + arguments)
        guard outcome.status == 0 else {
            throw Absent(reason: "psql: \(outcome.output.prefix(1000))")
        }
        return outcome.output
    }

    /// Bytes of its data.
    func size() throws -> Int {
        let outcome = try Program.run(["du", "-sb", folder + "/data/base"])
        return outcome.output.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } ?? 0
    }
}
