import Catalogue
import Keys
import MemberRegistry

/// What protocol.md section 1 asks of a leaf, member by member; the fold flags what breaks it.
extension Leaf {
    /// The first rule of its type that the leaf breaks; nil when it is well formed.
    package var violation: String? {
        subjectViolation ?? contentViolation ?? agreementViolation ?? referenceViolation
            ?? timeViolation
    }

    private var subjectViolation: String? {
        guard type.hasSubject else {
            return subject == nil && revision == nil && previous == nil
                ? nil : "\(type.rawValue) has no subject, revision or previous"
        }
        guard let subject, ItemIdentifier.isValid(subject) else {
            return "subject is not 1 to 64 printable ASCII characters without space"
        }
        if type.hasRandomSubject, !Hex.isHex(subject, bytes: 16) {
            return "subject is not 16 bytes in lower-case hexadecimal"
        }
        guard let revision, revision >= 1 else { return "revision is not at least 1" }
        if type == .precedentPublished || type == .issuanceAnchored, revision != 1 {
            return "\(type.rawValue) has revision 1 only"
        }
        guard let previous else { return nil }
        guard type.countsRevisions else { return "\(type.rawValue) has no previous" }
        return previous < 0 ? "previous is negative" : nil
    }

    private var contentViolation: String? {
        presence("payload", payload, isAsked: type.hasPayload)
            ?? presence("commitment", commitment, isAsked: type.hasCommitment)
            ?? presence("digest", digest, isAsked: type.isAgreement)
            ?? presence("with", with, isAsked: type.isAgreement)
            ?? presence("on", on, isAsked: type == .agreementTerminated)
    }

    /// A member stands where the type says so, and nowhere else.
    private func presence<Value>(_ name: String, _ value: Value?, isAsked: Bool) -> String? {
        guard isAsked != (value != nil) else { return nil }
        return isAsked ? "\(name) is missing" : "\(type.rawValue) has no \(name)"
    }

    private var agreementViolation: String? {
        if let with, !MemberDomain.isDomain(with) {
            return "with is no domain in lower-case A-labels"
        }
        if let on, Instant(date: on) == nil { return "on is no date" }
        return nil
    }

    private var referenceViolation: String? {
        if references.count > Leaf.maximumReferences {
            return "more than \(Leaf.maximumReferences) references"
        }
        if !references.allSatisfy(LeafReference.isReference) {
            return "a reference is not <origin>#<index>@<leaf hash>"
        }
        return type == .payloadErased && references.isEmpty ? "payload.erased names no leaf" : nil
    }

    private var timeViolation: String? {
        let isDecision = type == .decisionRecorded || type == .decisionSuperseded
        return isDecision && at != at.startOfDay ? "a decision's time is not cut to its day" : nil
    }
}
