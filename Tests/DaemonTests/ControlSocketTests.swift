import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore
import Testing

/// What the operator's socket does with what no command of ours sends.
extension EndpointTests {
    private func post(_ path: String, _ body: [UInt8], method: String = "POST") throws
        -> RawAnswer
    {
        let request = RawAnswer.request(method, path, body: body)
        return try RawSocket.unix(node.folder.socket, request)
    }

    private func expectProblem(
        _ answer: RawAnswer, _ statuses: ClosedRange<Int>, _ what: String,
        is slug: Problem.Slug? = nil
    ) {
        let text = String(decoding: answer.bytes.suffix(400), as: UTF8.self)
        let response = answer.response
        #expect(statuses.contains(response?.status ?? 0), "\(what)\n\(text)")
        #expect(response?.headers["content-type"] == "application/problem+json", "\(what)")
        let json = try? JSON.read(response?.body ?? [])
        let problem = json.flatMap { Problem(json: $0) }
        #expect(problem?.detail.isEmpty == false, "\(what)\n\(text)")
        if let slug { #expect(problem?.slug == slug, "\(what)\n\(text)") }
    }

    @Test(arguments: ControlOperation.allCases)
    func `an operation takes a JSON object only`(_ operation: ControlOperation) async throws {
        let garbage = Garbage.bodies.filter { !["nothing", "an empty object"].contains($0.name) }
        try await withoutTrace {
            for (name, bytes) in garbage {
                expectProblem(
                    try post(operation.path, bytes), 400...400,
                    "\(operation.rawValue): \(name)", is: .malformedRequest)
            }
            expectProblem(
                try post(operation.path, [], method: "GET"), 405...405, "GET \(operation.path)",
                is: .methodNotAllowed)
        }
    }

    /// Operations that take nothing, or everything that is an object.
    private static let withoutParameters: Set<ControlOperation> = [
        .status, .peerList, .peerRefresh, .registryRefresh, .registryShow, .catalogueList,
        .decisionLost, .evidenceList, .anchorSync,
    ]

    private static let wrongParameters: [(ControlOperation, String)] = [
        (ControlOperation.logInit, "{}"), (.logShow, "{\"origin\":\"nope/eccoe/1\"}"),
        (.logProve, "{}"), (.logProve, "{\"index\":-1}"), (.logProve, "{\"index\":21}"),
        (.logProve, "{\"index\":1.5}"), (.logProve, "{\"index\":9007199254740991}"),
        (.cataloguePublish, "{}"), (.cataloguePublish, "{\"requestId\":\"x\",\"items\":[]}"),
        (.cataloguePublish, "{\"requestId\":\(request),\"items\":{}}"),
        (.cataloguePublish, "{\"requestId\":\(request),\"items\":[1]}"),
        (.cataloguePublish, "{\"requestId\":\(request),\"items\":[{}]}"),
        (.cataloguePublish, "{\"requestId\":\(request),\"items\":[{\"id\":\"a b\"}]}"),
        (.cataloguePublish, "{\"requestId\":\(request),\"items\":[\(tooMany)]}"),
        (.catalogueWithdraw, "{}"), (.catalogueWithdraw, "{\"requestId\":\(request),\"id\":7}"),
        (.catalogueWithdraw, "{\"requestId\":\(request),\"id\":\"nope\",\"reason\":\"\"}"),
        (.catalogueErase, "{}"),
        (.catalogueErase, "{\"requestId\":\(request),\"id\":\"nope\",\"reason\":\"x\"}"),
        (.catalogueErase, "{\"requestId\":\(request),\"id\":\"C-1\",\"reason\":\"\"}"),
        (
            .catalogueErase,
            "{\"requestId\":\(request),\"id\":\"C-1\",\"reason\":\"x\",\"revision\":-1}"
        ),
        (.decisionErase, "{}"),
        (.decisionErase, "{\"requestId\":\(request),\"subject\":\"00\",\"reason\":\"x\"}"),
        (.logTime, "{}"), (.logTime, "{\"origin\":\"uni-a.example/eccoe/1\"}"),
        (.logTime, "{\"origin\":\"uni-a.example/eccoe/1\",\"index\":21}"),
        (.logTime, "{\"origin\":\"nope\",\"index\":0}"),
        (.catalogueSearch, "{\"limit\":\"many\"}"), (.catalogueSearch, "{\"contry\":\"DE\"}"),
        (.catalogueSimilar, "{}"), (.catalogueSimilar, "{\"id\":\"nope\"}"),
        (.needPublish, "{}"), (.needPublish, "{\"requestId\":\(request)}"),
        (.needPublish, "{\"requestId\":\(request),\"need\":{\"id\":\"N\"}}"),
        (.needWithdraw, "{}"),
        (.needWithdraw, "{\"requestId\":\(request),\"id\":\"nope\",\"reason\":\"\"}"),
        (.needErase, "{}"),
        (.needErase, "{\"requestId\":\(request),\"id\":\"nope\",\"reason\":\"x\"}"),
        (.needList, "{\"item\":\"nope\"}"), (.needList, "{\"limit\":-1}"),
        (.needShow, "{}"), (.needShow, "{\"id\":\"nope\"}"),
        (.needMatch, "{}"), (.needMatch, "{\"id\":\"uni-z.example/nope\"}"),
        (.catalogueShow, "{}"), (.catalogueShow, "{\"id\":\"nope\"}"),
        (.decisionRecord, "{}"), (.decisionRecord, "{\"requestId\":\(request)}"),
        (.decisionShow, "{}"), (.decisionShow, "{\"subject\":\"../../keys\"}"),
        (.decisionReceipt, "{}"), (.decisionReceipt, "{\"subject\":\"00\"}"),
        (.credentialIssue, "{}"), (.credentialIssue, "{\"item\":\"nope\",\"subject\":{}}"),
        (.credentialIssue, "{\"item\":\"C-1\",\"subject\":[]}"), (.credentialLookup, "{}"),
        (.credentialAnchor, "{}"), (.credentialAnchor, "{\"credential\":7}"),
        (.credentialAnchor, "{\"credential\":{}}"), (.credentialErase, "{}"),
        (.credentialErase, "{\"credential\":{},\"reason\":\"x\"}"),
        (.logOverride, "{}"), (.logOverride, "{\"reason\":7}"),
        (.decisionStatus, "{}"), (.decisionStatus, "{\"subject\":\"../../keys\"}"),
        (.decisionRefill, "{}"), (.decisionRefill, "{\"receipt\":{}}"),
        (.decisionRefill, "{\"receipt\":\"x\"}"),
        (.peerShow, "{}"), (.peerShow, "{\"domain\":\"uni-z.example\"}"),
        (.peerNotify, "{\"domain\":\"uni-z.example\"}"),
        (.peerReach, "{\"count\":-1}"), (.peerReach, "{\"count\":0}"),
        (.peerReach, "{\"count\":17}"), (.peerReach, "{\"count\":\"many\"}"),
        (.evidenceShow, "{}"), (.evidenceShow, "{\"origin\":\"nope/eccoe/1\"}"),
    ]

    @Test(arguments: ControlOperation.allCases)
    func `every operation has a row of wrong parameters`(_ operation: ControlOperation) {
        #expect(
            Self.withoutParameters.contains(operation)
                || Self.wrongParameters.contains { $0.0 == operation },
            "add wrong parameters for \(operation)")
    }

    @Test(arguments: wrongParameters)
    func `an operation with wrong parameters is refused`(
        _ operation: ControlOperation, _ body: String
    ) async throws {
        try await withoutTrace {
            let answer = try post(operation.path, Array(body.utf8))
            expectProblem(answer, 400...499, "\(operation.rawValue) \(body.prefix(200))")
        }
    }

    private static let request = "\"0193570e-7c00-7000-8000-000000000001\""
    private static let tooMany = Array(repeating: "{}", count: 257).joined(separator: ",")

    @Test func `what is no HTTP is hung up on`() async throws {
        let long = String(repeating: "a", count: 1 << 20)
        let lines = [
            "GET / HTTP/9.9\r\n\r\n", "GET /\r\n\r\n",
            "BREW / HTTP/1.1\r\n\r\n", "GET /a\0b HTTP/1.1\r\n\r\n",
            "GET /\(long) HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX: \(long)\r\n\r\n",
        ]
        try await withoutTrace {
            for bytes in lines.map({ Array($0.utf8) }) + [Garbage.random(1 << 16)] {
                let name = String(decoding: bytes.prefix(40), as: UTF8.self)
                let control = try RawSocket.unix(node.folder.socket, bytes)
                #expect(control.response?.status ?? 400 == 400, "\(name)")
                let open = try await node.tell(bytes)
                #expect(open.response?.status ?? 400 == 400, "\(name)")
                // Plain text where TLS is spoken.
                #expect(try RawSocket.tcp(node.port, bytes).response == nil, "\(name)")
            }
        }
    }

    @Test func `a body that is cut off or malformed is a problem`() async throws {
        let chunked =
            "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"
        let status = ControlOperation.status.path
        try await withoutTrace {
            let control = Array("POST \(status) HTTP/1.1\r\nHost: localhost\r\n\(chunked)".utf8)
            expectProblem(
                try RawSocket.unix(node.folder.socket, control), 400...400, "control",
                is: .malformedRequest)
            // These are for members only: of a stranger's no body is read.
            for endpoint in Endpoint.allCases
            where endpoint.method == "POST" && ![.evidence, .reachability].contains(endpoint) {
                let head = "POST \(endpoint.template) HTTP/1.1\r\nHost: localhost\r\n"
                let answer = try await node.tell(Array((head + chunked).utf8))
                expectProblem(answer, 400...400, "\(endpoint)", is: .malformedRequest)
            }
        }
    }

    @Test func `an operation that there is none of is a problem`() throws {
        for path in ["/control/v1/nope", "/control/v2/status", "/", "/v1/heads"] {
            expectProblem(
                try post(path, Array("{}".utf8)), 404...404, path, is: .notFound)
        }
    }

    @Test func `a request of more than 32 MiB is refused`() async throws {
        try await withoutTrace {
            let body = Garbage.padded("{}", to: Limits.controlBytes + 1)
            let path = ControlOperation.status.path
            expectProblem(try post(path, body), 413...413, "32 MiB and a byte", is: .tooLarge)
            #expect(try post(path, Array(body.dropLast())).response?.status == 200)
        }
    }
}
