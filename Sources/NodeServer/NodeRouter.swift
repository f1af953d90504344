import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
package import Node

/// Maps the endpoint table to the desks of a node, and errors to problems: nothing else.
package struct NodeRouter: Sendable {
    private let node: Node
    private let files: StaticRoutes
    private let peers: PeerRoutes
    private let people: CatalogueRoutes

    /// Routes of a node.
    package init(node: Node) {
        self.node = node
        files = StaticRoutes(node: node)
        peers = PeerRoutes(node: node)
        people = CatalogueRoutes(node: node)
    }

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        for endpoint in Endpoint.allCases {
            router.on(
                Self.path(endpoint),
                method: endpoint.method == "GET" ? .get : endpoint.method == "PUT" ? .put : .post
            ) {
                request,
                context in
                await respond(endpoint, request, context).response()
            }
        }
        router.add(middleware: UnknownPaths(node: node.identity.domain))
        return router
    }

    /// `{path}` at the end takes everything that follows, other placeholders one element.
    private static func path(_ endpoint: Endpoint) -> RouterPath {
        let parts = endpoint.template.split(separator: "/").map { part in
            part == "{path}" ? "**" : part.hasPrefix("{") ? ":" + part.dropFirst().dropLast() : part
        }
        return RouterPath(stringLiteral: "/" + parts.joined(separator: "/"))
    }

    /// Answers; signed to a member that signed (protocol section 6).
    private func respond(
        _ endpoint: Endpoint,
        _ request: Request,
        _ context: BasicRequestContext
    ) async -> Answer {
        let now = node.time.now()
        do {
            let signed = try node.authentication.verify(
                method: request.method.rawValue,
                path: request.head.path ?? "",
                field: { request.field($0) },
                at: now
            )
            var answer = await answer(
                endpoint,
                Asked(request: request, context: context, signed: signed)
            )
            answer.fields =
                try signed?.answerFields(
                    status: answer.status,
                    body: answer.body,
                    by: node.identity,
                    at: now
                ) ?? []
            return answer
        } catch {
            let problem = error as? Problem ?? Problem(.internalError, "the answer is not signed")
            return .problem(problem, node: node.identity.domain)
        }
    }

    private func answer(_ endpoint: Endpoint, _ asked: Asked) async -> Answer {
        do {
            return try await route(endpoint, asked)
        } catch let problem as Problem {
            return .problem(problem, node: node.identity.domain)
        } catch {
            node.logger.error(
                "request failed",
                metadata: ["endpoint": "\(endpoint.rawValue)", "error": "\(error)"]
            )
            return .problem(
                Problem(
                    .internalError,
                    "the node could not answer",
                    try: "the operator finds the reason in the node's log"
                ),
                node: node.identity.domain
            )
        }
    }

    private func route(_ endpoint: Endpoint, _ asked: Asked) async throws -> Answer {
        switch endpoint {
        case .checkpoint, .confirmedCheckpoint, .archivedCheckpoint, .tile, .mirrorCheckpoint,
            .mirrorConfirmedCheckpoint, .mirrorArchivedCheckpoint, .mirrorTile, .witnessCheckpoint,
            .registryMetadata,
            .registryTarget, .blob:
            try files.answer(endpoint, asked)
        case .heads, .announce, .evidence, .addCheckpoint, .blobBatch, .registryRequest:
            try await peers.answer(endpoint, asked)
        case .node, .catalogue, .item, .lookup, .didDocument, .home:
            try await people.answer(endpoint, asked)
        }
    }
}

/// A request as the routes see it.
struct Asked {
    let request: Request
    let context: BasicRequestContext
    /// The member that asks; nil for a request that is not signed.
    var signed: SignedRequest?

    /// The body, at most `limit` bytes, and of a signed request the one that was signed; otherwise a
    /// `Problem`.
    func body(limit: Int) async throws -> [UInt8] {
        let body = try await request.wholeBody(limit: limit)
        try signed?.check(body: body)
        return body
    }

    /// The member that asks, of endpoints for members only.
    ///
    /// - Throws: `Problem` `unauthenticated` when the request is not signed.
    func member() throws -> VerifiedMember {
        guard let signed else {
            throw Problem(
                .unauthenticated,
                "only members may ask this: the request is not signed",
                try: "sign it with the node key, as RFC 9421 and the protocol's profile say"
            )
        }
        return signed.member
    }

    /// A path parameter.
    func parameter(_ name: String) -> String {
        context.parameters.get(name) ?? ""
    }

    /// What follows the fixed part of the path.
    var rest: String {
        context.parameters.getCatchAll().joined(separator: "/")
    }

    /// A query parameter.
    func query(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].map { String($0) }
    }
}

extension Request {
    /// The value of a header by its lower-case name, several joined with commas.
    func field(_ name: String) -> String? {
        let values = headers.filter { $0.name.canonicalName == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The body, at most `limit` bytes.
    ///
    /// - Throws: `Problem` `too-large`, or `malformed-request` for a body that cannot be read to
    ///   its end, such as one with malformed chunks.
    func wholeBody(limit: Int) async throws -> [UInt8] {
        do {
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.tooLarge, "the body is larger than the \(limit) bytes taken here")
        } catch {
            throw Problem(.malformedRequest, "the body cannot be read to its end")
        }
    }
}

/// Answers paths and methods that no route takes with a problem instead of an empty body.
struct UnknownPaths: RouterMiddleware {
    let node: String

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            let problem =
                error.status.code == 405
                ? Problem(.methodNotAllowed, "\(request.method.rawValue) is not served here")
                : Problem(
                    .notFound,
                    "nothing is served at \(request.uri.path)",
                    try: "see /v1/node for what this node offers"
                )
            return Answer.problem(problem, node: node).response()
        }
    }
}
