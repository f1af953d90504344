import Synchronization

/// What a simulation does to the nodes; each must have happened at the end of a run set.
enum Fault: String, CaseIterable, Sendable {
    case loss, lostAnswer, duplication, reordering, longDelay
    case partition, refusedConnection
    case crash, crashInIO, ioError, diskFull, everybodyRestarts, oldBackup
    case clockAhead, clockBehind
    case silentPeer, garbagePeer, replayingPeer, garbageSent, replaySent, equivocation
}

/// How often each fault has struck.
final class FaultCounter: Sendable {
    private let counts = Mutex<[Fault: Int]>([:])

    func count(_ fault: Fault, _ times: Int = 1) {
        counts.withLock { $0[fault, default: 0] += times }
    }

    func add(_ others: [Fault: Int]) {
        for (fault, times) in others { count(fault, times) }
    }

    var all: [Fault: Int] { counts.withLock { $0 } }
}
