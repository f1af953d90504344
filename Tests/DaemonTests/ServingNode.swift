import CanonicalJSON
import Federation
import Foundation
import Keys
import NIOCore
import NodeClient
import NodeStore
import Testing
import TransparencyLog

/// A node as a stranger meets it: an address and the authority that vouches for its certificate.
struct ServingNode: Sendable {
    let domain: String
    let folder: DataFolder
    /// Such as `https://uni-a.example:41234`.
    let url: String
    /// The log's origin.
    let origin: String
    private let authority: [UInt8]

    /// A node whose daemon runs, by its folder.
    init(_ folder: DataFolder, status: JSON) throws {
        self.folder = folder
        domain = try #require(status["domain"]?.string)
        url = try #require(status["url"]?.string)
        origin = "\(domain)/eccoe/1"
        authority = try #require(try DurableFile.read(folder.file("tls/authority.pem")))
    }

    /// Sends one request over a connection of its own.
    func ask(
        _ method: String = "GET", _ path: String,
        headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) async throws -> PeerResponse {
        let allow = try #require(OutboundAllow("\(domain)=127.0.0.1"))
        let client = try FetchClient(authorityPEM: authority, allow: [allow])
        do {
            let answer = try await client.send(
                method, url + path, headers: headers, body: body, maximumBytes: 20 << 20)
            await client.shutdown()
            return answer
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// The port of the address.
    var port: Int { url.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    /// Sends bytes as they are over TLS, perhaps from another loopback address.
    func tell(_ bytes: [UInt8], from source: String? = nil) async throws -> RawAnswer {
        try await RawTLS.exchange(
            bytes, port: port, host: domain, authority: authority, from: source)
    }

    /// Sends bytes as they are over TLS, and takes nothing back.
    func tellDeaf(_ bytes: [UInt8]) async throws -> any Channel {
        try await RawTLS.deaf(bytes, port: port, host: domain, authority: authority)
    }

    /// Sends a request that must be refused, and checks the answer.
    func expect(_ refusal: Refusal) async throws {
        let answer: PeerResponse
        do {
            answer = try await response(to: refusal)
        } catch {
            Issue.record("\(refusal.what): \(error)")
            return
        }
        expectProblem(
            answer, refusal.statuses, refusal.slug, detail: refusal.detail,
            "\(refusal.method) \(refusal.path.prefix(120)): \(refusal.what.prefix(120))")
    }

    /// Paths go out as they are written.
    private func response(to refusal: Refusal) async throws -> PeerResponse {
        guard refusal.body.isEmpty else {
            return try await ask(refusal.method, refusal.path, body: refusal.body)
        }
        return try #require(
            try await tell(RawAnswer.request(refusal.method, refusal.path)).response)
    }

    /// Checks that an answer is a whole problem document (RFC 9457).
    func expectProblem(
        _ answer: PeerResponse, _ statuses: Set<Int>, _ slug: Problem.Slug? = nil,
        detail: String? = nil, _ what: String
    ) {
        let text = String(decoding: answer.body.prefix(400), as: UTF8.self)
        let context: Comment = "\(what)\n\(answer.status) \(text)"
        #expect(statuses.contains(answer.status), context)
        #expect(answer.headers["content-type"] == "application/problem+json", context)
        #expect(answer.headers["x-content-type-options"] == "nosniff", context)
        #expect(answer.headers["cache-control"] == "no-store", context)
        guard let json = try? JSON.read(answer.body), let problem = Problem(json: json) else {
            Issue.record("no problem document: \(what)\n\(answer.status) \(text)")
            return
        }
        if let slug { #expect(problem.slug == slug, context) }
        #expect(json["type"]?.string == "https://\(domain)/problems/\(problem.slug.rawValue)")
        #expect(json["title"]?.string == problem.title, context)
        #expect(json["status"]?.integer == Int64(answer.status), context)
        #expect(!problem.detail.isEmpty, context)
        if let detail { #expect(problem.detail.contains(detail), context) }
        // Paths of the machine are nobody's business.
        #expect(!text.contains(folder.path), context)
    }

    /// The newest head of the log.
    func head() async throws -> VerifiedCheckpoint {
        let answer = try await ask("GET", "/log/1/checkpoint")
        let key = try #require(try folder.readKey(.log))
        let verifier = try #require(
            VerifierKey(name: origin, type: .ed25519, publicKey: key.publicKey))
        return try VerifiedCheckpoint(answer.body, key: verifier)
    }

    /// A checkpoint signed with the log's own key, whatever it says.
    func signed(size: Int, root: Digest) throws -> VerifiedCheckpoint {
        let key = try #require(try folder.readKey(.log))
        let signer = try #require(NoteSigner(name: origin, type: .ed25519, signer: key))
        return try VerifiedCheckpoint(
            signing: Checkpoint(origin: origin, size: size, root: root), by: signer)
    }
}

/// Everything that a node keeps, to tell whether a request left a trace.
struct Footprint: Equatable {
    /// The state without what time and traffic change.
    let status: JSON
    /// Digests of files by their paths; databases by name only.
    let files: [String: String]
    /// What the node tells of logs: heads, and what it has cosigned.
    let served: [String: String]

    /// The footprint of a running node.
    static func of(_ node: ServingNode) async throws -> Footprint {
        let client = try ControlClient(socket: node.folder.socket)
        let answer = try await client.call(.status)
        await client.shutdown()
        var status = try #require(answer.object)
        for name in ["traffic", "clock", "lastPoll"] { status[name] = nil }
        if case .object(var registry)? = status["registry"] {
            registry["ageSeconds"] = nil
            status["registry"] = .object(registry)
        }
        var served: [String: String] = [:]
        let hash = Checkpoint.originHash(node.origin).hex
        for path in ["/log/1/checkpoint", "/witness/\(hash)/checkpoint"] {
            let answer = try await node.ask("GET", path)
            served[path] = "\(answer.status) \(Digest(of: answer.body).hex)"
        }
        return Footprint(status: .object(status), files: try files(node.folder), served: served)
    }

    private static func files(_ folder: DataFolder) throws -> [String: String] {
        var files: [String: String] = [:]
        let found = FileManager.default.enumerator(atPath: folder.path)
        while let name = found?.nextObject() as? String {
            guard found?.fileAttributes?[.type] as? FileAttributeType == .typeRegular,
                !name.hasSuffix("-wal"), !name.hasSuffix("-shm")
            else { continue }
            let isDatabase = name.hasSuffix(".sqlite")
            let bytes = isDatabase ? [] : try DurableFile.read(folder.file(name)) ?? []
            files[name] = isDatabase ? "database" : Digest(of: bytes).hex
        }
        return files
    }
}
