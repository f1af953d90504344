/// What a leaf says, and which members its kind asks for (protocol section 1).
package enum LeafType: String, CaseIterable, Sendable {
    case genesis
    case itemPublished = "item.published"
    case itemWithdrawn = "item.withdrawn"
    case needPublished = "need.published"
    case needWithdrawn = "need.withdrawn"
    case rulePublished = "rule.published"
    case ruleWithdrawn = "rule.withdrawn"
    case agreementProposed = "agreement.proposed"
    case agreementApproved = "agreement.approved"
    case agreementTerminated = "agreement.terminated"
    case decisionRecorded = "decision.recorded"
    case decisionSuperseded = "decision.superseded"
    case precedentPublished = "precedent.published"
    case issuanceAnchored = "issuance.anchored"
    case payloadErased = "payload.erased"
    case epochClosed = "epoch.closed"

    /// The first word: subjects are unique within it.
    package var scope: String {
        switch self {
        case .genesis: "genesis"
        case .itemPublished, .itemWithdrawn: "item"
        case .needPublished, .needWithdrawn: "need"
        case .rulePublished, .ruleWithdrawn: "rule"
        case .agreementProposed, .agreementApproved, .agreementTerminated: "agreement"
        case .decisionRecorded, .decisionSuperseded: "decision"
        case .precedentPublished: "precedent"
        case .issuanceAnchored: "issuance"
        case .payloadErased: "payload"
        case .epochClosed: "epoch"
        }
    }

    /// Whether leaves of this type are about a subject and count its revisions.
    package var hasSubject: Bool {
        switch self {
        case .genesis, .payloadErased, .epochClosed: false
        default: true
        }
    }

    /// Whether a payload outside the log belongs to the leaf.
    package var hasPayload: Bool {
        switch self {
        case .genesis, .itemPublished, .itemWithdrawn, .needPublished, .needWithdrawn,
            .rulePublished, .ruleWithdrawn, .agreementProposed, .agreementTerminated,
            .precedentPublished:
            true
        default: false
        }
    }

    /// Whether the leaf is only a commitment.
    package var hasCommitment: Bool {
        switch self {
        case .decisionRecorded, .decisionSuperseded, .issuanceAnchored: true
        default: false
        }
    }

    /// Whether the subject is 16 random bytes in hexadecimal.
    package var hasRandomSubject: Bool {
        switch self {
        case .decisionRecorded, .decisionSuperseded, .precedentPublished, .issuanceAnchored,
            .agreementProposed, .agreementApproved, .agreementTerminated:
            true
        default: false
        }
    }

    /// Whether the leaf is about an agreement: it names the partner and the agreement's digest.
    package var isAgreement: Bool { scope == "agreement" }

    /// Whether revision and previous count the subject's leaves; agreements number their own.
    package var countsRevisions: Bool { hasSubject && !isAgreement }

    /// Whether the subject stops living with this leaf.
    package var ends: Bool {
        switch self {
        case .itemWithdrawn, .needWithdrawn, .ruleWithdrawn, .agreementTerminated: true
        default: false
        }
    }
}
