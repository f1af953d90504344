package import CanonicalJSON
package import Keys

/// What a credential's anchor has shown: whether the credential existed before some time, whatever
/// it claims itself.
package enum AnchorEvidence: Equatable, Sendable {
    /// None was handed in.
    case none
    /// It proves nothing, for the reason given as a full sentence.
    case unusable(String)
    /// Its leaf stands in the issuer's log, and no quorum of witnesses has confirmed it so far.
    case unconfirmed(origin: String, index: Int)
    /// Its leaf stands in the issuer's log; `time` is the leaf's, by its cosignatures (protocol.md
    /// section 1, "Time").
    case confirmed(origin: String, index: Int, time: Instant)

    /// Whether it proves that the credential existed before `time`.
    package func isBefore(_ time: Instant) -> Bool {
        if case .confirmed(_, _, let confirmed) = self { confirmed < time } else { false }
    }

    /// One sentence for the line that it bears on.
    var explanation: String {
        switch self {
        case .none:
            "No anchor was handed in; the issuer gives one out with each credential: eccoe "
                + "credential anchor."
        case .unusable(let reason): "The anchor that was handed in proves nothing: \(reason)"
        case .unconfirmed(let origin, let index):
            "Its anchor, leaf \(index) of \(origin), is not yet confirmed by witnesses."
        case .confirmed(let origin, let index, let time):
            "It existed by \(time), when witnesses had confirmed its anchor, leaf \(index) of "
                + "\(origin)."
        }
    }

    /// `{"confirmed":"<time>"|false,"index":7,"origin":"<log>"}`; nil without a leaf.
    package var json: JSON? {
        switch self {
        case .none, .unusable: nil
        case .unconfirmed(let origin, let index):
            [
                "origin": .string(origin), "index": .number(JSONNumber(Int64(index))),
                "confirmed": false,
            ]
        case .confirmed(let origin, let index, let time):
            [
                "origin": .string(origin), "index": .number(JSONNumber(Int64(index))),
                "confirmed": .string(time.text),
            ]
        }
    }
}
