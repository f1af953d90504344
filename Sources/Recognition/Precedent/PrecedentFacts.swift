import CanonicalJSON
import Keys

/// What a decision teaches others without anything about the learner: neither applicant, subject,
/// credential, day, remarks nor a reference to the decision (domain.md section 6).
package struct PrecedentFacts: Hashable, Sendable {
    /// What was decided on.
    package var item: RecognisedItem
    /// The decision.
    package var outcome: Outcome
    /// What it rests on.
    package var basis: DecisionBasis
    /// What was granted.
    package var credits: RecognisedCredits?
    /// The level as a URI.
    package var level: String?
    /// The reasons, sorted by code: their order in a record could tell records apart.
    package var reasons: [ReasonCode]
    /// The month of the decision, such as `2026-11`.
    package var month: String

    /// The facts of a decision.
    package init(of record: DecisionRecord) {
        item = record.item
        outcome = record.outcome
        basis = record.basis
        credits = record.credits
        level = record.level
        reasons = record.reasons.sorted { $0.rawValue < $1.rawValue }
        month = String(record.decided.date.prefix(7))
    }

    init(_ json: JSON?, at place: String) throws(RecordError) {
        let members = try RecordMembers(
            json,
            at: place,
            allowing: [
                "item", "outcome", "basis", "credits", "level", "reasons", "month", "count",
            ]
        )
        item = try RecognisedItem(members["item"], at: place + "/item")
        outcome = try members.code("outcome", as: Outcome.self)
        basis = try members.code("basis", as: DecisionBasis.self)
        credits =
            if let value = members["credits"] {
                try RecognisedCredits(value, at: place + "/credits")
            } else {
                nil
            }
        level = try members.optionalText("level")
        reasons = try members.codes("reasons", as: ReasonCode.self)
        month = try members.value("month", "month such as 2026-11") {
            Instant(date: $0 + "-01") == nil ? nil : $0
        }
    }

    var members: JSONObject {
        var object = JSONObject()
        object["item"] = item.json
        object["outcome"] = .string(outcome.rawValue)
        object["basis"] = .string(basis.rawValue)
        object["credits"] = credits?.json
        object["level"] = level.map { .string($0) }
        object["reasons"] = reasons.isEmpty ? nil : .array(reasons.map { .string($0.rawValue) })
        object["month"] = .string(month)
        return object
    }
}
