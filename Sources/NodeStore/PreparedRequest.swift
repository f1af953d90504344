import Federation
package import Keys

/// A request with all that can be done before its turn: the one writer would be kept by it, whoever asks
/// is not.
package struct PreparedRequest: Sendable {
    /// The request.
    package let request: AppendRequest
    /// Bytes of its leaves and payloads.
    package let size: Int
    /// Tells the same request from another one under the same id: over types, subjects and
    /// contents, not over salts, which are drawn anew at every attempt.
    let body: Digest
    let leaves: [PreparedLeaf]

    /// Prepares a request that will be carried out at about `time`.
    package init(_ request: AppendRequest, at time: Instant) {
        self.request = request
        leaves = request.drafts.map { PreparedLeaf($0, at: time) }
        size = leaves.reduce(0) { $0 + $1.bytes.count + ($1.draft.payload?.count ?? 0) }
        var body = RequestBody(drafts: leaves.count)
        for prepared in leaves {
            let leaf = prepared.leaf
            body.add(
                leaf.type, leaf.subject, prepared.draft.content ?? leaf.payload ?? leaf.commitment,
                leaf.references)
        }
        self.body = body.digest
    }
}

/// The leaf of a draft as it is if no leaf of its subject stands before it, written and hashed.
struct PreparedLeaf: Sendable {
    let draft: Draft
    let key: SubjectKey?
    let leaf: Leaf
    let bytes: [UInt8]
    let hash: Digest
    /// The first rule that it breaks.
    let violation: String?

    init(_ draft: Draft, at time: Instant) {
        self.draft = draft
        key = draft.subject.map { SubjectKey(scope: draft.type.scope, subject: $0) }
        leaf = draft.leaf(at: time, after: nil)
        bytes = leaf.bytes
        hash = Digest.ofLeaf(bytes)
        violation = leaf.violation
    }
}

/// What a request's id is bound to.
struct RequestBody {
    private var bytes: [UInt8] = []

    init(drafts: Int) { bytes.reserveCapacity(512 * drafts) }

    mutating func add(
        _ type: LeafType, _ subject: String?, _ content: Digest?, _ references: [String]
    ) {
        bytes.append(contentsOf: type.rawValue.utf8)
        bytes.append(0)
        bytes.append(contentsOf: (subject ?? "").utf8)
        bytes.append(0)
        content?.append(to: &bytes)
        for (number, reference) in references.enumerated() {
            if number > 0 { bytes.append(UInt8(ascii: " ")) }
            bytes.append(contentsOf: reference.utf8)
        }
        bytes.append(0)
    }

    var digest: Digest { Digest(of: bytes) }
}
