import Federation
import Foundation
import GRDB
import Keys

/// Compares the views with the fold of one log. They are another file and may lag behind it, or
/// have gone on since: only what both have seen is compared.
struct ViewsAudit {
    private struct Table {
        let name: String
        let scope: String
        let rows: String
    }

    private static let tables = [
        Table(
            name: "item", scope: "item",
            rows: "SELECT id AS subject, origin, idx, revision, living, payload FROM item"),
        Table(
            name: "precedent", scope: "precedent",
            rows: "SELECT subject, origin, idx, 1 AS revision, 1 AS living, payload FROM precedent"),
        Table(
            name: "decision", scope: "decision",
            rows:
                "SELECT subject, origin, idx, revision, 1 AS living, NULL AS payload FROM decision"
        ),
    ]

    let origin: String
    let fold: FoldAudit
    /// Leaves that the fold has seen.
    let size: Int

    /// Compares the rows of the log's institution.
    func compare(_ db: GRDB.Database, _ report: inout AuditReport) throws {
        let folded =
            try Int.fetchOne(
                db, sql: "SELECT size FROM folded WHERE origin = ?", arguments: [origin]) ?? 0
        let domain = String(origin.prefix { $0 != "/" })
        for table in Self.tables {
            var seen: Set<Digest> = []
            let rows = try Row.fetchCursor(
                db, sql: table.rows + " WHERE domain = ?", arguments: [domain])
            while let row = try rows.next() {
                let subject: String = row["subject"]
                seen.insert(FoldAudit.name(subject))
                let home: String = row["origin"]
                guard home == origin else { continue }
                if let reason = judge(row, subject, table, folded: folded) {
                    report.add(.init("\(table.name) \(subject)", reason, in: .views))
                }
            }
            let due = (fold.subjects[table.scope] ?? [:]).filter {
                !$0.value.isEarlier && $0.value.index < folded
            }
            for (name, state) in due where !seen.contains(name) {
                report.add(
                    .init(table.name, "the one of entry \(state.index) is missing", in: .views))
            }
        }
        report.views = true
    }

    private func judge(
        _ row: Row,
        _ subject: String,
        _ table: Table,
        folded: Int
    ) -> String? {
        let index: Int = row["idx"]
        guard index < size else { return nil }
        guard let state = fold.state(SubjectKey(scope: table.scope, subject: subject)),
            !state.isEarlier
        else { return "no leaf of \(origin) makes it" }
        if index != state.index {
            // A row that is behind is right while the views have not folded the later leaf.
            return index < state.index && state.index >= folded
                ? nil : "it shows entry \(index), the log says entry \(state.index)"
        }
        let payload: Data? = row["payload"]
        let living: Bool = row["living"]
        let revision: Int = row["revision"]
        guard revision == state.revision, table.name != "item" || living == state.living else {
            return "its revision or state is not that of entry \(index)"
        }
        // A withdrawn item keeps the payload that it was last shown with.
        if let payload, state.living, state.payload != Digest(bytes: payload) {
            return "its payload is not that of entry \(index)"
        }
        return nil
    }
}
