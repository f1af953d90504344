import Federation
import Foundation
import Glibc
import Keys
import MemberRegistry
import Node
import NodeStore
import SecondOpinion
import Testing
import TransparencyLog

/// aics-witness, serving on a port of its own choice in a folder of its own.
private final class StrangeWitness {
    let url: String
    let key: VerifierKey
    private let folder: URL
    private let process: Process

    /// A witness that trusts one log.
    init(trusting log: VerifierKey) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("witness-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let config = ["--config", folder.appendingPathComponent("witness.json").path]
        let made = try Stranger.run(
            Stranger.module(
                "aics_witness",
                ["init"] + config + ["--name", "w.example/w", "--listen", "127.0.0.1:0"]))
        let vkey = made.output.split(separator: "\n").first { $0.hasPrefix("w.example/w+") }
        key = try VerifierKey(try #require(vkey, "\(made.output)"))
        let trusted = try Stranger.run(
            Stranger.module(
                "aics_witness",
                ["add-log"] + config + ["--origin", log.name, "--vkey", log.text]))
        try #require(trusted.status == 0, "\(trusted.output)")
        let output = folder.appendingPathComponent("log")
        try Data().write(to: output)
        process = try Stranger.start(
            Stranger.module("aics_witness", ["serve"] + config), output: output)
        url = try Self.address(in: output, of: process)
    }

    deinit {
        // Threads of the test runner block SIGTERM, and what they start inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Reads where it listens, as soon as it says so.
    private static func address(in output: URL, of process: Process) throws -> String {
        while process.isRunning {
            let text = try String(contentsOf: output, encoding: .utf8)
            if let range = text.firstRange(of: /listening on (\S+)/),
                text[range.upperBound...].contains("\n")
            {
                return String(text[range].split(separator: " ")[2])
            }
            sched_yield()
        }
        throw Stopped(output: try String(contentsOf: output, encoding: .utf8))
    }

    struct Stopped: Error {
        let output: String
    }

    /// Asks for a cosignature: the status and the body of the answer.
    func addCheckpoint(_ request: AddCheckpoint) throws -> (status: Int, body: [UInt8]) {
        let files = ["request", "answer"].map { folder.appendingPathComponent($0) }
        try Data(request.bytes).write(to: files[0])
        let answer = try Stranger.run([
            "curl", "-s", "--noproxy", "*", "-o", files[1].path, "-w", "%{http_code}",
            "--data-binary", "@\(files[0].path)", url + "/add-checkpoint",
        ])
        return (try #require(Int(answer.output)), Array(try Data(contentsOf: files[1])))
    }
}

/// Witnesses that nobody here wrote on our log, and our witness on their log.
@Suite(.enabled(if: Stranger.hasTlog && Stranger.hasWitness, "\(Stranger.noTlog)"))
struct `A second opinion on witnesses` {
    @Test func `aics-witness cosigns our log as it grows, and nothing else`() throws {
        let signer = try #require(
            NoteSigner(
                name: Institution.origin(TestFederation.a), type: .ed25519,
                signer: Institution.key(TestFederation.a, .log)))
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("1.sqlite").path
        let log = try LogStore(path: path, key: signer.key, create: true)
        let witness = try StrangeWitness(trusting: signer.key)
        var old = 0
        for count in [1, 3, 300, 257] {
            let head = try grow(log, by: count, signer)
            let proof = try log.consistencyProof(old: old, new: head.checkpoint.size)
            let request = AddCheckpoint(oldSize: old, proof: proof, note: head.note)
            let answer = try witness.addCheckpoint(request)
            try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
            let line = try NoteSignature(line: Array(answer.body.prefix { $0 != 0x0a }))
            #expect(try head.adding([line]).cosignatures(by: [witness.key]).count == 1)
            old = head.checkpoint.size
        }
        // It remembers: an older size is answered with the one that it knows.
        let head = try grow(log, by: 1, signer)
        let stale = try witness.addCheckpoint(
            AddCheckpoint(
                oldSize: 4, proof: log.consistencyProof(old: 4, new: head.checkpoint.size),
                note: head.note))
        #expect(stale.status == 409)
        #expect(String(decoding: stale.body, as: UTF8.self) == "\(old)\n")
        // A fork of the same key is refused.
        let fork = try VerifiedCheckpoint(
            signing: Checkpoint(
                origin: signer.key.name, size: old + 1, root: Digest(of: [1] as [UInt8])),
            by: signer)
        let proof = try log.consistencyProof(old: old, new: old + 1)
        let refused = try witness.addCheckpoint(
            AddCheckpoint(oldSize: old, proof: proof, note: fork.note))
        #expect(refused.status == 422)
    }

    private func grow(
        _ log: LogStore,
        by count: Int,
        _ signer: NoteSigner
    ) throws -> VerifiedCheckpoint {
        let drafts = (0..<count).map {
            Draft(type: .itemPublished, subject: "item-\(log.size + $0)", payload: [1])
        }
        let request = AppendRequest(
            id: RequestID(milliseconds: 1, random: SecureRandom.bytes(10)), drafts: drafts)
        return try log.commit([request], at: ManualClock.start, signer: signer).head
    }

    @Test func `our witness cosigns a log that aics-tlog writes`() async throws {
        let federation = try TestFederation()
        let b = try federation[TestFederation.b]
        _ = await b.refresh.refresh(from: nil)
        let origin = Institution.origin(TestFederation.a)
        let seed = Hex.encode(try Institution.key(TestFederation.a, .log).seed)
        func note(_ size: Int) throws -> SignedNote {
            let answer = try Stranger.aics("log", ["checkpoint", seed, origin, "\(size)"])
            try #require(answer.status == 0, "\(answer.output)")
            return try SignedNote(Array(answer.output.utf8))
        }
        func proof(_ old: Int, _ size: Int) throws -> [Digest] {
            let lines = try Stranger.aics("log", ["proof", "\(old)", "\(size)"]).output
            return try lines.split(separator: "\n").map { try #require(Digest(base64: $0)) }
        }
        let witness = try #require(b.node.identity.witnessSigner).key
        for (old, size) in [(0, 1), (1, 7), (7, 600)] {
            let request = AddCheckpoint(
                oldSize: old, proof: try proof(old, size), note: try note(size))
            let answer = try await WitnessDesk(node: b.node).addCheckpoint(request)
            let line = try #require(answer.cosignature, "\(answer.verdict)")
            let file = FileManager.default.temporaryDirectory
                .appendingPathComponent("cosigned-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: file) }
            try Data(request.note.adding([line]).bytes).write(to: file)
            let judged = try Stranger.aics("log", ["cosigned", witness.text, file.path])
            #expect(judged.status == 0, "\(judged.output)")
        }
        let wrong = try await WitnessDesk(node: b.node).addCheckpoint(
            AddCheckpoint(oldSize: 600, proof: try proof(599, 601), note: try note(601)))
        #expect(wrong.cosignature == nil)
    }
}
