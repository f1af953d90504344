import Federation
import GRDB
import Keys
import Synchronization

/// States of subjects that the fold has reached and the table `subject` has not.
///
/// Ids are random, so that a row written at once dirties a page of its own, eight times what its entry
/// takes. Many that are written together, in the order of their keys, share pages. Nothing is lost by
/// that: after a start the states follow from the entries behind `head.folded`.
final class FreshSubjects: Sendable {
    /// Entries at most that the table lags behind: a start folds them anew.
    static let limit = 32 << 10
    /// Subjects from which on it is worth writing them.
    static let worthwhile = 256
    /// Commits' worth of leaves that gather before they are written.
    private static let commits = 8

    private let states = Mutex<[SubjectKey: SubjectState]>([:])

    /// Whether so many subjects, over so many entries, are to be written by a commit of `leaves`.
    static func isDue(subjects: Int, entries: Int, leaves: Int) -> Bool {
        subjects >= min(limit, max(worthwhile, commits * leaves)) || entries >= limit
    }

    /// The state of a subject that is not in the table yet.
    subscript(_ key: SubjectKey) -> SubjectState? { states.withLock { $0[key] } }

    /// All of them.
    var all: [SubjectKey: SubjectState] { states.withLock { $0 } }

    var count: Int { states.withLock { $0.count } }

    /// Takes over what a transaction has changed, once it is on disk.
    func take(_ step: SubjectStep) {
        states.withLock { states in
            if step.isSettled { states = [:] }
            states.reserveCapacity(states.count + step.changed.count)
            for (key, state) in step.changed { states[key] = state }
        }
    }

    /// Starts anew with what the entries say.
    func replace(by new: [SubjectKey: SubjectState]) { states.withLock { $0 = new } }

    /// Folds the entries that the table has not taken.
    static func load(_ db: GRDB.Database, size: Int) throws -> [SubjectKey: SubjectState] {
        let folded = try Int.fetchOne(db, sql: "SELECT folded FROM head") ?? size
        var states: [SubjectKey: SubjectState] = [:]
        let table = try SubjectTable(db)
        try db.forEachEntry(from: folded, to: size) { index, entry in
            var isWritten = false
            let verdict = try Fold.judge(Array(entry), index: index) { key in
                if let state = states[key] { return state }
                let state = try table.state(key)?.state
                // A row with a content is written at once, and may be ahead of this entry.
                isWritten = state.map { !$0.isEarlier && $0.index >= index } ?? false
                return state
            }
            guard !isWritten, case .accepted(_, let key?, let state?) = verdict else { return }
            states[key] = state
        }
        return states
    }
}

/// The subjects as one transaction sees and changes them.
struct SubjectStep {
    private let fresh: FreshSubjects
    private let statements: LogStatements
    /// What this transaction has changed; nil stands for what the table says.
    private(set) var changed: [SubjectKey: SubjectState?] = [:]
    /// Whether this transaction has written everything that was not in the table.
    private(set) var isSettled = false
    /// Entries that the table had taken when the transaction began.
    private var folded: Int

    init(_ fresh: FreshSubjects, _ statements: LogStatements, _ db: GRDB.Database) throws {
        self.fresh = fresh
        self.statements = statements
        folded = try db.cachedFolded()
    }

    /// A subject's state and the hash of its content; nil when no leaf counts for it.
    func state(_ key: SubjectKey) throws -> (state: SubjectState, content: Digest?)? {
        if let change = changed[key] {
            return try change.map { ($0, nil) } ?? statements.subjects.state(key)
        }
        if !isSettled, let state = fresh[key] { return (state, nil) }
        return try statements.subjects.state(key)
    }

    /// Keeps what the fold makes of the entry at `index`. A content does not follow from the entry:
    /// it is written at once.
    mutating func apply(_ verdict: FoldVerdict, index: Int, content: Digest? = nil) throws {
        switch verdict {
        case .unknownType: break
        case .flagged(let reason): try statements.flag(index, reason)
        case .accepted(_, let key, let state):
            guard let key, let state else { return }
            if let content {
                try statements.subjects.put(key, state, content: content)
                changed[key] = .some(nil)
            } else {
                changed[key] = state
            }
        }
    }

    /// Writes the subjects when it is time, the tree having reached `size` by a commit of `leaves`.
    ///
    /// - Returns: how many entries the table has then taken.
    mutating func settle(at size: Int, leaves: Int) throws -> Int {
        let new = changed.values.count { $0 != nil }
        let waiting = isSettled ? new : fresh.count + new
        if waiting == 0 {
            folded = size
        } else if FreshSubjects.isDue(subjects: waiting, entries: size - folded, leaves: leaves) {
            try settle(at: size)
        }
        return folded
    }

    /// Writes every subject that is not in the table, in the order of their keys.
    mutating func settle(at size: Int) throws {
        var states: [(key: SubjectKey, state: SubjectState)] = []
        if !isSettled {
            for (key, state) in fresh.all where changed[key] == nil { states.append((key, state)) }
        }
        for case (let key, let state?) in changed { states.append((key, state)) }
        for place in Self.order(states.map(\.key)) {
            try statements.subjects.put(states[place].key, states[place].state, content: nil)
        }
        changed = [:]
        isSettled = true
        folded = size
    }

    /// The order of the table's rows, near enough to write each page once: that of the first eight
    /// bytes of the ids.
    private static func order(_ keys: [SubjectKey]) -> [Int] {
        keys.enumerated().map { place, key in
            let bytes = key.subject.utf8.prefix(8)
            let prefix = bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            return (prefix << (8 * (8 - bytes.count)), place)
        }.sorted { (left: (UInt64, Int), right: (UInt64, Int)) in left.0 < right.0 }.map(\.1)
    }
}

extension GRDB.Database {
    /// How many entries the table `subject` has taken.
    fileprivate func cachedFolded() throws -> Int {
        try DirectStatement(self, "SELECT folded FROM head").first { $0.integer(0) } ?? 0
    }
}
