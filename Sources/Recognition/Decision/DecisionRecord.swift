package import CanonicalJSON
package import Keys

/// The private record of a decision. Only its commitment goes into the log; record and r stay in
/// the node and in the learner's receipt (domain.md sections 5 and 6).
package struct DecisionRecord: Equatable, Sendable {
    /// The decider's domain.
    package var domain: String
    /// 16 random bytes in lower-case hexadecimal: the leaf's subject.
    package var subject: String
    /// The day of the decision, at 00:00:00Z.
    package var decided: Instant
    /// Who asked: an object that is never shown to others and never interpreted here.
    package var applicant: JSON
    /// The digest of the credential (protocol.md section 6).
    package var credential: Digest
    /// What was decided on.
    package var item: RecognisedItem
    /// The decision.
    package var outcome: Outcome
    /// What it rests on.
    package var basis: DecisionBasis
    /// What is granted; nil when no credits are.
    package var credits: RecognisedCredits?
    /// The level that it is recognised at, as a URI; nil when none is stated.
    package var level: String?
    /// Why it is anything but recognised, in the order given.
    package var reasons: [ReasonCode] = []
    /// What the applicant should know beside the codes, such as the goals of a condition.
    package var remarks: String?
    /// How the applicant can appeal.
    package var appeal: String?

    /// A decision without credits, level, reasons, remarks and appeal; `decided` is cut to its day.
    package init(
        domain: String,
        subject: String,
        decided: Instant,
        applicant: JSON,
        credential: Digest,
        item: RecognisedItem,
        outcome: Outcome,
        basis: DecisionBasis
    ) {
        self.domain = domain
        self.subject = subject
        self.decided = decided.startOfDay
        self.applicant = applicant
        self.credential = credential
        self.item = item
        self.outcome = outcome
        self.basis = basis
    }

    /// The written form; what is not stated is absent.
    package var json: JSON {
        var object = JSONObject()
        object["v"] = 1
        object["kind"] = "decision"
        object["domain"] = .string(domain)
        object["subject"] = .string(subject)
        object["decided"] = .string(decided.date)
        object["applicant"] = applicant
        object["credential"] = .string(credential.hex)
        object["item"] = item.json
        object["outcome"] = .string(outcome.rawValue)
        object["basis"] = .string(basis.rawValue)
        object["credits"] = credits?.json
        object["level"] = level.map { .string($0) }
        object["reasons"] = reasons.isEmpty ? nil : .array(reasons.map { .string($0.rawValue) })
        object["remarks"] = remarks.map { .string($0) }
        object["appeal"] = appeal.map { .string($0) }
        return .object(object)
    }

    /// The bytes that are committed to: RFC 8785 of `json`.
    package var bytes: [UInt8] { json.canonicalBytes }

    /// Reads a record: its RFC 8785 bytes and nothing else.
    ///
    /// - Throws: `RecordError` with a JSON pointer.
    package init(bytes: [UInt8]) throws(RecordError) {
        try self.init(json: try RecordError.canonical(bytes))
    }

    /// Reads a record out of a larger message.
    ///
    /// - Throws: `RecordError`, its pointer relative to the record.
    package init(json: JSON) throws(RecordError) {
        let members = try RecordMembers(
            json,
            at: "",
            allowing: [
                "v", "kind", "domain", "subject", "decided", "applicant", "credential", "item",
                "outcome", "basis", "credits", "level", "reasons", "remarks", "appeal",
            ]
        )
        try members.version(kind: "decision")
        domain = try members.text("domain")
        subject = try members.value("subject", "16 bytes in lower-case hexadecimal") {
            Hex.decode($0)?.count == 16 ? $0 : nil
        }
        decided = try members.value("decided", "date such as 2026-11-23") { Instant(date: $0) }
        guard let applicant = members["applicant"], let object = applicant.object, object.count > 0
        else { throw members.error("applicant", "is no object with something in it") }
        self.applicant = applicant
        credential = try members.value("credential", "SHA-256 in lower-case hexadecimal") {
            Digest(hex: $0)
        }
        item = try RecognisedItem(members["item"], at: "/item")
        outcome = try members.code("outcome", as: Outcome.self)
        basis = try members.code("basis", as: DecisionBasis.self)
        credits =
            if let value = members["credits"] {
                try RecognisedCredits(value, at: "/credits")
            } else {
                nil
            }
        level = try members.optionalText("level")
        reasons = try members.codes("reasons", as: ReasonCode.self)
        remarks = try members.optionalText("remarks")
        appeal = try members.optionalText("appeal")
    }

    /// The commitment that goes into the leaf (protocol.md section 1):
    /// HMAC-SHA-256(r, "eccoe-decision/1" ‖ 0x00 ‖ RFC 8785 of the record); nil unless r has 64
    /// bytes.
    package func commitment(r: [UInt8]) -> Digest? {
        guard r.count == 64 else { return nil }
        return MAC.sha256(key: r, message: Array("eccoe-decision/1".utf8) + [0] + bytes)
    }
}
