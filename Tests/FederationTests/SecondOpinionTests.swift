import CanonicalJSON
import Federation
import Foundation
import Keys
import Testing

/// The Python package http-message-signatures, an implementation that nobody here wrote.
private enum PythonSignatures {
    static let python = ProcessInfo.processInfo.environment["ECCOE_PYTHON"] ?? "python3"
    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("SecondOpinion/http_signatures.py").path

    static let canBeImported = (try? run(["-c", "import http_message_signatures"])) != nil

    struct Failed: Error {
        let output: String
    }

    /// Files instead of pipes, so that neither side waits for the other.
    static func run(_ arguments: [String], on input: [UInt8] = []) throws -> [UInt8] {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("sig-\(UUID().uuidString)")
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: folder) }
        let names = ["input", "output", "errors"].map { folder.appendingPathComponent($0) }
        try Data(input).write(to: names[0])
        for name in names.dropFirst() { try Data().write(to: name) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python] + arguments
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(output: String(decoding: try Data(contentsOf: names[2]), as: UTF8.self))
        }
        return Array(try Data(contentsOf: names[1]))
    }
}

@Suite struct `A second opinion on message signatures` {
    private static func headers(_ signature: MessageSignature) -> JSON {
        var object = JSONObject()
        for field in signature.fields { object[field.name] = .string(field.value) }
        return .object(object)
    }

    private static func fields(_ headers: JSON?) throws -> MessageSignature {
        var found: [String: String] = [:]
        for member in try #require(headers?.object) {
            found[member.name.lowercased()] = member.value.string
        }
        return try #require(try MessageSignature { found[$0] })
    }

    @Test(
        .enabled(
            if: PythonSignatures.canBeImported,
            "the Python package http-message-signatures cannot be imported (ECCOE_PYTHON): skipped"
        )
    )
    func `http-message-signatures takes ours, and we take its`() throws {
        let now = Instant(secondsSince1970: Int64(Date().timeIntervalSince1970))
        let key = try SampleMessage.key()
        let target = SampleMessage.target
        let request = try SampleMessage.signed(at: now)
        let claimed = try ClaimedSignature(request)
        let answer = try MessageSignature(
            signing: 200,
            body: [1, 2],
            answering: claimed,
            to: target,
            by: key,
            kid: SampleMessage.kid(),
            at: now
        )
        let input: JSON = [
            "seed": .string(Hex.encode(key.seed)),
            "request": [
                "method": .string(target.method), "url": .string(target.uri),
                "headers": Self.headers(request),
            ],
            "answer": ["status": 200, "headers": Self.headers(answer)],
        ]
        let output = try JSON.read(
            PythonSignatures.run([PythonSignatures.script], on: input.canonicalBytes)
        )
        let theirs = try ClaimedSignature(Self.fields(output["request"]))
        try theirs.verify(target, by: key.publicKey, at: now)
        try theirs.check(body: SampleMessage.body)
        try ClaimedSignature(Self.fields(output["answer"])).verify(
            status: 200,
            answering: claimed,
            to: target,
            by: key.publicKey,
            at: now
        )
    }
}
