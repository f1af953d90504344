package import Keys

/// What a domain was to the network at some moment.
package struct Standing: Equatable, Sendable {
    /// Intervals begin with their event and end before the next.
    package enum State: String, Sendable {
        /// A member in good standing.
        case active
        /// For a time without a vote as witness; its log is still replicated.
        case suspended
        /// Left by its own wish.
        case withdrawn
        /// Excluded by the registry.
        case revoked
        /// A member later, not yet at that moment.
        case notYet
        /// No member that this registry knows.
        case notAMember
        /// A member whose document this excerpt of the registry does not carry.
        case notCarried
    }

    /// The state at the moment asked for.
    package let state: State
    /// The number of the event that it rests on; nil where there is none.
    package let event: Int64?
    /// Since when it holds; nil where no event begins it.
    package let since: Instant?

    init(_ state: State, event: StandingEvent? = nil) {
        self.state = state
        self.event = event?.sequence
        since = event?.at
    }
}

extension MemberDocument {
    /// The standing at `time`: that of the last event at or before it.
    package func standing(at time: Instant) -> Standing {
        guard let event = events.last(where: { $0.at <= time }) else { return Standing(.notYet) }
        return Standing(event.event.state, event: event)
    }

    /// The intervals during which the member was active, start inclusive, end exclusive.
    var activeIntervals: [TimeInterval] {
        var intervals: [TimeInterval] = []
        for (index, event) in events.enumerated() where event.event.state == .active {
            let next = index + 1 < events.count ? events[index + 1].at : nil
            let interval = TimeInterval(from: event.at, until: next)
            if !interval.isEmpty { intervals.append(interval) }
        }
        return intervals
    }
}

extension StandingEvent.Event {
    /// The standing that begins with this event.
    var state: Standing.State {
        switch self {
        case .registration, .reinstatement: .active
        case .suspension: .suspended
        case .withdrawal: .withdrawn
        case .revocation: .revoked
        }
    }
}

/// A time interval, start inclusive, end exclusive.
struct TimeInterval: Hashable, Sendable {
    let from: Instant
    /// nil: without end.
    let until: Instant?

    var isEmpty: Bool { until.map { $0 <= from } ?? false }

    func contains(_ time: Instant) -> Bool {
        from <= time && until.map { time < $0 } ?? true
    }

    /// The common part; nil when there is none.
    func intersection(_ other: TimeInterval) -> TimeInterval? {
        let common = TimeInterval(
            from: max(from, other.from),
            until: [until, other.until].compactMap(\.self).min()
        )
        return common.isEmpty ? nil : common
    }
}
