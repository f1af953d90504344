import Keys

extension MemberDocument {
    /// A key id appears once: it has one use for ever.
    func checkKeys() throws(DocumentError) {
        var seen: Set<String> = []
        for (index, key) in keys.enumerated() where !seen.insert(key.kid).inserted {
            throw DocumentError(
                "/keys/\(index)/kid",
                "\"\(key.kid)\" appears twice",
                remedy: "a key has one entry and one use; make another key"
            )
        }
    }

    /// Epochs are numbered from 1 without gaps, each with its own log key, and one is closed
    /// before the next opens.
    func checkEpochs() throws(DocumentError) {
        var seen: Set<String> = []
        for (index, epoch) in epochs.enumerated() {
            let place = "/epochs/\(index)"
            guard epoch.number == Int64(index) + 1 else {
                throw DocumentError(
                    place + "/n",
                    "epoch \(epoch.number)",
                    remedy: "write \(index + 1)"
                )
            }
            guard key(epoch.kid)?.use == .log, seen.insert(epoch.kid).inserted else {
                throw DocumentError(
                    place + "/kid",
                    "\"\(epoch.kid)\" is no log key of this epoch alone",
                    remedy: "name a key of use log that no other epoch has"
                )
            }
            if let closed = epoch.closed, closed.at < epoch.opened {
                throw DocumentError(
                    place + "/closed/at",
                    "before the opening",
                    remedy: "correct the time"
                )
            }
            guard index > 0 else { continue }
            guard let before = epochs[index - 1].closed, before.at <= epoch.opened else {
                throw DocumentError(
                    place + "/opened",
                    "epoch \(index) is not closed before it",
                    remedy: "close the earlier epoch first"
                )
            }
        }
    }

    /// Events are numbered from 1 without gaps, do not go back in time, and each may follow the
    /// one before it.
    func checkEvents() throws(DocumentError) {
        for (index, event) in events.enumerated() {
            let place = "/events/\(index)"
            guard event.sequence == Int64(index) + 1 else {
                throw DocumentError(
                    place + "/seq",
                    "event \(event.sequence)",
                    remedy: "write \(index + 1)"
                )
            }
            let before = index > 0 ? events[index - 1] : nil
            if let before, event.at < before.at {
                throw DocumentError(
                    place + "/at",
                    "before the event that precedes it",
                    remedy: "events are in order of time"
                )
            }
            guard event.event.mayFollow(before?.event) else {
                throw DocumentError(
                    place + "/event",
                    "\(event.event.rawValue) after \(before?.event.rawValue ?? "nothing")",
                    remedy: "see the order of events in protocol.md section 5"
                )
            }
        }
    }
}

extension StandingEvent.Event {
    /// Whether this event makes sense after `before` (nil: as the first one).
    func mayFollow(_ before: StandingEvent.Event?) -> Bool {
        switch self {
        case .registration: before == nil || before == .withdrawal
        case .suspension: before == .registration || before == .reinstatement
        case .reinstatement: before == .suspension || before == .revocation
        case .withdrawal, .revocation:
            before == .registration || before == .reinstatement || before == .suspension
        }
    }
}
