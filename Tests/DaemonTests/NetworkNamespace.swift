import Foundation
import Glibc

/// A network of its own for the programs that are started in it. It is gone once this object and
/// those programs are: a process that ends with its standard input holds it, so nothing is left
/// even when the tests are killed.
final class NetworkNamespace {
    /// The program by which others enter.
    static let entry = URL(fileURLWithPath: "/usr/bin/nsenter")

    /// How namespaces can be made here, as arguments of unshare; nil when they cannot.
    private static let rights: [String]? = [[], ["--user", "--map-root-user"]].first { rights in
        let trial = """
            ip link add trial type veth peer name other
            echo 1 >/proc/sys/net/ipv4/ip_forward
            exec nsenter --version
            """
        return (try? run("/usr/bin/unshare", rights + ["--net", "sh", "-ec", trial])) == 0
    }

    /// Whether namespaces can be made here.
    static var canBeMade: Bool { rights != nil }

    /// What is told where they cannot.
    static let needs = """
        no network namespaces (they need root or user namespaces, the programs ip, unshare and \
        nsenter, and a writable /proc/sys/net): skipped
        """

    /// Arguments of `entry` before those of the program that is to run here.
    let entrance: [String]
    /// The process that holds the namespace.
    let holder: Int32
    private let process = Process()
    private let life = Pipe()

    /// A namespace without any link, owned by whoever owns `other`.
    init(beside other: NetworkNamespace? = nil) throws {
        guard let rights = Self.rights else { throw CocoaError(.featureUnsupported) }
        let ready = Pipe()
        let script = "ip link set lo up && echo ready && exec cat"
        let words = ["/usr/bin/unshare"] + (other == nil ? rights : []) + ["--net"]
        let command = (other.map { [Self.entry.path] + $0.entrance } ?? []) + words
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = command.dropFirst() + ["sh", "-c", script]
        process.environment = Self.environment
        process.standardInput = life
        process.standardOutput = ready
        process.standardError = FileHandle.nullDevice
        try process.run()
        holder = process.processIdentifier
        let users = rights.isEmpty ? [] : ["--user", "--preserve-credentials"]
        entrance = ["--target", "\(holder)"] + users + ["--net", "--"]
        guard !ready.fileHandleForReading.availableData.isEmpty else {
            throw Institution.Failure(what: command.joined(separator: " "), status: 1)
        }
    }

    deinit {
        try? life.fileHandleForWriting.close()
        if process.isRunning { kill(holder, SIGKILL) }
    }

    /// Runs a shell script here; one that fails is an error.
    func run(_ script: String) throws {
        let status = try Self.run(Self.entry.path, entrance + ["sh", "-ec", script])
        guard status == 0 else { throw Institution.Failure(what: script, status: status) }
    }

    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
