import Federation
import Foundation
import GRDB
import Keys
import TransparencyLog

/// The fold computed anew from the entries, to be compared with the tables.
struct FoldAudit {
    struct State: Equatable {
        var revision: Int
        var index: Int
        var living: Bool
        var payload: Digest?
        /// Whether it stands in an earlier epoch.
        var isEarlier = false

        /// Whether another leaf of the subject may follow on this state.
        func isBefore(_ next: State) -> Bool {
            isEarlier || index < next.index && revision <= next.revision
        }
    }

    /// By scope, then by the SHA-256 of the id: a large log has many subjects.
    private(set) var subjects: [String: [Digest: State]] = [:]
    /// Entries that count for nothing.
    private(set) var flagged: Set<Int> = []
    /// Entries whose payload `payload.erased` leaves of this log name.
    private(set) var erased: Set<Int> = []

    /// Begins with what the earlier epochs say.
    mutating func inherit(_ db: GRDB.Database) throws {
        for subject in try db.inheritedSubjects() {
            let state = subject.state
            subjects[subject.key.scope, default: [:]][Self.name(subject.key.subject)] = State(
                revision: state.revision, index: state.index, living: state.living,
                payload: state.payload, isEarlier: true)
        }
    }

    /// Judges the next entry.
    ///
    /// - Returns: the leaf when it counts.
    mutating func take(_ entry: [UInt8], index: Int) -> Leaf? {
        let verdict = Fold.judge(entry, index: index) { key in
            state(key).map {
                SubjectState(
                    revision: $0.revision, index: $0.index, living: $0.living, payload: nil,
                    isEarlier: $0.isEarlier)
            }
        }
        switch verdict {
        case .unknownType: return nil
        case .flagged:
            flagged.insert(index)
            return nil
        case .accepted(let leaf, let key, let new):
            if let key, let new {
                subjects[key.scope, default: [:]][Self.name(key.subject)] = State(
                    revision: new.revision, index: new.index, living: new.living,
                    payload: new.payload)
            }
            return leaf
        }
    }

    /// Notes what an accepted `payload.erased` leaf of `origin` names in this log.
    mutating func erase(_ leaf: Leaf, origin: String) {
        guard leaf.type == .payloadErased else { return }
        for reference in leaf.references {
            let rest = reference.split(separator: "#", maxSplits: 1)
            guard rest.count == 2, rest[0] == origin,
                let index = Int(rest[1].prefix { $0 != "@" })
            else { continue }
            erased.insert(index)
        }
    }

    /// A subject's state; nil when no leaf counts for it.
    func state(_ key: SubjectKey) -> State? {
        subjects[key.scope]?[Self.name(key.subject)]
    }

    static func name(_ subject: String) -> Digest { Digest(of: Array(subject.utf8)) }

    /// Compares the tables `subject` and `flagged`. Of a subject with an entry that the table has not
    /// taken yet, the row may be of an earlier one, or not there.
    func compare(_ db: GRDB.Database, _ report: inout AuditReport) throws {
        var seen = 0
        let folded = try Int.fetchOne(db, sql: "SELECT folded FROM head") ?? 0
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM folded")
        while let row = try rows.next() {
            let key = SubjectKey(scope: row["scope"], subject: row["subject"])
            let payload: Data? = row["payload"]
            let stored = State(
                revision: row["revision"], index: row["idx"], living: row["living"],
                payload: payload.flatMap { Digest(bytes: $0) }, isEarlier: row["earlier"])
            let place = "subject \(key.scope)/\(key.subject)"
            guard let state = state(key) else {
                report.add(.init(place, "no leaf of the log makes it"))
                continue
            }
            seen += 1
            let isPending = !state.isEarlier && state.index >= folded
            if state != stored, !isPending || !stored.isBefore(state) {
                report.add(
                    .init(place, "\(Self.text(stored)); the entries say \(Self.text(state))"))
            }
        }
        if seen < subjects.values.reduce(0, { $0 + $1.count }) {
            try reportMissing(db, folded, &report)
        }
        let marked = Set(try Int.fetchAll(db, sql: "SELECT idx FROM flagged"))
        for index in marked.subtracting(flagged).sorted() {
            report.add(.init("flagged \(index)", "the table says it counts for nothing; it counts"))
        }
        for index in flagged.subtracting(marked).sorted() {
            report.add(
                .init("flagged \(index)", "the entry counts for nothing; the table lacks it"))
        }
    }

    private func reportMissing(
        _ db: GRDB.Database, _ folded: Int, _ report: inout AuditReport
    ) throws {
        for (scope, states) in subjects {
            var missing = states
            let names = try String.fetchCursor(
                db, sql: "SELECT subject FROM folded WHERE scope = ?", arguments: [scope])
            while let name = try names.next() { missing[Self.name(name)] = nil }
            for state in missing.values.sorted(by: { $0.index < $1.index })
            where state.index < folded || state.isEarlier {
                report.add(
                    .init("subject \(scope)", "the one of entry \(state.index) is missing"))
            }
        }
    }

    private static func text(_ state: State) -> String {
        "revision \(state.revision) at entry \(state.index)"
            + (state.isEarlier ? " of an earlier epoch, " : ", ")
            + "\(state.living ? "living" : "ended"), payload \(state.payload?.hex ?? "none")"
    }
}
