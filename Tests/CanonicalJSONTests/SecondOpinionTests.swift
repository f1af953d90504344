import CanonicalJSON
import Foundation
import Testing

/// The Python package rfc8785, an implementation that nobody here wrote.
private enum PythonRFC8785 {
    static let python = ProcessInfo.processInfo.environment["ECCOE_PYTHON"] ?? "python3"

    static let canBeImported = (try? run("import rfc8785", on: "")) != nil

    static let program = """
        import json, sys, rfc8785
        def integer(token):
            value = int(token)
            return value if abs(value) < 2 ** 53 else float(token)
        for line in sys.stdin.buffer.read().split(b"\\n"):
            if line:
                sys.stdout.buffer.write(rfc8785.dumps(json.loads(line, parse_int=integer)) + b"\\n")
        """

    struct Failed: Error {
        let status: Int32
    }

    /// Files instead of pipes: neither side can fill the other's pipe and wait for ever.
    static func run(_ program: String, on input: String) throws -> [UInt8] {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("jcs-\(UUID().uuidString)")
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: folder) }
        let source = folder.appendingPathComponent("input")
        let target = folder.appendingPathComponent("output")
        try Data(input.utf8).write(to: source)
        try Data().write(to: target)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "-c", program]
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: target)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(status: process.terminationStatus)
        }
        return Array(try Data(contentsOf: target))
    }
}

@Suite struct `A second opinion on canonical JSON` {
    @Test(
        .enabled(
            if: PythonRFC8785.canBeImported,
            "the Python package rfc8785 cannot be imported (ECCOE_PYTHON): skipped"
        )
    )
    func `rfc8785 writes the same bytes for random documents`() throws {
        var documents = RandomDocuments(seed: 42)
        let texts = (0..<500).map { _ in documents.document() }
        let output = try PythonRFC8785.run(
            PythonRFC8785.program,
            on: texts.joined(separator: "\n")
        )
        let lines = output.split(separator: UInt8(ascii: "\n"))
        try #require(lines.count == texts.count)
        for (text, line) in zip(texts, lines) {
            let ours = try JSON.read(Array(text.utf8)).canonicalBytes
            #expect(ours == Array(line), "\(text)")
        }
    }
}
