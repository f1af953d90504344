package import Keys

/// What a caller asks to be appended; the sequencer adds time, revision and previous.
package struct Draft: Sendable, Equatable {
    /// What the leaf will say.
    package var type: LeafType
    /// The id that it is about.
    package var subject: String?
    /// The payload's exact bytes.
    package var payload: [UInt8]?
    /// SHA-256 of what counts as the content (an item without its salt): the same content as the
    /// living one is not appended again.
    package var content: Digest?
    /// References of the leaf.
    package var references: [String]
    /// Of decisions.
    package var commitment: Digest?

    /// A draft from its parts.
    package init(
        type: LeafType,
        subject: String? = nil,
        payload: [UInt8]? = nil,
        content: Digest? = nil,
        references: [String] = [],
        commitment: Digest? = nil
    ) {
        self.type = type
        self.subject = subject
        self.payload = payload
        self.content = content
        self.references = references
        self.commitment = commitment
    }

    /// What its leaf says of the time when it is written at `time`.
    package func leafTime(at time: Instant) -> Instant {
        type.scope == "decision" ? time.startOfDay : time
    }

    /// The leaf at `time`, after the subject's state so far.
    package func leaf(at time: Instant, after state: SubjectState?) -> Leaf {
        Leaf(
            type: type,
            at: leafTime(at: time),
            subject: subject,
            revision: type.hasSubject ? (state?.revision ?? 0) + 1 : nil,
            previous: type.countsRevisions ? state?.previous : nil,
            payload: payload.map { Digest(of: $0) },
            references: references,
            commitment: commitment
        )
    }
}

/// What became of a draft.
package struct Appended: Sendable, Equatable {
    /// How the log changed.
    package enum Outcome: String, Sendable {
        case published
        case revised
        case withdrawn
        case unchanged
        case recorded
    }

    /// What happened.
    package let outcome: Outcome
    /// Index of the leaf that now speaks for the subject.
    package let index: Int
    /// The subject's revision; 0 for leaves without a subject.
    package let revision: Int

    /// A result from its parts.
    package init(outcome: Outcome, index: Int, revision: Int) {
        self.outcome = outcome
        self.index = index
        self.revision = revision
    }
}

/// A request that may be repeated without being carried out twice.
package struct RequestID: Hashable, Sendable {
    /// 16 bytes of a UUID version 7 (RFC 9562): time-ordered.
    package let bytes: [UInt8]

    /// A new id at `milliseconds` since 1970 from 10 random bytes.
    package init(milliseconds: Int64, random: [UInt8]) {
        let time = UInt64(bitPattern: milliseconds)
        var bytes = (0..<6).map { UInt8(truncatingIfNeeded: time >> UInt64(40 - 8 * $0)) }
        bytes += random.prefix(10)
        bytes += Array(repeating: 0, count: 16 - bytes.count)
        bytes[6] = bytes[6] & 0x0f | 0x70
        bytes[8] = bytes[8] & 0x3f | 0x80
        self.bytes = bytes
    }

    /// Reads the canonical text of a UUID version 7; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12],
            let bytes = Hex.decode(parts.joined()), bytes[6] >> 4 == 7,
            bytes[8] >> 6 == 2
        else { return nil }
        self.bytes = bytes
    }

    /// When the id was drawn: milliseconds since 1970.
    package var milliseconds: Int64 {
        bytes.prefix(6).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// The canonical text.
    package var text: String {
        let hex = Array(Hex.encode(bytes).utf8)
        let cuts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return cuts.map { String(decoding: hex[$0], as: UTF8.self) }.joined(separator: "-")
    }
}

extension RequestID: Comparable {
    /// The order of the bytes: that of the times, down to the millisecond.
    package static func < (left: RequestID, right: RequestID) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension RequestID {
    /// An id as it was stored; nil unless 16 bytes.
    package init?(uuidBytes: [UInt8]) {
        guard uuidBytes.count == 16 else { return nil }
        bytes = uuidBytes
    }
}
