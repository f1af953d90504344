import CanonicalJSON
import Federation
import Hummingbird
import Logging
import Node

/// What monitoring asks, over plain HTTP on a listener of its own: nothing here changes anything.
struct AdminRouter: Sendable {
    let node: Node
    /// Connections open to the https listener.
    let connections: @Sendable () -> Int
    /// When the certificate of the https listener expires, in seconds since 1970.
    let certificateExpiry: @Sendable () -> Int?

    private enum Path: String, CaseIterable {
        /// Whether the process answers at all.
        case healthz = "/healthz"
        /// Whether the node can do what it is for; otherwise 503 with the reasons.
        case readyz = "/readyz"
        /// Numbers in Prometheus's text format.
        case metrics = "/metrics"
    }

    func router() -> Router<CallerContext> {
        let router = Router(context: CallerContext.self, options: .autoGenerateHeadEndpoints)
        for path in Path.allCases {
            router.get(RouterPath(stringLiteral: path.rawValue)) { _, _ in
                await answer(path).response()
            }
        }
        router.add(
            middleware: UnknownPaths(node: node.identity.domain) { path in
                Path(rawValue: path) == nil ? [] : ["GET", "HEAD"]
            })
        return router
    }

    private func answer(_ path: Path) async -> Answer {
        switch path {
        case .healthz: return .text(Array("ok\n".utf8), caching: .none)
        case .readyz:
            let reasons = await ReadinessDesk(node: node).reasons()
            var answer = Answer.json([
                "ready": .bool(reasons.isEmpty), "reasons": .array(reasons.map { .string($0) }),
            ])
            answer.status = reasons.isEmpty ? 200 : 503
            return answer
        case .metrics: return metrics()
        }
    }

    private func metrics() -> Answer {
        do {
            let text = try MetricsDesk(node: node).exposition(
                connections: connections(),
                certificateExpiry: certificateExpiry()
            )
            return Answer(type: Exposition.mediaType, body: Array(text.utf8))
        } catch {
            node.logger.error("metrics failed", metadata: ["error": "\(error)"])
            return .problem(
                Problem(.internalError, "the numbers cannot be read", try: "see the node's log"),
                node: node.identity.domain
            )
        }
    }
}
