package import Keys

/// Names a subject within a log: ids are unique within the first word of the leaf's type.
package struct SubjectKey: Hashable, Sendable {
    /// `item`, `rule`, `decision`, ...
    package let scope: String
    /// The id.
    package let subject: String

    /// By the id alone: few scopes share one.
    package func hash(into hasher: inout Hasher) { hasher.combine(subject) }

    /// A key from its parts.
    package init(scope: String, subject: String) {
        self.scope = scope
        self.subject = subject
    }
}

/// What a log says about a subject after its last accepted leaf.
package struct SubjectState: Sendable, Equatable {
    /// The subject's leaves so far.
    package let revision: Int
    /// Index of the last one, in the epoch in which it stands.
    package let index: Int
    /// Whether the last one stands in an earlier epoch than the log that is folded.
    package let isEarlier: Bool
    /// Whether the last one left it living (published rather than withdrawn).
    package let living: Bool
    /// The payload of the last one.
    package let payload: Digest?

    /// A state from its parts.
    package init(
        revision: Int,
        index: Int,
        living: Bool,
        payload: Digest?,
        isEarlier: Bool = false
    ) {
        self.isEarlier = isEarlier
        self.revision = revision
        self.index = index
        self.living = living
        self.payload = payload
    }

    /// What the subject's next leaf says as `previous`: nothing when the last one is in an earlier
    /// epoch (protocol section 1).
    package var previous: Int? { isEarlier ? nil : index }
}

/// What the fold makes of one entry.
package enum FoldVerdict: Sendable, Equatable {
    /// The leaf counts; for leaves with a subject, its key and new state.
    case accepted(Leaf, SubjectKey?, SubjectState?)
    /// Kept in the tree, skipped without blame.
    case unknownType(String)
    /// Kept in the tree, counts for nothing.
    case flagged(String)
}

/// The one rule by which every reader turns a log into state.
package enum Fold {
    /// Judges the entry at `index`, given the subject's state before it.
    package static func judge(
        _ entry: [UInt8],
        index: Int,
        current: (SubjectKey) throws -> SubjectState?
    ) rethrows -> FoldVerdict {
        switch LeafReading(entry) {
        case .unknownType(let type): return .unknownType(type)
        case .malformed(let reason): return .flagged(reason)
        case .leaf(let leaf): return try place(leaf, at: index, after: current)
        }
    }

    /// Judges a leaf that is read already, or about to be written: no author writes what readers
    /// flag.
    package static func judge(
        _ leaf: Leaf,
        index: Int,
        current: (SubjectKey) throws -> SubjectState?
    ) rethrows -> FoldVerdict {
        if let violation = leaf.violation { return .flagged(violation) }
        return try place(leaf, at: index, after: current)
    }

    /// Judges a leaf that is known to be well formed by what stands before it.
    package static func place(
        _ leaf: Leaf,
        at index: Int,
        after current: (SubjectKey) throws -> SubjectState?
    ) rethrows -> FoldVerdict {
        if leaf.type == .genesis, index != 0 { return .flagged("genesis is not first") }
        guard let subject = leaf.subject, let revision = leaf.revision else {
            return .accepted(leaf, nil, nil)
        }
        let key = SubjectKey(scope: leaf.type.scope, subject: subject)
        let before = try current(key)
        if leaf.type.countsRevisions {
            let expected = (before?.revision ?? 0) + 1
            guard revision == expected else {
                return .flagged("revision \(revision) where \(expected) was due")
            }
            guard leaf.previous == before?.previous else {
                return .flagged("previous does not name the subject's last leaf")
            }
        } else if leaf.type == .agreementProposed, revision <= before?.revision ?? 0 {
            return .flagged("a proposal's revision does not exceed the last one")
        }
        return .accepted(leaf, key, state(after: leaf, revision: revision, index, before))
    }

    /// An agreement's revision is its own: the highest that was named stands.
    private static func state(
        after leaf: Leaf, revision: Int, _ index: Int, _ before: SubjectState?
    ) -> SubjectState {
        SubjectState(
            revision: max(revision, before?.revision ?? 0),
            index: index,
            living: !leaf.type.ends,
            payload: leaf.payload
        )
    }
}

extension FoldVerdict {
    /// The verdict on an entry that the fold has accepted or skipped before, from its bytes alone.
    /// The revision in its state is the leaf's own; an agreement's may have been higher before.
    package init(accepted entry: [UInt8], index: Int) {
        switch LeafReading(entry) {
        case .unknownType(let type): self = .unknownType(type)
        case .malformed(let reason): self = .flagged(reason)
        case .leaf(let leaf):
            guard let subject = leaf.subject else {
                self = .accepted(leaf, nil, nil)
                return
            }
            self = .accepted(
                leaf, SubjectKey(scope: leaf.type.scope, subject: subject),
                SubjectState(
                    revision: leaf.revision ?? 0, index: index, living: !leaf.type.ends,
                    payload: leaf.payload))
        }
    }
}
