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
            router.on(Self.path(endpoint), method: endpoint.method == "GET" ? .get : .post) {
                request,
                context in
                await answer(endpoint, request, context).response()
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

    private func answer(
        _ endpoint: Endpoint,
        _ request: Request,
        _ context: BasicRequestContext
    ) async -> Answer {
        do {
            return try await route(endpoint, Asked(request: request, context: context))
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
        case .checkpoint, .confirmedCheckpoint, .tile, .mirrorCheckpoint,
            .mirrorConfirmedCheckpoint, .mirrorTile, .witnessCheckpoint, .registryMetadata,
            .registryTarget, .blob:
            try files.answer(endpoint, asked)
        case .heads, .announce, .addCheckpoint, .blobBatch, .registryRequest:
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

    /// The body, at most `limit` bytes; otherwise a `Problem`.
    func body(limit: Int) async throws -> [UInt8] {
        try await request.wholeBody(limit: limit)
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
