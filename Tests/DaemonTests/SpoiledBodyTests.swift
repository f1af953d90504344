import CanonicalJSON
import Federation
import Keys
import NodeClient
import Testing
import TransparencyLog

/// A request that an endpoint understands, to be spoiled in every way.
struct SpoiledBody {
    /// A body that is understood at a node with one log of 21 leaves.
    let body: [UInt8]
    /// What it is answered with, the first and every further time.
    let status: Int
    /// What a cut off body is answered with; nil where everything is looked at, and found wanting.
    let refusals: Set<Int>?
    /// The same parts in another order, where the order means something.
    var reordered: [UInt8]?

    /// The row of an endpoint that takes a body; nil when it has none.
    static func row(_ endpoint: Endpoint, of node: ServingNode) async throws -> SpoiledBody? {
        switch endpoint {
        case .announce:
            let note = try await node.head().note
            return SpoiledBody(
                body: Announcement(checkpoints: [note, note]).bytes, status: 200, refusals: [400])
        case .addCheckpoint:
            let request = AddCheckpoint(oldSize: 7, proof: [], note: try await node.head().note)
            let lines = request.bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
            return SpoiledBody(
                body: request.bytes, status: 409, refusals: [400, 403],
                reordered: Array(lines.reversed().joined(separator: [0x0a])))
        case .blobBatch:
            return SpoiledBody(
                body: BlobBatch(digests: [Digest(of: []), Digest(of: [1])]).bytes, status: 200,
                refusals: [400])
        case .addMirrorCheckpoint:
            let hash = Digest(of: []).base64
            let name = "uni-z.example/eccoe/1"
            let line = "\u{2014} \(name) \(Base64.encode([UInt8](repeating: 1, count: 68)))"
            let note = "old 0\n\n\(name)\n1\n\(hash)\n\n\(line)\n"
            return SpoiledBody(body: Array(note.utf8), status: 404, refusals: [400, 404])
        case .addEntries:
            // The header of tlog-mirror, cut off: no origin is read.
            return SpoiledBody(body: [0, 9, 1, 2, 3, 4], status: 400, refusals: [400])
        case .putBlob:
            // Members only: of a stranger's nothing is looked at.
            return SpoiledBody(body: Array("{\"a\":1}".utf8), status: 401, refusals: [401])
        case .evidence:
            // Members only: of a stranger's nothing is looked at.
            return SpoiledBody(
                body: Array("{\"v\":1,\"notes\":[\"a\",\"b\"]}".utf8), status: 401,
                refusals: [401])
        case .reachability:
            // Members only: of a stranger's nothing is looked at.
            return SpoiledBody(body: Array("{\"v\":1}".utf8), status: 401, refusals: [401])
        case .lookup:
            return SpoiledBody(body: Array("{\"a\":[1]}".utf8), status: 200, refusals: nil)
        case .harvestByForm:
            return SpoiledBody(body: Array("verb=Identify".utf8), status: 200, refusals: nil)
        case .registryRequest:
            let jws = "{\"payload\":\"e30\",\"signatures\":[{\"signature\":\"AA\"}]}"
            return SpoiledBody(body: Array(jws.utf8), status: 422, refusals: [422])
        default: return nil
        }
    }
}

extension EndpointTests {
    static let withBody = Endpoint.allCases.filter { $0.method != "GET" }

    @Test(arguments: withBody)
    func `a body that is understood can be sent again, and changes nothing more`(
        _ endpoint: Endpoint
    ) async throws {
        let row = try #require(
            try await SpoiledBody.row(endpoint, of: node), "add a row for \(endpoint)")
        let first = try await node.ask(endpoint.method, Refusal.example(endpoint), body: row.body)
        #expect(first.status == row.status)
        try await withoutTrace {
            for _ in 1...3 {
                let again = try await node.ask(
                    endpoint.method, Refusal.example(endpoint), body: row.body)
                #expect(again.status == row.status)
            }
        }
    }

    @Test(arguments: withBody)
    func `a body that is cut off anywhere, or has more behind it, is refused`(
        _ endpoint: Endpoint
    ) async throws {
        let row = try #require(
            try await SpoiledBody.row(endpoint, of: node), "add a row for \(endpoint)")
        let count = row.body.count
        let cuts = Set([0, 1, 2, count / 4, count / 2, count * 3 / 4, count - 2, count - 1])
        let spoiled =
            cuts.sorted().map { Array(row.body.prefix($0)) }
            + [row.body + row.body, row.body + [0], row.reordered].compactMap(\.self)
        try await withoutTrace {
            for body in spoiled {
                let answer = try await node.ask(
                    endpoint.method, Refusal.example(endpoint), body: body)
                let what = "\(endpoint): \(body.count) of \(count) bytes"
                if let refusals = row.refusals {
                    node.expectProblem(answer, refusals, nil, what)
                } else if endpoint == .harvestByForm {
                    // OAI-PMH tells its errors with status 200.
                    #expect(answer.status == 200, "\(what)")
                    let text = String(decoding: answer.body, as: UTF8.self)
                    #expect(text.contains("<error code=\"bad"), "\(what)")
                } else {
                    #expect(answer.status == 200, "\(what)")
                    #expect(try JSON.read(answer.body)["verdict"]?.string == "invalid", "\(what)")
                }
            }
        }
    }

    @Test(arguments: withBody)
    func `a body with one changed byte is never an error of the node`(
        _ endpoint: Endpoint
    ) async throws {
        let row = try #require(
            try await SpoiledBody.row(endpoint, of: node), "add a row for \(endpoint)")
        try await withoutTrace {
            for position in stride(from: 0, to: row.body.count, by: max(1, row.body.count / 60)) {
                var body = row.body
                body[position] ^= 0x55
                let answer = try await node.ask(
                    endpoint.method, Refusal.example(endpoint), body: body)
                #expect((200..<500).contains(answer.status), "\(endpoint) byte \(position)")
            }
        }
    }
}
