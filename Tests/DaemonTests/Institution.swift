import CanonicalJSON
import Dispatch
import Federation
import Foundation
import Glibc
import Keys
import NodeClient
import NodeStore
import Synchronization

/// One institution that runs its own registry and is its only member: real programs, real disk,
/// real TLS, in a folder of its own.
final class Institution {
    let folder: DataFolder
    let domain = "uni-a.example"
    private let root: String
    private(set) var daemon: Process?
    /// What the daemon said until it was ready.
    private(set) var said = ""

    /// Makes the data folder and founds the registry.
    init(in parent: String = "/tmp") throws {
        // Short, since a Unix socket's path has at most 107 bytes.
        root = "\(parent)/eccoe-t-\(UUID().uuidString.prefix(8))"
        folder = DataFolder(root + "/a")
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true)
        try eccoe([
            "init", "--domain", domain, "--name", "University A", "--listen", "127.0.0.1:0",
            "--allow", "\(domain)=127.0.0.1", "--anchor", root + "/anchor",
        ])
        try eccoe(["registry", "init", "--name", "Test", "--body", "demo", "--suffix", "example"])
    }

    deinit {
        if let daemon, daemon.isRunning { kill(daemon.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: root)
    }

    /// A file in the test's folder.
    func file(_ name: String) -> String { root + "/" + name }

    /// Runs the command to its end; a non-zero exit is an error.
    @discardableResult
    func eccoe(_ arguments: [String]) throws -> JSON {
        let output = Pipe()
        let process = try Self.process(
            "eccoe", arguments + ["--data", folder.path, "-o", "json"], output: output)
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(what: arguments.joined(separator: " "), status: process.terminationStatus)
        }
        return bytes.isEmpty ? .null : try JSON.read(bytes, limits: .operatorFile)
    }

    /// Starts the daemon and returns when it listens.
    func start() throws {
        let errors = Pipe()
        let process = try Self.process(
            "eccoed", ["--config", folder.configuration], errors: errors)
        daemon = process
        let handle = errors.fileHandleForReading
        var seen = ""
        while !seen.contains("msg=Ready") {
            let data = handle.availableData
            guard !data.isEmpty else { throw Failure(what: "eccoed: \(seen)", status: 1) }
            seen += String(decoding: data, as: UTF8.self)
        }
        said = seen
        // What follows is read and dropped, so that the daemon never blocks on a full pipe.
        handle.readabilityHandler = { if $0.availableData.isEmpty { $0.readabilityHandler = nil } }
    }

    /// Adds lines to the configuration; before the daemon is started.
    func configure(_ lines: [String]) throws {
        let text = try String(contentsOfFile: folder.configuration, encoding: .utf8)
        try (text + lines.map { $0 + "\n" }.joined())
            .write(toFile: folder.configuration, atomically: true, encoding: .utf8)
    }

    /// The port of the admin listener, as the daemon said it.
    var adminPort: Int? {
        let word = said.split(separator: " ").first { $0.hasPrefix("admin=") }
        return word.flatMap { Int($0.dropFirst(6)) }
    }

    /// Ends the daemon without any warning.
    func killDaemon() {
        guard let daemon else { return }
        kill(daemon.processIdentifier, SIGKILL)
        daemon.waitUntilExit()
    }

    /// Sends the daemon a signal.
    func signal(_ signal: Int32) {
        if let daemon { kill(daemon.processIdentifier, signal) }
    }

    /// Ends the daemon as a service manager does; returns its exit status.
    func stop() -> Int32 {
        guard let daemon else { return -1 }
        kill(daemon.processIdentifier, SIGTERM)
        daemon.waitUntilExit()
        return daemon.terminationStatus
    }

    /// Whether the daemon has ended, or does so within some seconds.
    func hasEnded(within seconds: Int) -> Bool {
        guard let daemon else { return true }
        let ended = DispatchSemaphore(value: 0)
        daemon.terminationHandler = { _ in ended.signal() }
        guard daemon.isRunning else { return true }
        return ended.wait(timeout: .now() + .seconds(seconds)) == .success
    }

    /// Asks the daemon over its socket.
    func ask(_ operation: ControlOperation, _ body: JSON = [:]) async throws -> JSON {
        let client = try ControlClient(socket: folder.socket)
        do {
            let answer = try await client.call(operation, body)
            await client.shutdown()
            return answer
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// The built program beside the test bundle.
    static func binary(_ name: String) throws -> URL {
        let candidates = [
            Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(),
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
            URL(fileURLWithPath: FileManager.default.currentDirectoryPath + "/.build/debug"),
        ]
        for folder in candidates {
            let file = folder.appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: file.path) { return file }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// Starts a program in an almost empty environment, with proxies that must not be used.
    static func process(
        _ name: String, _ arguments: [String], input: FileHandle = .nullDevice,
        output: Pipe? = nil, errors: Pipe? = nil,
        in network: NetworkNamespace? = nil, environment: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        let program = try binary(name)
        process.executableURL = network == nil ? program : NetworkNamespace.entry
        process.arguments = (network.map { $0.entrance + [program.path] } ?? []) + arguments
        // Proxies that nothing answers at: whoever used one would reach nobody.
        let proxies = ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"]
        process.environment = proxies.reduce(
            into: ["SWIFT_BACKTRACE": "enable=no", "PATH": "/usr/bin:/bin"]
        ) { $0[$1] = "http://127.0.0.1:1" }.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = errors ?? FileHandle.nullDevice
        try process.run()
        return process
    }

    /// A command that did not do what the test needs.
    struct Failure: Error, CustomStringConvertible {
        let what: String
        let status: Int32
        var description: String { "exit \(status): \(what)" }
    }
}
