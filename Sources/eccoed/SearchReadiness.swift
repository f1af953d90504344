import Logging
import Node
import NodeStore
import ServiceLifecycle

/// Reads what searches need when the daemon starts: of a large catalogue that takes seconds, for which
/// otherwise the first one to search would wait.
struct SearchReadiness: Service {
    let node: Node

    func run() async throws {
        do {
            try node.views.prepareSearch()
        } catch is CancellationError {
            return
        } catch {
            node.logger.warning(
                "the search could not be prepared; the first search tries again",
                metadata: ["error": "\(error)"])
        }
        try? await gracefulShutdown()
    }
}
