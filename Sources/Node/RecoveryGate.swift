package import Keys
package import TransparencyLog

/// Decides when a node may sign its own log again after a start (protocol section 2, "Rollback
/// guard"): not before the other nodes have said how far they know it.
///
/// A value that is told what others answered and returns what is to be done; the time comes in.
package struct RecoveryGate: Sendable {
    /// Seconds after which fewer answers are enough, if the anchor agrees.
    package static let patience: Int64 = 600
    /// Answers of mirrors and witnesses together that are enough.
    package static let answersWanted = 3

    /// Whom to ask, as the registry draws them.
    package struct Panel: Sendable, Equatable {
        /// A witness set and its quorum.
        package struct Witnesses: Sendable, Equatable {
            /// Domains.
            package let domains: Set<String>
            /// k of them confirm.
            package let quorum: Int

            /// A set from its parts.
            package init(domains: Set<String>, quorum: Int) {
                self.domains = domains
                self.quorum = quorum
            }

            /// n-k+1: so many have a member in common with every quorum.
            var needed: Int { domains.isEmpty ? 0 : domains.count - quorum + 1 }
        }

        /// The sets as of the stored head and as of now.
        package var witnesses: [Witnesses]
        /// Domains that keep a copy.
        package var mirrors: Set<String>

        /// A panel from its parts.
        package init(witnesses: [Witnesses], mirrors: Set<String>) {
            self.witnesses = witnesses
            self.mirrors = mirrors
        }

        /// Everybody.
        package var domains: Set<String> {
            witnesses.reduce(into: mirrors) { $0.formUnion($1.domains) }
        }
    }

    /// In which role a node was asked.
    package enum Role: String, Sendable, CaseIterable {
        case witness
        case mirror
    }

    /// What a node's answer means for the store as it is.
    package enum Answer: Sendable, Equatable {
        /// A head of ours, verified, that the store holds the tree of.
        case consistent(size: Int)
        /// A head of ours, verified, beyond the store.
        case ahead(VerifiedCheckpoint)
        /// A head of ours, verified, of another tree than the store's.
        case inconsistent(VerifiedCheckpoint)
        /// The node has never seen the log.
        case unknown
        /// No answer that says anything.
        case none(String)
    }

    /// What is to be done.
    package enum Effect: Sendable, Equatable {
        /// Ask these nodes, each in its roles.
        case ask([String])
        /// Fetch what the store lacks; then start the gate anew.
        case heal([VerifiedCheckpoint])
        /// The own log may be signed.
        case open(String)
        /// The own log must never be signed again; another tree was signed with our key.
        case stop(VerifiedCheckpoint)
    }

    /// How it stands.
    package enum State: Sendable, Equatable {
        /// Answers are awaited; so far too few.
        case asking
        /// Entries are being fetched.
        case healing
        /// The log may be signed, and why.
        case open(String)
        /// The log is forked: it stays closed for good.
        case stopped
    }

    /// How the stored log compares with the anchor.
    package enum AnchorVerdict: Sendable, Equatable {
        /// There is no anchor.
        case missing
        /// The store holds the anchored tree, or more.
        case notAbove
        /// The anchor remembers more leaves than the store holds.
        case above(anchored: Int, held: Int)
        /// The store holds another tree than was anchored.
        case contradicts(size: Int)
    }

    /// How it stands.
    package private(set) var state = State.asking
    /// Since when it asks.
    package let since: Instant
    private let wasCosigned: Bool
    private var anchor: AnchorVerdict
    private var panel: Panel?
    private var answers: [String: [Role: Answer]] = [:]
    /// Heads that were heard of while others were being fetched.
    private var late: [String: [Role: Answer]] = [:]
    private var nextAsking: Instant
    private var rounds: Int64 = 0
    /// Whether it opened on too few answers, and goes on asking for the rest.
    private var isEarly = false

    /// A closed gate.
    ///
    /// - Parameters:
    ///   - wasCosigned: whether the store ever held somebody else's cosignature: then a node that
    ///     does not know the log says nothing.
    ///   - anchor: how the anchor compares with the store.
    package init(wasCosigned: Bool, anchor: AnchorVerdict, at now: Instant) {
        self.wasCosigned = wasCosigned
        self.anchor = anchor
        since = now
        nextAsking = now
    }
}

extension RecoveryGate {
    /// Time has passed, or the registry has named another panel; nil while there is no registry.
    package mutating func tick(panel: Panel?, at now: Instant) -> [Effect] {
        self.panel = panel ?? self.panel
        guard isAsking else { return [] }
        let decided = decide(at: now)
        guard decided.isEmpty, isAsking, now >= nextAsking, let panel = self.panel else {
            return decided
        }
        let open = panel.domains.filter { !hasAnswered($0) }.sorted()
        guard !open.isEmpty else {
            guard isHeldByAnchor else { return [] }
            // Gossip may have brought them meanwhile what the anchor remembers.
            nextAsking = now + 60
            return [.ask(panel.domains.sorted())]
        }
        rounds += 1
        nextAsking = now + min(60, rounds < 20 ? 1 : rounds)
        return [.ask(open)]
    }

    /// A node has answered, or has failed to.
    package mutating func received(
        _ answer: Answer, from domain: String, as role: Role, at now: Instant
    ) -> [Effect] {
        if state == .healing, case .ahead = answer { late[domain, default: [:]][role] = answer }
        guard isAsking else { return [] }
        answers[domain, default: [:]][role] = answer
        return decide(at: now)
    }

    /// The store has changed by healing, or could not be: everybody is asked anew, at once or, when
    /// nothing was gained, as seldom as those who do not answer. Then heads that were heard of meanwhile
    /// are tried first: who was quickest may have told of one whose leaves nobody has.
    package mutating func healed(anchor: AnchorVerdict, gained: Bool = true, at now: Instant) {
        guard state == .healing else { return }
        self.anchor = anchor
        state = .asking
        answers = gained ? [:] : late
        late = [:]
        if gained { rounds = 0 }
        nextAsking = gained ? now + 1 : max(nextAsking, now + 1)
    }

    /// While entries were fetched it was shown that a head belongs to another tree.
    package mutating func contradicted(by head: VerifiedCheckpoint) -> [Effect] {
        state = .stopped
        return [.stop(head)]
    }

    /// There is evidence that another tree was signed with this log's key.
    mutating func forked() -> [Effect] {
        state = .stopped
        return []
    }

    /// The operator takes the risk; a fork that was seen cannot be overridden.
    package mutating func override(_ reason: String) -> [Effect] {
        guard state != .stopped, !isOpen else { return [] }
        isEarly = true
        return open("overridden by the operator: \(reason)")
    }

    /// The state in a word.
    package var word: String {
        switch state {
        case .asking: "asking"
        case .healing: "healing"
        case .open: "open"
        case .stopped: "stopped"
        }
    }

    /// Whether no answer but one that heals can open it.
    var isHeldByAnchor: Bool {
        switch anchor {
        case .above, .contradicts: !isOpen
        case .missing, .notAbove: false
        }
    }

    /// Whether nothing more is asked.
    var isSettled: Bool { state == .stopped || isOpen && !isEarly }

    /// Whether the own log may be signed.
    package var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// Nodes whose answer counts.
    package var answered: Int { panel?.domains.count { counts($0) } ?? 0 }

    /// Nodes whose answer is wanted.
    package var wanted: Int { min(Self.answersWanted, panel?.domains.count ?? 0) }

    /// Why the log is not signed yet, in a sentence; nil when it may be.
    package var reason: String? {
        switch state {
        case .open: return nil
        case .stopped: return "another tree was signed with this log's key: the log is forked"
        case .healing: return "entries that the store lacks are being fetched from other nodes"
        case .asking: break
        }
        switch anchor {
        case .above(let anchored, let held):
            return "the anchor remembers \(anchored) leaves, the log holds \(held): it is older, "
                + "and no other node has offered the rest yet"
        case .contradicts(let size):
            return "at \(size) leaves the log is another tree than was anchored"
        case .missing, .notAbove: break
        }
        guard let panel else { return "there is no registry yet that says whom to ask" }
        let silent = panel.domains.filter { !counts($0) }.sorted()
        return "\(answered) of \(panel.domains.count) nodes have said how far they know the log, "
            + "\(wanted) are wanted; without an answer: \(silent.joined(separator: ", "))"
    }
}

extension RecoveryGate {
    private var isAsking: Bool { state == .asking || isOpen && isEarly }

    /// Whether a node has said what it can in each of its roles.
    private func hasAnswered(_ domain: String) -> Bool {
        func isDone(_ role: Role) -> Bool { answers[domain]?[role].map(counts) ?? false }
        let isWitness = panel?.witnesses.contains { $0.domains.contains(domain) } ?? false
        let isMirror = panel?.mirrors.contains(domain) ?? false
        return (!isWitness || isDone(.witness)) && (!isMirror || isDone(.mirror))
    }

    private func counts(_ domain: String) -> Bool {
        answers[domain]?.values.contains { counts($0) } ?? false
    }

    private func counts(_ answer: Answer) -> Bool {
        switch answer {
        case .consistent: true
        case .unknown: !wasCosigned
        case .ahead, .inconsistent, .none: false
        }
    }

    /// The witnesses' own answers are wanted from so many that every quorum has a member among
    /// them: whatever was confirmed, one of them has seen it.
    private func isCovered(_ set: Panel.Witnesses) -> Bool {
        let answering = set.domains.count { domain in
            answers[domain]?[.witness].map(counts) ?? false
        }
        return answering >= set.needed
    }

    private mutating func decide(at now: Instant) -> [Effect] {
        let all = answers.values.flatMap(\.values)
        for case .inconsistent(let head) in all {
            state = .stopped
            return [.stop(head)]
        }
        let ahead = all.compactMap { answer -> VerifiedCheckpoint? in
            if case .ahead(let head) = answer { head } else { nil }
        }
        if let head = ahead.first, isOpen {
            // Something was signed since: what others hold beyond it is a second history.
            state = .stopped
            return [.stop(head)]
        }
        if !ahead.isEmpty {
            state = .healing
            return [.heal(ahead.sorted { $0.checkpoint.size > $1.checkpoint.size })]
        }
        switch anchor {
        case .above, .contradicts: return []
        case .missing, .notAbove: break
        }
        if let panel, answered >= wanted, panel.witnesses.allSatisfy(isCovered) {
            isEarly = false
            return isOpen
                ? []
                : open("\(answered) of \(panel.domains.count) nodes know no more than the store")
        }
        if anchor == .notAbove, !isOpen, now - since >= Self.patience {
            isEarly = true
            return open("too few nodes answered within ten minutes; the anchor agrees")
        }
        return []
    }

    private mutating func open(_ reason: String) -> [Effect] {
        state = .open(reason)
        return [.open(reason)]
    }
}
