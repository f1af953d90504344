import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird
import NIOCore
import Node

/// `POST /control/v1/<operation>` on the operator's socket.
struct ControlRouter: Sendable {
    let desk: ControlDesk

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        for operation in ControlOperation.allCases {
            router.post(RouterPath(stringLiteral: operation.path)) { request, _ in
                await answer(operation, request).response()
            }
        }
        return router
    }

    private func answer(_ operation: ControlOperation, _ request: Request) async -> Answer {
        do {
            let buffer = try await request.body.collect(upTo: Limits.controlBytes)
            let body = Array(buffer.readableBytesView)
            let parameters = try JSON.read(
                body.isEmpty ? Array("{}".utf8) : body,
                limits: .operatorFile
            )
            return .json(try await desk.perform(operation, parameters))
        } catch let problem as Problem {
            return .problem(problem, node: desk.domain)
        } catch let error as JSONError {
            return .problem(Problem(.malformedRequest, error.description), node: desk.domain)
        } catch is NIOTooManyBytesError {
            return .problem(
                Problem(.tooLarge, "the request exceeds \(Limits.controlBytes) bytes"),
                node: desk.domain
            )
        } catch {
            return .problem(Problem(.internalError, "\(error)"), node: desk.domain)
        }
    }
}
