import Federation
import Keys
import TransparencyLog

/// What an honest author's log must be, kept beside the nodes: its tree, and its fold, entry by
/// entry.
struct Shadow {
    private struct Change {
        let index: Int
        let key: SubjectKey
        let state: SubjectState
    }

    private var leaves: [Digest] = []
    private var range = CompactRange()
    /// By size.
    private var roots = [MerkleTree.emptyRoot]
    private var states: [SubjectKey: SubjectState] = [:]
    /// In the order of the log.
    private var changes: [Change] = []

    var size: Int { leaves.count }

    /// The root at a size; nil beyond the end.
    func root(at size: Int) -> Digest? { size < roots.count ? roots[size] : nil }

    mutating func append(_ entry: [UInt8]) {
        let verdict = Fold.judge(entry, index: size) { states[$0] }
        if case .accepted(_, let key?, let state?) = verdict {
            states[key] = state
            changes.append(Change(index: size, key: key, state: state))
        }
        append(leaf: Digest.ofLeaf(entry))
    }

    private mutating func append(leaf: Digest) {
        leaves.append(leaf)
        range.append(leaf)
        roots.append(range.root)
    }

    /// What the entries [from, to) make of the subjects that they are about.
    func states(from: Int, to: Int) -> [SubjectKey: SubjectState] {
        var found: [SubjectKey: SubjectState] = [:]
        for change in changes.reversed() where change.index < to {
            guard change.index >= from else { break }
            if found[change.key] == nil { found[change.key] = change.state }
        }
        return found
    }

    /// Gives up what comes from `size` on.
    mutating func cut(to size: Int) {
        guard size < self.size else { return }
        let kept = leaves.prefix(size)
        (leaves, range, roots) = ([], CompactRange(), [MerkleTree.emptyRoot])
        for leaf in kept { append(leaf: leaf) }
        changes.removeAll { $0.index >= size }
        states = [:]
        for change in changes { states[change.key] = change.state }
    }
}
