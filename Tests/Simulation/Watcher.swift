import Federation
import Keys
import Synchronization
import TransparencyLog

/// Sees every message: keeps the trace, and every signature that leaves a node.
final class Watcher: Sendable {
    private struct Cosigned: Hashable {
        let witness: String
        let origin: String
        let size: Int
    }

    private struct State {
        var trace = Digest(of: [])
        var lines = 0
        var alive: Set<LifeID> = []
        /// Members whose word is worth nothing: cloned ones.
        var dishonest: Set<String> = []
        /// Witnesses that have lost their memory to an old backup.
        var forgetful: Set<String> = []
        var keys: [String: VerifierKey] = [:]
        var seen: Set<[UInt8]> = []
        /// Roots by size that an author has signed and let out.
        var signed: [String: [Int: Digest]] = [:]
        /// The largest of these sizes, by origin.
        var ends: [String: Int] = [:]
        var cosigned: [Cosigned: Digest] = [:]
        /// When two trees of one size by a cloned author were first let out, by origin.
        var forked: [String: VirtualClock.Instant] = [:]
        var violation: String?
    }

    private let clock: VirtualClock
    private let show: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(clock: VirtualClock, show: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.show = show
    }

    // MARK: Trace

    /// Adds a line to the trace.
    func note(_ line: String) {
        let line = "\(clock.now.nanoseconds / 1_000_000) \(line)"
        show(line)
        state.withLock { state in
            state.trace = Digest(of: state.trace.bytes + Array(line.utf8))
            state.lines += 1
        }
    }

    /// Tells two runs apart.
    var trace: String { String(state.withLock { $0.trace }.hex.prefix(16)) }

    /// The first invariant that did not hold.
    var violation: String? { state.withLock { $0.violation } }

    /// An invariant does not hold.
    func violated(_ what: String) {
        let text = "after \(clock.now.seconds) virtual seconds: \(what)"
        state.withLock { $0.violation = $0.violation ?? text }
    }

    // MARK: Who is who

    func born(_ life: LifeID) { state.withLock { _ = $0.alive.insert(life) } }

    func died(_ life: LifeID) { state.withLock { _ = $0.alive.remove(life) } }

    func isAlive(_ life: LifeID) -> Bool { state.withLock { $0.alive.contains(life) } }

    func expect(_ key: VerifierKey) { state.withLock { $0.keys[key.name] = key } }

    func distrust(_ domain: String) { state.withLock { _ = $0.dishonest.insert(domain) } }

    func forgets(_ domain: String) { state.withLock { _ = $0.forgetful.insert(domain) } }

    func isHonest(_ domain: String) -> Bool {
        state.withLock { !$0.dishonest.contains(domain) }
    }

    /// Roots by size that an author has signed and let out.
    func signed(_ origin: String) -> [Int: Digest] { state.withLock { $0.signed[origin] ?? [:] } }

    /// Leaves of the largest head that an author has let out.
    func signedEnd(_ origin: String) -> Int { state.withLock { $0.ends[origin] ?? 0 } }

    /// Heads beyond `size` are expected of the author no more: their leaves are lost.
    func lose(_ origin: String, beyond size: Int) {
        state.withLock { state in
            state.signed[origin] = state.signed[origin]?.filter { $0.key <= size }
            state.ends[origin] = min(state.ends[origin] ?? 0, size)
        }
    }

    /// When two trees of one size were first let out; nil while there are none.
    func forked(_ origin: String) -> VirtualClock.Instant? {
        state.withLock { $0.forked[origin] }
    }

    // MARK: Signatures

    func leaves(_ request: PeerRequest, from life: LifeID) {
        guard request.method == "POST" else { return }
        if request.path == "/v1/heads" {
            for note in (try? Announcement(request.body))?.checkpoints ?? [] { see(note) }
        } else if request.path.hasSuffix("/add-checkpoint") {
            if let note = (try? AddCheckpoint(request.body))?.note { see(note) }
        }
    }

    func answers(_ response: PeerResponse, to request: PeerRequest, by life: LifeID) {
        guard response.status == 200 else { return }
        if request.path.contains("/checkpoint") {
            if let note = try? SignedNote(response.body) { see(note) }
        } else if request.path == "/witness/add-checkpoint",
            let note = (try? AddCheckpoint(request.body))?.note,
            let checkpoint = try? Checkpoint(text: note.text)
        {
            cosigns(checkpoint, by: life.domain)
        }
    }

    /// An honest author signs one tree only: of a size one root.
    private func see(_ note: SignedNote) {
        guard state.withLock({ $0.seen.insert(note.bytes).inserted }),
            let origin = try? Checkpoint(text: note.text).origin,
            let key = state.withLock({ $0.keys[origin] }),
            let head = try? VerifiedCheckpoint(note, key: key).checkpoint
        else { return }
        let before = state.withLock { state in
            let before = state.signed[origin]?[head.size]
            state.signed[origin, default: [:]][head.size] = before ?? head.root
            state.ends[origin] = max(state.ends[origin] ?? 0, head.size)
            return before
        }
        let author = Identity.author(origin)
        guard let before, before != head.root else { return }
        if isHonest(author) {
            violated("\(origin) has signed two trees of \(head.size) leaves")
        } else {
            state.withLock { state in
                state.forked[origin] = state.forked[origin] ?? clock.now
            }
        }
    }

    /// An honest witness cosigns of a size one root.
    private func cosigns(_ checkpoint: Checkpoint, by witness: String) {
        let entry = Cosigned(
            witness: witness, origin: checkpoint.origin, size: checkpoint.size)
        let (before, isBound) = state.withLock { state in
            let before = state.cosigned[entry]
            state.cosigned[entry] = before ?? checkpoint.root
            let isBound =
                !state.dishonest.contains(witness) && !state.forgetful.contains(witness)
            return (before, isBound)
        }
        if let before, before != checkpoint.root, isBound {
            violated(
                "\(witness) has cosigned two trees of \(checkpoint.origin) "
                    + "at \(checkpoint.size) leaves")
        }
    }
}
