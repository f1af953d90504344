import Federation
package import Keys
import NodeStore

/// What a node can say of a payload.
package enum PayloadAnswer: Sendable, Equatable {
    /// Its exact bytes.
    case held([UInt8])
    /// It is held, but its log was not polled for 72 h: it may have been erased meanwhile.
    case stale
    /// The institution that published it has erased it, and nobody else's log holds it.
    case erased
    /// No log that is held has it.
    case unknown
}

extension Node {
    /// Looks for a payload in all logs that are held: blobs are held per institution, and what one
    /// has erased another may hold.
    package func answer(forPayload digest: Digest) throws -> PayloadAnswer {
        let now = time.now()
        var answer = PayloadAnswer.unknown
        for log in logs.ownEpochs + logs.mirrors {
            if let bytes = try log.payload(digest) {
                if isFresh(log, at: now) { return .held(bytes) }
                answer = .stale
            } else if answer == .unknown, try log.isErased(digest) {
                answer = .erased
            }
        }
        return answer
    }

    /// The exact bytes of a payload that may be served; nil when there are none.
    package func payload(_ digest: Digest) throws -> [UInt8]? {
        guard case .held(let bytes) = try answer(forPayload: digest) else { return nil }
        return bytes
    }

    /// Whether a log's payloads may be served: the own ones always, and those of an earlier epoch
    /// as long as a later one is polled, whose leaves would say what was erased.
    func isFresh(_ log: LogStore, at now: Instant) -> Bool {
        let domain = ViewFolder.domain(of: log.origin)
        if domain == identity.domain { return true }
        return logs.mirrors(of: domain).contains { other in
            Self.epoch(of: other.origin) >= Self.epoch(of: log.origin)
                && freshness.isFresh(other, at: now)
        }
    }

    /// The number at the end of an origin.
    private static func epoch(of origin: String) -> Int {
        origin.split(separator: "/").last.flatMap { Int($0) } ?? 0
    }

    /// As `isFresh`, for a log by its origin; what is not held has nothing to serve.
    func isFresh(_ origin: String, at now: Instant) -> Bool {
        logs.log(origin).map { isFresh($0, at: now) } ?? false
    }

    /// Carries erasures across the epochs of one institution: a leaf of one log may cover payloads
    /// of another, and a hash that is erased is erased in all of them.
    ///
    /// - Throws: what the stores throw.
    func carryErasures(of log: LogStore) throws {
        let domain = ViewFolder.domain(of: log.origin)
        let epochs = (logs.ownEpochs + logs.mirrors).filter {
            ViewFolder.domain(of: $0.origin) == domain
        }
        guard epochs.count > 1 else { return }
        let references = try epochs.flatMap { try $0.foreignErasures() }
        let digests = try epochs.flatMap { try $0.erasedPayloads(from: 0, to: .max) }
        for epoch in epochs {
            guard try epoch.erase(references, digests: digests) else { continue }
            try epoch.scrub()
            try views.erase(epoch.erasedPayloads(from: 0, to: .max), domain: domain)
        }
    }
}
