import Node
import NodeStore
import Synchronization

/// Answers about the catalogue that were given within this second, for as long as nothing they rest on
/// changes: what many ask for at once is worked out once.
final class CatalogueAnswers: Sendable {
    /// Bytes of the largest answer that is kept, and how many of a generation: 16 MiB at most.
    static let maximumBytes = 16 << 10
    static let maximumKept = 512

    private struct Kept {
        let state: CatalogueState
        let answer: Answer
    }

    private let kept = Mutex(RecentCache<String, Kept>(capacity: maximumKept))

    /// The answer to a question, made when none of this state is kept.
    ///
    /// - Parameter question: whatever tells it from all others.
    func answer(
        to question: String, in state: CatalogueState, make: () throws -> Answer
    ) rethrows -> Answer {
        if let known = kept.withLock({ $0[question] }), known.state == state {
            return known.answer
        }
        let answer = try make()
        if answer.body.count <= Self.maximumBytes {
            kept.withLock { $0[question] = Kept(state: state, answer: answer) }
        }
        return answer
    }
}
