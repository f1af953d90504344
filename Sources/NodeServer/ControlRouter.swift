import CanonicalJSON
import Federation
import Hummingbird
import Node

/// `POST /control/v1/<operation>` on the operator's socket.
struct ControlRouter: Sendable {
    let desk: ControlDesk

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(
            middleware: UnknownPaths(node: desk.domain) { path in
                ControlOperation.allCases.contains { $0.path == path } ? ["POST"] : []
            })
        for operation in ControlOperation.allCases {
            router.post(RouterPath(stringLiteral: operation.path)) { request, _ in
                await answer(operation, request).response()
            }
        }
        return router
    }

    private func answer(_ operation: ControlOperation, _ request: Request) async -> Answer {
        do {
            let body = try await request.wholeBody(limit: Limits.controlBytes)
            let parameters = try JSON.read(
                body.isEmpty ? Array("{}".utf8) : body,
                limits: .operatorFile
            )
            return .json(try await desk.perform(operation, parameters))
        } catch let problem as Problem {
            return .problem(problem, node: desk.domain)
        } catch let error as JSONError {
            return .problem(Problem(.malformedRequest, error.description), node: desk.domain)
        } catch {
            return .problem(Problem(.internalError, "\(error)"), node: desk.domain)
        }
    }
}
