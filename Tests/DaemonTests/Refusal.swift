import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeClient
import TransparencyLog

/// A request that must not be granted, and what must be answered.
struct Refusal: Sendable {
    let what: String
    var method = "GET"
    var path: String
    var body: [UInt8] = []
    var statuses: Set<Int>
    var slug: Problem.Slug?
    /// Words that the detail must have.
    var detail: String?

    /// Everything that an endpoint must refuse.
    static func all(of endpoint: Endpoint) -> [Refusal] {
        methods(of: endpoint) + paths(of: endpoint) + bodies(of: endpoint)
    }

    /// A path that the endpoint serves, at a node with one log of 21 entries.
    static func example(_ endpoint: Endpoint) -> String {
        let path: String
        switch endpoint {
        case .registryMetadata: path = "timestamp.json"
        case .registryTarget: path = "network.json"
        default: path = "0/000.p/21"
        }
        return endpoint.template
            .replacing("{epoch}", with: "1")
            .replacing("{origin}", with: unknownHash)
            .replacing("{hex}", with: unknownHash)
            .replacing("{id}", with: "C-1")
            .replacing("{size}", with: "1")
            .replacing("{file}", with: "items.csv")
            .replacing("{path}", with: path)
    }

    /// 64 digits that are the hash of nothing here.
    static let unknownHash = String(repeating: "0", count: 64)

    private static func methods(of endpoint: Endpoint) -> [Refusal] {
        let served = Set(
            Endpoint.allCases.filter { $0.template == endpoint.template }.map(\.method))
        let others = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
        return others.filter { !served.contains($0) }.map {
            Refusal(
                what: "method \($0)", method: $0, path: example(endpoint),
                body: $0 == "GET" ? [] : Array("{}".utf8), statuses: [405],
                slug: .methodNotAllowed)
        }
    }
}

/// Texts that no reader may take.
enum Garbage {
    /// Name and bytes: none of them is any message of the protocol.
    static let bodies: [(name: String, bytes: [UInt8])] = [
        ("nothing", []),
        ("random bytes", random(512)),
        ("zeros", [UInt8](repeating: 0, count: 64)),
        ("a truncated object", text("{\"v\":1,\"checkpoints\":[\"")),
        ("an array", text("[]")), ("null", text("null")), ("a number", text("17")),
        ("a string", text("\"heads\"")), ("an empty object", text("{}")),
        ("a number beyond doubles", text("{\"v\":1e999}")),
        ("text behind the end", text("{\"v\":1} {}")),
        ("a name twice", text("{\"v\":1,\"checkpoints\":[],\"sha256\":[],\"v\":1}")),
        ("no UTF-8", text("{\"v\":1,\"x\":\"") + [0xff, 0xfe] + text("\"}")),
        ("a lone surrogate", text("{\"v\":1,\"x\":\"\\ud800\"}")),
        ("16 levels", nested(16)), ("17 levels", nested(17)), ("30,000 levels", nested(30_000)),
    ]

    static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func nested(_ depth: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(ascii: "["), count: depth)
            + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    }

    /// The same bytes each time.
    static func random(_ count: Int) -> [UInt8] {
        var generator = SplitMix64(state: 20_261_123)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// A text filled with spaces to a length.
    static func padded(_ text: String, to count: Int) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0x20, count: max(0, count - text.utf8.count))
    }
}

extension Refusal {
    fileprivate static func bodies(of endpoint: Endpoint) -> [Refusal] {
        switch endpoint {
        case .announce: announcements
        case .addCheckpoint, .addMirrorCheckpoint: addCheckpoints(endpoint)
        case .addEntries: garbage(.addEntries, status: 400, slugs: .malformedRequest)
        case .putBlob:
            Garbage.bodies.map { name, bytes in
                Refusal(
                    what: name, method: "PUT", path: example(.putBlob), body: bytes,
                    statuses: [401], slug: .unauthenticated)
            }
        case .evidence: evidence
        case .reachability:
            garbage(.reachability, status: 401, slugs: .unauthenticated)
        case .blobBatch: batches
        case .registryRequest: registryRequests
        case .lookup:
            oversize(.lookup, limit: Limits.lookupBytes)
        case .harvestByForm: oversize(.harvestByForm, limit: Limits.harvestFormBytes)
        default: []
        }
    }

    private static func garbage(
        _ endpoint: Endpoint, status: Int, slugs: Problem.Slug
    ) -> [Refusal] {
        Garbage.bodies.map { name, bytes in
            Refusal(
                what: name, method: "POST", path: endpoint.template, body: bytes,
                statuses: [status], slug: slugs)
        }
    }

    private static func post(
        _ endpoint: Endpoint, _ what: String, _ body: String, _ status: Int,
        _ slug: Problem.Slug
    ) -> Refusal {
        Refusal(
            what: what, method: "POST", path: endpoint.template, body: Array(body.utf8),
            statuses: [status], slug: slug)
    }

    /// One byte too many, and far too many.
    private static func oversize(_ endpoint: Endpoint, limit: Int) -> [Refusal] {
        [limit + 1, 4 * limit].map {
            Refusal(
                what: "\($0) bytes", method: "POST", path: endpoint.template,
                body: Garbage.padded("{}", to: $0), statuses: [413], slug: .tooLarge)
        }
    }

    private static func atLimit(
        _ endpoint: Endpoint, _ text: String, _ limit: Int, _ status: Int, _ slug: Problem.Slug
    ) -> Refusal {
        Refusal(
            what: "\(limit) bytes", method: "POST", path: endpoint.template,
            body: Garbage.padded(text, to: limit), statuses: [status], slug: slug)
    }

    private static var announcements: [Refusal] {
        let note = "\"a\\n1\\nAAAA\\n\""
        let many = Array(repeating: note, count: 65).joined(separator: ",")
        let long = String(repeating: "x", count: 65 << 10)
        return garbage(.announce, status: 400, slugs: .malformedRequest)
            + oversize(.announce, limit: Limits.announcementBytes) + [
                atLimit(
                    .announce, "{\"v\":1,\"checkpoints\":[]}", Limits.announcementBytes, 400,
                    .malformedRequest),
                post(
                    .announce, "v as text", "{\"v\":\"1\",\"checkpoints\":[\(note)]}", 400,
                    .malformedRequest),
                post(
                    .announce, "v 2", "{\"v\":2,\"checkpoints\":[\(note)]}", 400,
                    .malformedRequest),
                post(
                    .announce, "an object of notes", "{\"v\":1,\"checkpoints\":{}}", 400,
                    .malformedRequest),
                post(
                    .announce, "no checkpoint", "{\"v\":1,\"checkpoints\":[]}", 400,
                    .malformedRequest),
                post(
                    .announce, "65 checkpoints", "{\"v\":1,\"checkpoints\":[\(many)]}", 413,
                    .tooLarge),
                post(
                    .announce, "a number as note", "{\"v\":1,\"checkpoints\":[1]}", 400,
                    .invalidCheckpoint),
                post(
                    .announce, "an unsigned note", "{\"v\":1,\"checkpoints\":[\(note)]}", 400,
                    .invalidCheckpoint),
                post(
                    .announce, "a note of 65 KiB", "{\"v\":1,\"checkpoints\":[\"\(long)\"]}", 400,
                    .malformedRequest),
            ]
    }

    private static func addCheckpoints(_ endpoint: Endpoint) -> [Refusal] {
        let hash = Digest(of: []).base64
        let proof = Array(repeating: hash, count: 64).joined(separator: "\n")
        let cases: [(String, String)] = [
            ("no old line", "new 0\n\na\n"), ("a negative size", "old -1\n\na\n"),
            ("a size with a leading zero", "old 00\n\na\n"), ("a size in words", "old one\n\na\n"),
            ("a size beyond 64 bits", "old 99999999999999999999\n\na\n"),
            ("a proof that is no base64", "old 0\n???\n\na\n"),
            ("64 proof lines", "old 0\n\(proof)\n\na\n"), ("a short hash", "old 0\nAAAA\n\na\n"),
            ("carriage returns", "old 0\r\n\r\na\r\n"), ("no note", "old 0\n\n"),
            ("a note without size", "old 0\n\na\n\(hash)\n\n— a AAAAAAAA\n"),
        ]
        let notes: [(String, String)] = [
            ("an unsigned note", "old 0\n\na\n1\n\(hash)\n"),

            ("a signature line that is none", "old 0\n\na\n1\n\(hash)\n\nsigned by me\n"),
        ]
        return garbage(endpoint, status: 400, slugs: .malformedRequest)
            + oversize(endpoint, limit: Limits.addCheckpointBytes)
            + cases.map { name, body in
                var refusal = post(endpoint, name, body, 400, .malformedRequest)
                refusal.slug = nil
                return refusal
            } + notes.map { post(endpoint, $0, $1, 400, .invalidCheckpoint) }
            + [
                atLimit(
                    endpoint, "old 0\n\n", Limits.addCheckpointBytes, 400, .invalidCheckpoint)
            ]
    }

    /// Members only: nothing of a stranger's body is looked at.
    private static var evidence: [Refusal] {
        let empty = post(.evidence, "no notes", "{\"v\":1,\"notes\":[]}", 401, .unauthenticated)
        return garbage(.evidence, status: 401, slugs: .unauthenticated) + [empty]
    }

    private static var batches: [Refusal] {
        func body(_ hashes: String) -> String { "{\"v\":1,\"sha256\":\(hashes)}" }
        let many = Array(repeating: "\"\(unknownHash)\"", count: 257).joined(separator: ",")
        return garbage(.blobBatch, status: 400, slugs: .malformedRequest)
            + oversize(.blobBatch, limit: Limits.announcementBytes) + [
                post(.blobBatch, "257 hashes", body("[\(many)]"), 413, .tooLarge),
                post(
                    .blobBatch, "a text of hashes", body("\"\(unknownHash)\""), 400,
                    .malformedRequest),
                post(.blobBatch, "numbers", body("[1]"), 400, .malformedRequest),
                post(
                    .blobBatch, "a hash in capitals",
                    body("[\"\(unknownHash.dropLast())F\"]"), 400, .malformedRequest),
                post(
                    .blobBatch, "63 digits", body("[\"\(unknownHash.dropLast())\"]"), 400,
                    .malformedRequest),
            ]
    }

    private static var registryRequests: [Refusal] {
        let empty = "{\"payload\":\"\",\"signatures\":[]}"
        return garbage(.registryRequest, status: 422, slugs: .registryRefused)
            + oversize(.registryRequest, limit: Limits.registryRequestBytes) + [
                post(.registryRequest, "no signatures", empty, 422, .registryRefused),
                post(
                    .registryRequest, "wrong types", "{\"payload\":1,\"signatures\":{}}", 422,
                    .registryRefused),
                atLimit(
                    .registryRequest, "{}", Limits.registryRequestBytes, 422, .registryRefused),
            ]
    }
}
