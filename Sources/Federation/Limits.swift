/// The protocol's bounds (protocol section 8). Checkpoints, notes and leaves carry their own.
package enum Limits {
    /// Bytes of a payload.
    package static let payloadBytes = 256 << 10
    /// Bytes of a page of the heads feed.
    package static let headsPageBytes = 64 << 10
    /// Rows of a page of the heads feed.
    package static let headsPageRows = 500
    /// Bytes of an announcement.
    package static let announcementBytes = 256 << 10
    /// Checkpoints of an announcement.
    package static let announcementCheckpoints = 64
    /// Bytes of evidence: two notes and a proof.
    package static let evidenceBytes = 160 << 10
    /// Bytes of a question after one's own reachability, and of its answer.
    package static let reachabilityBytes = 4 << 10
    /// Bytes of a node's manifest.
    package static let manifestBytes = 16 << 10
    /// Bytes of an add-checkpoint request.
    package static let addCheckpointBytes = 80 << 10
    /// Bytes of an add-entries request.
    package static let addEntriesBytes = 17 << 20
    /// Entry packages of an add-entries request.
    package static let addEntriesPackages = 32
    /// Bytes of a log's origin.
    package static let originBytes = 512
    /// Bytes of a ticket, which this mirror neither makes nor reads.
    package static let ticketBytes = 1024
    /// Pending checkpoints that a mirror keeps of a log, so that an upload under way may end.
    package static let pendingCheckpoints = 16
    /// Bytes of a credential that is looked up.
    package static let lookupBytes = 1 << 20
    /// Bytes of the words of a search.
    package static let searchBytes = 2048
    /// Bytes of a form that a harvester posts.
    package static let harvestFormBytes = 8 << 10
    /// Whole catalogues that are written at a time; beyond it 503 with Retry-After.
    package static let catalogueFiles = 4
    /// Changes of a page of the feed, and records of an answer to a harvester.
    package static let changesPage = 100
    /// Bytes of an answer below which compressing it is not worth the while.
    package static let compressedFromBytes = 1 << 10
    /// Bytes of a head of a request, its first line aside.
    package static let headBytes = 16 << 10
    /// Bytes of one field of a head, or of its first line.
    package static let headFieldBytes = 8 << 10
    /// Fields of a head.
    package static let headFields = 100
    /// Bytes of a full entry bundle.
    package static let bundleBytes = 512 << 10
    /// Hashes of a batch request for payloads.
    package static let batchHashes = 256
    /// Leaves of one commit.
    package static let batchLeaves = 4096
    /// Bytes of leaves and payloads of one commit, beyond the first leaf.
    package static let batchBytes = 4 << 20
    /// Drafts that may wait for the next commit; beyond it 503 with Retry-After.
    package static let poolDrafts = 8192
    /// Bytes of a control request over the local socket.
    package static let controlBytes = 32 << 20
    /// Items of one publish request over the local socket.
    package static let publishItems = 256
    /// Bytes of any registry file.
    package static let registryFileBytes = 16 << 20
    /// Bytes of a registry request.
    package static let registryRequestBytes = 256 << 10
}
