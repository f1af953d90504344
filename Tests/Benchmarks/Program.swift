import Foundation
import TransparencyLog

/// Other programs on this machine.
enum Program {
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct Outcome {
        let status: Int32
        let output: String
    }

    /// The first of these files that can be run; nil when there is none.
    static func find(_ names: [String]) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin"]
        let candidates = names.flatMap { name in
            name.hasPrefix("/") ? [name] : folders.map { $0 + "/" + name }
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end.
    @discardableResult
    static func run(
        _ arguments: [String],
        in folder: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Outcome {
        let file = NSTemporaryDirectory() + "benchmark-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = try start(arguments, output: file, in: folder, environment: environment)
        process.waitUntilExit()
        let output = try String(contentsOfFile: file, encoding: .utf8)
        return Outcome(status: process.terminationStatus, output: output)
    }

    /// Starts a program; what it writes goes to a file.
    static func start(
        _ arguments: [String],
        output file: String,
        in folder: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Process {
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        guard let handle = FileHandle(forWritingAtPath: file) else { throw Absent(reason: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder.map { URL(fileURLWithPath: $0) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        return process
    }
}

/// golang.org/x/mod's reader of logs, built from Tests/SecondOpinion.
struct XMod {
    let folder: String
    let key: VerifierKey

    /// Seconds of an audit of every tile and entry; nil where Go or the package is missing.
    func audit() throws -> Double? {
        let tools = Program.root.appendingPathComponent(".build-tools").path
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
        let built = try Program.run(
            ["go", "build", "-o", tools + "/xmod", "./Tests/SecondOpinion/xmod"],
            in: Program.root.path,
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                "GOCACHE": tools + "/go-cache",
            ])
        guard built.status == 0 else { return nil }
        let outcome = try Program.run([tools + "/xmod", "audit", folder, key.text])
        guard outcome.status == 0 else { throw Absent(reason: "x/mod: \(outcome.output)") }
        return outcome.output.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) }
    }
}
