import Foundation

/// Runs the built command as a person would.
struct EccoeProcess {
    /// What came of a run.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    /// Variables beside an otherwise empty environment.
    var environment: [String: String] = [:]

    /// Runs `eccoe` to its end.
    func run(_ arguments: [String], input: [UInt8] = []) throws -> Outcome {
        let folder = try TemporaryFolder()
        try folder.write("in", input)
        let process = Process()
        process.executableURL = try Self.binary()
        process.arguments = arguments
        process.environment = environment
        process.standardInput = try FileHandle(forReadingFrom: folder.url("in"))
        try folder.write("out", [])
        try folder.write("err", [])
        process.standardOutput = try FileHandle(forWritingTo: folder.url("out"))
        process.standardError = try FileHandle(forWritingTo: folder.url("err"))
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: folder.url("out")), as: UTF8.self),
            error: String(decoding: try Data(contentsOf: folder.url("err")), as: UTF8.self)
        )
    }

    /// The command beside the test bundle, or in the folder that SwiftPM builds into.
    static func binary() throws -> URL {
        var candidates = [
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
            Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(),
        ]
        let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        candidates.append(here.appendingPathComponent(".build/debug"))
        for folder in candidates {
            let file = folder.appendingPathComponent("eccoe")
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
                !isFolder.boolValue
            {
                return file
            }
        }
        throw CocoaError(.fileNoSuchFile)
    }
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "eccoe-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    func url(_ name: String) -> URL { URL(fileURLWithPath: file(name)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = url(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url(name)))
    }
}
