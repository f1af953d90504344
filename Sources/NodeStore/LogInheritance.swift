import CanonicalJSON
import Catalogue
package import Federation
import Foundation
import GRDB
package import Keys

/// What the epochs before a log's own say of one subject: its fold goes on from there.
package struct InheritedSubject: Sendable, Equatable {
    /// The subject.
    package let key: SubjectKey
    /// Its state at the last closing; `isEarlier` holds.
    package let state: SubjectState
    /// SHA-256 of what counts as its content; nil when it is not known.
    package let content: Digest?

    /// A subject from its parts.
    package init(key: SubjectKey, state: SubjectState, content: Digest?) {
        self.key = key
        self.state = SubjectState(
            revision: state.revision, index: state.index, living: state.living,
            payload: state.payload, isEarlier: true)
        self.content = content
    }
}

extension LogStore {
    /// What this log and the epochs before it say of each subject after its first `size` leaves:
    /// what the next epoch inherits when this one is closed there.
    package func subjects(at size: Int) throws -> [InheritedSubject] {
        try pool.read { db in
            var states: [SubjectKey: SubjectState] = [:]
            for subject in try db.inheritedSubjects() { states[subject.key] = subject.state }
            try db.forEachEntry(from: 0, to: size) { index, leaf in
                let verdict = Fold.judge(Array(leaf), index: index) { states[$0] }
                if case .accepted(_, let key?, let state?) = verdict { states[key] = state }
            }
            return try states.map { key, state in
                InheritedSubject(
                    key: key, state: state, content: try db.content(of: key, state))
            }.sorted { ($0.key.scope, $0.key.subject) < ($1.key.scope, $1.key.subject) }
        }
    }
}

extension GRDB.Database {
    func inherit(_ subject: InheritedSubject) throws {
        let state = subject.state
        let arguments: StatementArguments = [
            subject.key.scope, subject.key.subject, state.revision, state.index, state.living,
            state.payload?.bytes.data, subject.content?.bytes.data,
        ]
        try execute(
            sql: """
                INSERT INTO inherited
                    (scope, subject, revision, idx, living, payload, content)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: arguments)
        try execute(
            sql: """
                INSERT INTO subject
                    (scope, subject, revision, idx, living, payload, content, earlier)
                VALUES (?, ?, ?, ?, ?, ?, ?, 1)
                """,
            arguments: arguments)
    }

    func inheritedSubjects() throws -> [InheritedSubject] {
        try Row.fetchAll(self, sql: "SELECT * FROM inherited").map { row in
            let payload: Data? = row["payload"]
            let content: Data? = row["content"]
            return InheritedSubject(
                key: SubjectKey(scope: row["scope"], subject: row["subject"]),
                state: SubjectState(
                    revision: row["revision"], index: row["idx"], living: row["living"],
                    payload: payload.flatMap { Digest(bytes: $0) }),
                content: content.flatMap { Digest(bytes: $0) })
        }
    }

    /// Of a living item whose payload is held, what tells whether it is published unchanged.
    fileprivate func content(of key: SubjectKey, _ state: SubjectState) throws -> Digest? {
        guard key.scope == "item", state.living, let payload = state.payload else { return nil }
        let bytes = try Data.fetchOne(
            self, sql: "SELECT bytes FROM payload WHERE digest = ?",
            arguments: [payload.bytes.data])
        return bytes.flatMap { try? ItemPayload(bytes: Array($0)).item.contentDigest }
    }
}
