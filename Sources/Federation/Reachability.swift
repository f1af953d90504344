package import CanonicalJSON
package import Keys

/// What a member found when it tried the registered address of the member that asked
/// (`POST /v1/reachability`).
package struct ReachabilityFinding: Sendable, Equatable {
    /// The question: it names no address, so that nobody can be sent anywhere.
    package static let question: JSON = ["v": 1]

    /// The address that was tried, as the registry has it.
    package let url: String
    /// When.
    package let at: Instant
    /// Why it was not reached; nil when it was.
    package let reason: String?

    /// A finding from its parts.
    package init(url: String, at: Instant, reason: String?) {
        self.url = url
        self.at = at
        self.reason = reason
    }

    /// Whether the node there answered, and showed that it is the member's.
    package var isReached: Bool { reason == nil }

    /// {"v","url","at","reached","reason"?}.
    package var json: JSON {
        var object = JSONObject()
        object["v"] = 1
        object["url"] = .string(url)
        object["at"] = .string(at.text)
        object["reached"] = .bool(isReached)
        object["reason"] = reason.map { .string($0) }
        return .object(object)
    }

    /// Reads the answer; nil when it is none.
    package init?(json: JSON) {
        guard json["v"]?.integer == 1, let url = json["url"]?.string,
            let at = json["at"]?.string.flatMap({ Instant($0) }),
            let reached = json["reached"]?.bool
        else { return nil }
        let reason = json["reason"]?.string
        guard reached == (reason == nil) else { return nil }
        self.init(url: url, at: at, reason: reason)
    }

    /// Checks a question.
    ///
    /// - Throws: `Problem` `malformed-request`.
    package static func check(question bytes: [UInt8]) throws(Problem) {
        guard let json = try? JSON.read(bytes, limits: .ownMessage), json["v"]?.integer == 1 else {
            throw Problem(.malformedRequest, "the question is {\"v\":1}, and nothing else is read")
        }
    }
}

/// Which questions after one's own reachability lead to an attempt: each costs a connection to an
/// address that somebody else has registered.
///
/// Owns: attempts under way, and what was found within the last minute.
package struct ReachabilityAttempts: Sendable {
    /// Seconds for which a finding is the answer to every further question about the address.
    package static let memory: Int64 = 60
    /// Attempts under way at once.
    package static let limit = 4

    /// What is done about a question.
    package enum Step: Sendable, Equatable {
        /// Connect, and say what came of it.
        case attempt
        /// The same was asked within the last minute.
        case known(ReachabilityFinding)
        /// Somebody else's turn.
        case busy
    }

    private var underWay: Set<String> = []
    private var findings: [String: ReachabilityFinding] = [:]

    /// Nothing was asked yet.
    package init() {}

    /// A member asks about its address.
    package mutating func asked(by domain: String, about url: String, at now: Instant) -> Step {
        findings = findings.filter { (0..<Self.memory).contains(now - $0.value.at) }
        if let known = findings[domain], known.url == url { return .known(known) }
        guard underWay.count < Self.limit, underWay.insert(domain).inserted else { return .busy }
        return .attempt
    }

    /// An attempt has ended; nil when it was given up, and says nothing.
    package mutating func ended(_ finding: ReachabilityFinding?, of domain: String) {
        underWay.remove(domain)
        findings[domain] = finding
    }
}
