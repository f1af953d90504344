import Synchronization

/// The one place where the recovery gate lives between events; hands its effects on.
package final class GateHolder: Sendable {
    private let state = Mutex<RecoveryGate?>(nil)
    private let sink: AsyncStream<RecoveryGate.Effect>.Continuation
    /// What the service is to do.
    let effects: AsyncStream<RecoveryGate.Effect>

    /// No gate yet: there is no log, or its opening has not begun.
    package init() {
        (effects, sink) = AsyncStream.makeStream()
    }

    /// The gate as it stands; nil while there is no log to guard.
    package var current: RecoveryGate? { state.withLock { $0 } }

    /// Closes the gate before a log.
    func close(_ gate: RecoveryGate) {
        state.withLock { $0 = gate }
    }

    /// Tells the gate of an event and queues what it asks for.
    func handle(_ event: (inout RecoveryGate) -> [RecoveryGate.Effect]) {
        let effects = state.withLock { state in
            guard var gate = state else { return [RecoveryGate.Effect]() }
            let effects = event(&gate)
            state = gate
            return effects
        }
        for effect in effects { sink.yield(effect) }
        if current?.isSettled == true { sink.finish() }
    }
}
