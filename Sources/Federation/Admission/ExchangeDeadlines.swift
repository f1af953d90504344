/// How far a connection's exchange has come, and until when it must be further: what ends slow
/// clients. Times are milliseconds of any clock that runs forward.
package struct ExchangeDeadlines: Sendable {
    private enum Phase {
        /// Connected, or part of a further head has come.
        case heading
        /// Nothing has come since the last answer.
        case idle
        case reading
        case answering
    }

    /// What is to be done about who was too slow.
    package enum Expiry: Sendable, Equatable {
        /// Close: nothing was asked, or nobody takes the answer.
        case close(InboundRefusal?)
        /// Say 408 and close: the body did not come.
        case timeout
    }

    private let limits: InboundLimits
    private var phase = Phase.heading
    private var since: Int64
    private var hasBegunAnswer = false
    /// Requests whose answer is not sent yet: a client may send the next one before.
    private var open = 0

    /// A connection was made.
    package init(_ limits: InboundLimits, at now: Int64) {
        self.limits = limits
        since = now
    }

    /// Some bytes were read.
    package mutating func bytesRead(at now: Int64) {
        if case .idle = phase { move(to: .heading, at: now) }
    }

    /// The head of a request was read.
    package mutating func headRead(at now: Int64) {
        open += 1
        hasBegunAnswer = false
        move(to: .reading, at: now)
    }

    /// A request was read to its end.
    package mutating func requestRead(at now: Int64) {
        move(to: open > 0 ? .answering : .idle, at: now)
    }

    /// The first bytes of an answer are on their way.
    package mutating func answerBegun() {
        hasBegunAnswer = true
    }

    /// The last bytes of an answer have left.
    package mutating func answerSent(at now: Int64) {
        open = max(0, open - 1)
        if case .answering = phase, open == 0 { move(to: .idle, at: now) }
    }

    /// The moment at which patience ends.
    package var deadline: Int64 {
        let seconds =
            switch phase {
            case .heading: limits.headerSeconds
            case .idle: limits.idleSeconds
            case .reading: limits.bodySeconds
            case .answering: limits.answerSeconds
            }
        return since + Int64(seconds) * 1000
    }

    /// What is to be done now; nil before the deadline.
    package func expiry(at now: Int64) -> Expiry? {
        guard now >= deadline else { return nil }
        return switch phase {
        case .heading: .close(.header)
        case .idle: .close(nil)
        case .reading: hasBegunAnswer ? .close(.body) : .timeout
        case .answering: .close(.answer)
        }
    }

    private mutating func move(to phase: Phase, at now: Int64) {
        self.phase = phase
        since = now
    }
}
