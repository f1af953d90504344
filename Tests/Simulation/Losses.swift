import CanonicalJSON
import Federation
import Keys
import Node
import NodeStore
import Synchronization
import TransparencyLog

/// Logs that were set back by old backups, and leaves that nobody has any more.
final class Losses: Sendable {
    private struct State {
        /// Leaves that the anchor remembered as a member's disk was set back, and those before.
        var restored: [String: (anchored: Int, held: Int)] = [:]
        var healed = 0
        var lost = 0
    }

    private let state = Mutex(State())

    /// Logs that were set back and are whole again.
    var healed: Int { state.withLock { $0.healed } }

    /// Acknowledged leaves that were lost with the only disk that ever held them.
    var lost: Int { state.withLock { $0.lost } }

    func restored(_ domain: String, anchored: Int, held: Int) {
        state.withLock { state in
            let before = state.restored[domain]
            state.restored[domain] = (
                min(anchored, before?.anchored ?? anchored), max(held, before?.held ?? held)
            )
        }
    }

    fileprivate func settle(_ domain: String, holding size: Int) -> (anchored: Int, held: Int)? {
        state.withLock { state in
            guard let restored = state.restored.removeValue(forKey: domain) else { return nil }
            if size >= restored.held { state.healed += 1 }
            return restored
        }
    }

    fileprivate func count(_ leaves: Int) { state.withLock { $0.lost += leaves } }
}

extension World {
    /// The log of a member that was set back may be signed again. Of what it held then only that
    /// may be missing which the anchor had not noted yet: written within the last second before.
    func settleRestore(of life: Life, _ log: LogStore) throws {
        guard let before = losses.settle(life.domain, holding: log.size) else { return }
        watcher.note("\(life.domain) had \(before.held) leaves and goes on with \(log.size)")
        if log.size < before.anchored {
            watcher.violated(
                "\(log.origin) is signed from \(log.size) leaves on, "
                    + "the anchor remembered \(before.anchored)")
        }
        giveUp(log)
    }

    /// The operators of logs that lack what the anchor remembers wait for a while, then give it up,
    /// if nobody has more.
    ///
    /// - Returns: whose log is closed and must not be.
    func closed(after rounds: Int) async -> [String] {
        var found: [String] = []
        for life in lives where watcher.isHonest(life.domain) {
            guard let log = life.node.logs.own, !life.node.writer.isOpen else { continue }
            let gate = life.node.gate.current
            let reason = gate?.reason ?? "it is being opened"
            let (held, cosigned) = best(log.origin)
            // Only the registry helps: a head is known whose leaves nobody has.
            if held <= log.size, cosigned > log.size, rounds >= Self.patienceForHealing {
                watcher.note("\(life.domain) stays closed: \(reason)")
                continue
            }
            found.append("\(life.domain) is closed: \(reason)")
            if rounds >= Self.patienceForHealing, max(held, cosigned) <= log.size,
                gate?.reason != nil
            {
                await override(life, log)
            }
        }
        return found
    }

    private static let patienceForHealing = 20

    /// The most leaves of a log that any other node holds, and that any witness has cosigned.
    private func best(_ origin: String) -> (held: Int, cosigned: Int) {
        var (held, cosigned) = (0, 0)
        for node in network.everybody {
            if node.identity.domain != Identity.author(origin) {
                held = max(held, node.logs.log(origin)?.size ?? 0)
            }
            let note = try? node.database.witnessed(origin)
            cosigned = max(cosigned, (try? note.map { try Checkpoint(text: $0.text).size }) ?? 0)
        }
        return (held, cosigned)
    }

    private func override(_ life: Life, _ log: LogStore) async {
        watcher.note("\(life.domain) gives up what came after \(log.size) leaves")
        _ = losses.settle(life.domain, holding: log.size)
        giveUp(log)
        do {
            _ = try await life.ask(.logOverride, ["reason": "nobody else has the rest"])
        } catch { watcher.violated("\(life.domain) cannot be overridden: \(error)") }
    }

    /// What the log does not hold is expected of nobody any more.
    private func giveUp(_ log: LogStore) {
        losses.count(ledger.lose(log.origin, from: log.size))
        watcher.lose(log.origin, beyond: log.size)
        inspection.cut(log.origin, to: log.size)
    }
}
