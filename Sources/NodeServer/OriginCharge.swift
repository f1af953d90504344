import Federation
import Node
import TransparencyLog

/// Charges what is done about a log to the member that it proved to be for, and to the caller when
/// it proved nothing (protocol section 8).
struct OriginCharge: Sendable {
    let node: Node
    let gate: InboundGate

    /// Whom a request is charged to in the end.
    final class Bill {
        /// The member whose key signed what was sent; nil while that is not shown.
        var member: String?
    }

    /// Answers and charges.
    ///
    /// - Throws: `Throttled`, and what `body` throws.
    func charging(
        _ asked: Asked,
        _ body: (Bill) async throws -> Answer
    ) async throws -> Answer {
        if let caller = asked.caller { try gate.check(address: caller) }
        let bill = Bill()
        do {
            let answer = try await body(bill)
            charge(bill, asked, isFailure: answer.status >= 400)
            return answer
        } catch {
            charge(bill, asked, isFailure: !(error is Throttled))
            throw error
        }
    }

    /// The member whose log a checkpoint claims to be of. Claimed only: a stranger who claims it is
    /// told to wait, but uses up nothing.
    ///
    /// - Throws: `Throttled`.
    func claimed(by note: SignedNote) throws -> String? {
        let log = (try? Checkpoint(text: note.text)).flatMap { node.registry.log($0.origin) }
        if let log { try gate.check(member: log.domain) }
        return log?.domain
    }

    private func charge(_ bill: Bill, _ asked: Asked, isFailure: Bool) {
        if let member = bill.member {
            try? gate.charge(member: member)
        } else if isFailure, let caller = asked.caller {
            try? gate.charge(address: caller)
        }
    }
}
