package import Keys
import XML

/// A polite harvest of a repository (OAI-PMH 2.0): what to ask next, and when. Synchronous and
/// without I/O: whoever owns it performs its effects and tells it what came of them.
package struct OAIHarvest: Sendable {
    /// What to harvest.
    package struct Plan: Hashable, Sendable {
        /// The formats to take, the dearest first.
        package var prefixes = ["lom", "oai_dc"]
        /// Only this set.
        package var set: String?
        /// Only what changed since, inclusive.
        package var from: Instant?
        /// Only what changed until, inclusive.
        package var until: Instant?
        /// Seconds between an answer and the next request.
        package var pause: Int64 = 1

        /// All records, in LOM if there is LOM.
        package init() {}
    }

    /// What to do.
    package enum Effect: Sendable {
        /// Send a request, `after` seconds from now.
        case request(OAIRequest, after: Int64)
        /// Take these records, whose metadata are in the format with this prefix.
        case take([OAIRecord], prefix: String)
        /// All is done.
        case finish(Summary)
        /// It cannot go on.
        case fail(Failure)
    }

    /// What came of a harvest.
    package struct Summary: Hashable, Sendable {
        /// Records, deleted ones included.
        package let records: Int
        /// Deleted ones.
        package let deleted: Int
        /// What the repository says the list's length is; a shorter harvest is doubtful.
        package let announced: Int?
        /// The `from` of the next harvest: when the repository answered the first list. Harvests
        /// overlap by that moment, since both ends are inclusive.
        package let nextFrom: Instant?
        /// Whether the repository tells of deleted records for ever (`persistent`).
        package let tellsDeleted: Bool
    }

    /// Why a harvest cannot go on.
    package struct Failure: Error, Hashable, Sendable {
        /// What is wrong.
        package let message: String
        /// What to do about it.
        package let remedy: String
    }

    /// The seconds to wait before the tries after the first one.
    static let backoff: [Int64] = [10, 30, 90, 270, 600]
    /// The longest wait that a repository can ask for.
    static let longestWait: Int64 = 3600
    static let maximumPages = 100_000

    let plan: Plan
    var step: Step = .identify
    var granularity = OAIGranularity.second
    var tellsDeleted = false
    /// Tries of the current request that failed.
    var failedTries = 0
    var restarts = 0
    var pages = 0
    var records = 0
    var deleted = 0
    var announced: Int?
    var nextFrom: Instant?

    enum Step: Hashable, Sendable {
        case identify
        case formats
        case list(prefix: String, token: String?)
        case done
    }

    /// A harvest at its start.
    package init(_ plan: Plan) {
        self.plan = plan
    }

    /// The first thing to do.
    package mutating func start() -> [Effect] {
        [.request(request, after: 0)]
    }

    /// The request of the current step.
    var request: OAIRequest {
        switch step {
        case .identify, .done: return OAIRequest(.identify)
        case .formats: return OAIRequest(.listMetadataFormats)
        case .list(_, let token?): return OAIRequest(.listRecords, [.resumptionToken: token])
        case .list(let prefix, nil):
            var arguments: [OAIArgument: String] = [.metadataPrefix: prefix]
            arguments[.set] = plan.set
            arguments[.from] = plan.from.map { granularity.text($0) }
            arguments[.until] = plan.until.map { granularity.text($0) }
            return OAIRequest(.listRecords, arguments)
        }
    }

    /// Goes on after an answer. `retryAfter` is the header's value.
    package mutating func receive(
        status: Int,
        retryAfter: String? = nil,
        body: [UInt8],
        at now: Instant
    ) -> [Effect] {
        guard step != .done else { return [] }
        switch status {
        case 200: return read(body, at: now)
        case 429, 500...599: return again("status \(status)", after: wait(retryAfter, at: now))
        case 300...399:
            return fail(
                "the repository answers with a redirection (status \(status))",
                "harvest from the address that it names"
            )
        default:
            return fail(
                "the repository answers with status \(status)",
                "check the address; ask the repository's administrator"
            )
        }
    }

    /// Goes on after a request that got no answer. `reason` says why.
    package mutating func lose(_ reason: String) -> [Effect] {
        step == .done ? [] : again(reason, after: nil)
    }

    // MARK: Waiting

    /// Seconds of a `Retry-After`: a number or a date (RFC 9110 section 10.2.3).
    private func wait(_ retryAfter: String?, at now: Instant) -> Int64? {
        guard let retryAfter else { return nil }
        let text = retryAfter.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let seconds = Int64(text) { return max(1, seconds) }
        return HTTPDate.instant(text).map { max(1, $0 - now) }
    }

    private mutating func again(_ reason: String, after seconds: Int64?) -> [Effect] {
        if let seconds, seconds > Self.longestWait {
            return fail(
                "the repository asks to wait \(seconds) seconds (\(reason))",
                "harvest again later, from where it stopped"
            )
        }
        guard failedTries < Self.backoff.count else {
            return fail(
                "no answer after \(failedTries + 1) tries: \(PlainText(reason).text)",
                "harvest again later; if it stays so, ask the repository's administrator"
            )
        }
        let pause = seconds ?? Self.backoff[failedTries]
        failedTries += 1
        return [.request(request, after: pause)]
    }

    mutating func fail(_ message: String, _ remedy: String) -> [Effect] {
        step = .done
        return [.fail(Failure(message: message, remedy: remedy))]
    }
}
