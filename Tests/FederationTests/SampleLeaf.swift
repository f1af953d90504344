import CanonicalJSON
import Federation
import Keys
import Testing

/// Leaves with fixed members, and their bytes written by hand.
enum SampleLeaf {
    static let at = Instant(secondsSince1970: 1_795_456_800)  // 2026-11-23T18:00:00Z
    static let digest = Digest(of: [1] as [UInt8])
    static let hex = "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"
    static let random = "000102030405060708090a0b0c0d0e0f"
    static let reference = "uni-b.example/eccoe/1#5120@\(hex)"

    /// A type, a leaf of it, and the exact bytes that are hashed into a log.
    struct Golden: Sendable, CustomTestStringConvertible {
        let leaf: Leaf
        let text: String

        var testDescription: String { leaf.type.rawValue }
    }

    static let golden: [Golden] =
        subjectless + supply(.itemPublished, .itemWithdrawn)
        + supply(.needPublished, .needWithdrawn)
        + supply(.rulePublished, .ruleWithdrawn) + agreements + commitments

    private static let subjectless = [
        Golden(
            leaf: Leaf(type: .genesis, at: at, payload: digest),
            text: #"{"at":"2026-11-23T18:00:00Z","payload":"sha256:\#(hex)","#
                + #""type":"genesis","v":1}"#
        ),
        Golden(
            leaf: Leaf(type: .payloadErased, at: at, references: [reference]),
            text: #"{"at":"2026-11-23T18:00:00Z","refs":["\#(reference)"],"#
                + #""type":"payload.erased","v":1}"#
        ),
        Golden(
            leaf: Leaf(type: .epochClosed, at: at),
            text: #"{"at":"2026-11-23T18:00:00Z","type":"epoch.closed","v":1}"#
        ),
    ]

    private static func supply(_ published: LeafType, _ withdrawn: LeafType) -> [Golden] {
        [
            Golden(
                leaf: Leaf(
                    type: published,
                    at: at,
                    subject: "BC-101",
                    revision: 1,
                    payload: digest
                ),
                text: #"{"at":"2026-11-23T18:00:00Z","payload":"sha256:\#(hex)","revision":1,"#
                    + #""subject":"BC-101","type":"\#(published.rawValue)","v":1}"#
            ),
            Golden(
                leaf: Leaf(
                    type: withdrawn,
                    at: at,
                    subject: "BC-101",
                    revision: 3,
                    previous: 1201,
                    payload: digest,
                    references: [reference]
                ),
                text: #"{"at":"2026-11-23T18:00:00Z","payload":"sha256:\#(hex)","previous":1201,"#
                    + #""refs":["\#(reference)"],"revision":3,"subject":"BC-101","#
                    + #""type":"\#(withdrawn.rawValue)","v":1}"#
            ),
        ]
    }

    private static let agreements = [
        Golden(
            leaf: agreement(.agreementProposed, payload: digest, on: nil),
            text: #"{"at":"2026-11-23T18:00:00Z","digest":"sha256:\#(hex)","#
                + #""payload":"sha256:\#(hex)","revision":2,"subject":"\#(random)","#
                + #""type":"agreement.proposed","v":1,"with":"uni-b.example"}"#
        ),
        Golden(
            leaf: agreement(.agreementApproved, payload: nil, on: nil),
            text: #"{"at":"2026-11-23T18:00:00Z","digest":"sha256:\#(hex)","revision":2,"#
                + #""subject":"\#(random)","type":"agreement.approved","v":1,"#
                + #""with":"uni-b.example"}"#
        ),
        Golden(
            leaf: agreement(.agreementTerminated, payload: digest, on: "2027-01-31"),
            text: #"{"at":"2026-11-23T18:00:00Z","digest":"sha256:\#(hex)","on":"2027-01-31","#
                + #""payload":"sha256:\#(hex)","revision":2,"subject":"\#(random)","#
                + #""type":"agreement.terminated","v":1,"with":"uni-b.example"}"#
        ),
    ]

    static func agreement(
        _ type: LeafType,
        revision: Int = 2,
        payload: Digest?,
        on: String?
    ) -> Leaf {
        Leaf(
            type: type,
            at: at,
            subject: random,
            revision: revision,
            payload: payload,
            digest: digest,
            with: "uni-b.example",
            on: on
        )
    }

    private static let commitments = [
        Golden(
            leaf: Leaf(
                type: .decisionRecorded,
                at: at.startOfDay,
                subject: random,
                revision: 1,
                commitment: digest
            ),
            text: #"{"at":"2026-11-23T00:00:00Z","commitment":"\#(hex)","revision":1,"#
                + #""subject":"\#(random)","type":"decision.recorded","v":1}"#
        ),
        Golden(
            leaf: Leaf(
                type: .decisionSuperseded,
                at: at.startOfDay,
                subject: random,
                revision: 2,
                previous: 0,
                commitment: digest
            ),
            text: #"{"at":"2026-11-23T00:00:00Z","commitment":"\#(hex)","previous":0,"#
                + #""revision":2,"subject":"\#(random)","type":"decision.superseded","v":1}"#
        ),
        Golden(
            leaf: Leaf(
                type: .precedentPublished,
                at: at,
                subject: random,
                revision: 1,
                payload: digest
            ),
            text: #"{"at":"2026-11-23T18:00:00Z","payload":"sha256:\#(hex)","revision":1,"#
                + #""subject":"\#(random)","type":"precedent.published","v":1}"#
        ),
        Golden(
            leaf: Leaf(
                type: .issuanceAnchored,
                at: at,
                subject: random,
                revision: 1,
                commitment: digest
            ),
            text: #"{"at":"2026-11-23T18:00:00Z","commitment":"\#(hex)","revision":1,"#
                + #""subject":"\#(random)","type":"issuance.anchored","v":1}"#
        ),
    ]

    /// An item's leaf.
    static func item(
        _ subject: String = "BC-101",
        revision: Int = 1,
        previous: Int? = nil,
        type: LeafType = .itemPublished
    ) -> Leaf {
        Leaf(
            type: type,
            at: at,
            subject: subject,
            revision: revision,
            previous: previous,
            payload: digest
        )
    }

    /// The bytes of an item's leaf after a change to its members.
    static func changed(_ change: (inout JSONObject) -> Void) throws -> [UInt8] {
        let json = try JSON.read(item().bytes)
        var object = try #require(json.object)
        change(&object)
        return JSON.object(object).canonicalBytes
    }

    /// Why an entry is malformed; nil when it is not.
    static func malformation(_ bytes: [UInt8]) -> String? {
        if case .malformed(let reason) = LeafReading(bytes) { reason } else { nil }
    }
}
