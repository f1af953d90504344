package import CanonicalJSON

/// One remark of an import: what was wrong, changed or dropped, where, and what to do.
package struct ImportProblem: Hashable, Sendable {
    /// How bad it is.
    package enum Severity: String, Sendable {
        /// The record was not taken.
        case error
        /// The record was taken, but something in it was changed, dropped or is doubtful.
        case warning
        /// Nothing to do.
        case note
    }

    /// The place: line, line and column, or JSON pointer.
    package let at: String
    /// What is wrong.
    package let message: String
    /// What to do about it.
    package let remedy: String
    /// How bad it is.
    package let severity: Severity

    /// A remark as given.
    package init(at: String, message: String, remedy: String, severity: Severity) {
        self.at = at
        self.message = message
        self.remedy = remedy
        self.severity = severity
    }

    /// `{"at":...,"message":...,"remedy":...}`.
    package var json: JSON {
        ["at": .string(at), "message": .string(message), "remedy": .string(remedy)]
    }
}

/// Evidence of quality that a source has for an item that exists elsewhere.
package struct QualityEvidence: Sendable {
    /// The id of the item in the own catalogue, or its global id.
    package let itemID: String
    /// What its students thought of it.
    package let evaluation: StudentEvaluation

    /// `item` with this evaluation; one of the same day and report is replaced.
    package func added(to item: LearningOpportunity) -> LearningOpportunity {
        var item = item
        item.studentEvaluations.removeAll {
            $0.date == evaluation.date && $0.url == evaluation.url
        }
        item.studentEvaluations.append(evaluation)
        return item
    }
}

/// What became of one record of a source.
package struct ImportRecord: Sendable {
    /// The place of the record in the source.
    package let at: String
    /// The item; nil when the record was not taken, which one of the problems then explains.
    package let item: LearningOpportunity?
    /// Evidence for an item that exists elsewhere; nil in a record of an item.
    package let evidence: QualityEvidence?
    /// The id, in the own catalogue, of an item that the source says is gone.
    package let removed: String?
    /// Remarks on this record.
    package let problems: [ImportProblem]

    init(
        at: String,
        item: LearningOpportunity?,
        evidence: QualityEvidence? = nil,
        removed: String? = nil,
        problems: [ImportProblem]
    ) {
        self.at = at
        self.item = item
        self.evidence = evidence
        self.removed = removed
        self.problems = problems
    }

    /// The record with the name of its source before all places.
    package func labelled(_ label: String) -> ImportRecord {
        func place(_ at: String) -> String { at.isEmpty ? label : "\(label): \(at)" }
        return ImportRecord(
            at: place(at), item: item, evidence: evidence, removed: removed,
            problems: problems.map {
                ImportProblem(
                    at: place($0.at), message: $0.message, remedy: $0.remedy, severity: $0.severity)
            })
    }

    /// What a source without a single row is answered with.
    static func emptySheet(remedy: String) -> ImportRecord {
        ImportRecord(
            refused: ImportProblem(
                at: "line 1",
                message: "the source is empty",
                remedy: remedy,
                severity: .error
            )
        )
    }

    init(evidence: QualityEvidence, at: String, problems: [ImportProblem]) {
        self.init(at: at, item: nil, evidence: evidence, problems: problems)
    }

    init(refused problem: ImportProblem) {
        self.init(at: problem.at, item: nil, problems: [problem])
    }
}

/// What became of a whole source.
package struct ImportReport: Sendable {
    /// The items in the order of the source.
    package let items: [LearningOpportunity]
    /// Evidence for items that exist elsewhere, in the order of the source.
    package let evidence: [QualityEvidence]
    /// All remarks in the order of the source.
    package let problems: [ImportProblem]

    /// Whether nothing could be read: the command then ends with status 65.
    package var isFailure: Bool {
        items.isEmpty && evidence.isEmpty && problems.contains { $0.severity == .error }
    }
}

/// Where a record stands, and the remarks that were collected on it so far.
struct RecordRemarks {
    /// `line 3`, `/4`, or empty for a source that is one object.
    let base: String
    private(set) var problems: [ImportProblem] = []

    init(base: String) {
        self.base = base
    }

    /// The place of a member of the record.
    func place(_ pointer: String) -> String {
        if base.hasPrefix("/") { return base + pointer }
        if pointer.isEmpty { return base.isEmpty ? "/" : base }
        return base.isEmpty ? pointer : base + ", " + pointer
    }

    mutating func add(
        _ severity: ImportProblem.Severity,
        _ pointer: String,
        _ message: String,
        _ remedy: String
    ) {
        problems.append(
            ImportProblem(
                at: place(pointer),
                message: message,
                remedy: remedy,
                severity: severity
            )
        )
    }

    /// The finished record: `item` when its values are acceptable, otherwise all that is wrong with
    /// it. `rename` turns a pointer into the item into a place of the source.
    consuming func record(
        _ item: LearningOpportunity,
        rename: (String) -> String = { $0 }
    ) -> ImportRecord {
        do {
            return taken(try item.validated())
        } catch {
            return refused(error, rename: rename)
        }
    }

    /// The finished record of an item that has been validated.
    consuming func taken(_ item: LearningOpportunity) -> ImportRecord {
        ImportRecord(at: place(""), item: item, problems: problems)
    }

    /// The finished record of what could not be read.
    consuming func refused(
        _ error: InvalidItem,
        rename: (String) -> String = { $0 }
    ) -> ImportRecord {
        for problem in error.problems {
            add(.error, rename(problem.pointer), problem.message, problem.remedy)
        }
        return ImportRecord(at: place(""), item: nil, problems: problems)
    }

    consuming func refused() -> ImportRecord {
        ImportRecord(at: place(""), item: nil, problems: problems)
    }
}
