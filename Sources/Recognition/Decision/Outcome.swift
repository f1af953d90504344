/// How a case ends (Lisbon Recognition Convention; domain.md section 5). On substantial difference
/// the cases after the first are considered in this order.
package enum Outcome: String, CaseIterable, Sendable {
    /// As requested.
    case recognised
    /// For something else than requested.
    case alternative
    /// For a part of it: so many credits.
    case partial
    /// Once stated goals are met.
    case conditional
    case refused
}

/// What a decision rests on.
package enum DecisionBasis: String, CaseIterable, Sendable {
    /// An agreement in force with the issuer.
    case agreement
    /// A rule that the institution has published.
    case rule
    /// An earlier decision, its own or another's.
    case precedent
    /// The assessment of this case by a person.
    case assessment
}

/// Why a credential was not recognised as requested.
package enum ReasonCode: String, CaseIterable, Sendable {
    case level
    case workload
    case quality
    case profile
    case learningOutcomes
    case verification
    case nonRecognisedIssuer
    case fraud
}
