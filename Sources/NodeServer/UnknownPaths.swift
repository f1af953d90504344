import Federation
import HTTPTypes
import Hummingbird
import Node

/// Answers paths and methods that no route takes with a problem instead of an empty body.
struct UnknownPaths<Context: RequestContext>: RouterMiddleware {
    /// The host that answers.
    let node: String
    /// Where refusals are counted, if they are.
    var metrics: NodeMetrics?
    /// The methods that are served at a path; empty where nothing is.
    let methods: @Sendable (String) -> [String]

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch is HTTPError {
            let answer = refusal(request)
            metrics?.answered(nil, status: answer.status)
            return answer.response()
        }
    }

    private func refusal(_ request: Request) -> Answer {
        let allowed = methods(request.uri.path)
        guard !allowed.isEmpty, !allowed.contains(request.method.rawValue) else {
            return .problem(
                Problem(
                    .notFound,
                    "nothing is served at \(request.uri.path)",
                    try: "see / for what this node serves"
                ),
                node: node
            )
        }
        return .problem(
            Problem(
                .methodNotAllowed,
                "\(request.method.rawValue) is not served here",
                try: "use " + allowed.joined(separator: " or ")
            ),
            node: node,
            fields: [("allow", allowed.joined(separator: ", "))]
        )
    }
}
