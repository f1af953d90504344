import Federation
import Node
import TransparencyLog

/// Charges what is done about a log to the member that it proved to be for, and to the caller when
/// it proved nothing (protocol section 8). A round of cosignatures has a share of its own.
struct OriginCharge: Sendable {
    let node: Node
    let gate: InboundGate

    /// Whom a request is charged to in the end.
    final class Bill {
        /// The member whose key signed what was sent; nil while that is not shown.
        var member: String?
        /// Whether it asks for a larger tree than before.
        var isRound = false
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
        let log = log(of: note)
        if let log { try gate.check(member: log.domain) }
        return log?.domain
    }

    /// The same for what a witness is asked. Who asks for a larger tree than was cosigned before
    /// pays a round, whatever comes of it.
    ///
    /// - Throws: `Throttled`.
    func claimed(by request: AddCheckpoint, _ bill: Bill) throws -> String? {
        let size = (try? Checkpoint(text: request.note.text))?.size ?? 0
        bill.isRound = request.oldSize < size
        guard bill.isRound else { return try claimed(by: request.note) }
        let log = log(of: request.note)
        if let log { try gate.check(roundOf: log.domain) }
        return log?.domain
    }

    private func log(of note: SignedNote) -> LogIdentity? {
        (try? Checkpoint(text: note.text)).flatMap { node.registry.log($0.origin) }
    }

    private func charge(_ bill: Bill, _ asked: Asked, isFailure: Bool) {
        if let member = bill.member {
            if bill.isRound {
                try? gate.charge(roundOf: member)
            } else {
                try? gate.charge(member: member)
            }
        } else if isFailure, let caller = asked.caller {
            try? gate.charge(address: caller)
        }
    }
}
