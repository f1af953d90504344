package import Federation
import Keys
import NodeStore
import TransparencyLog

/// One add-entries request while its body arrives: every package is verified and stored as soon as
/// it is whole, so that an upload that breaks off goes on where it ended.
package struct MirrorUpload: Sendable {
    private let node: Node
    private var reader = AddEntriesReader()
    private var place: Place?
    private var saved = 0

    /// The copy, and the checkpoint to which the upload leads.
    private struct Place {
        let log: LogStore
        let target: VerifiedCheckpoint
    }

    init(node: Node) {
        self.node = node
    }

    /// The member whose log it is, once an entry package was verified against what its key signed;
    /// nil before.
    package var provenMember: String? {
        saved > 0 ? place.map { ViewFolder.domain(of: $0.log.origin) } : nil
    }

    /// Takes the next bytes of the body.
    ///
    /// - Returns: the answer when it is clear before the body's end; the rest need not be read.
    /// - Throws: `Problem` `too-large` or `malformed-request` when nothing was stored, and what the
    ///   store throws.
    package mutating func receive(_ bytes: some Sequence<UInt8>) async throws -> AddEntriesVerdict?
    {
        do {
            try reader.receive(bytes)
            if place == nil, let header = reader.header {
                if let verdict = try begin(header) { return verdict }
            }
            guard let place else { return nil }
            while let package = try reader.next() {
                if let verdict = try store(package, at: place) { return verdict }
            }
        } catch let problem as Problem {
            // What was stored counts, whatever follows it.
            guard saved > 0 else { throw problem }
            return try await finish()
        }
        return reader.isComplete || reader.isFull ? try await finish() : nil
    }

    /// The answer once the body has ended.
    ///
    /// - Throws: what the store throws.
    package func finish() async throws -> AddEntriesVerdict {
        guard let place else { return .malformed("the header is cut off") }
        guard reader.isComplete else {
            return saved > 0
                ? .accepted(try info(place)) : .malformed("no whole entry package arrived")
        }
        do {
            try place.log.commitPending(place.target)
        } catch let error as ProofError {
            return .inconsistent(error.description)
        } catch StoreError.headChanged { return .conflict(try info(place)) }
        guard let line = try node.cosignAsMirror(place.log),
            place.log.size == place.target.checkpoint.size
        else {
            return .conflict(try place.log.mirrorInfo())
        }
        // A head that is pushed is as new as one that is polled.
        node.freshness.fetched(place.log, at: node.time.now())
        try node.carryErasures(of: place.log)
        try await node.foldViews(of: place.log)
        try node.noteHead(of: place.log)
        return .stored(line)
    }

    private mutating func begin(_ header: AddEntriesHeader) throws -> AddEntriesVerdict? {
        guard let identity = node.registry.log(header.origin),
            identity.domain != node.identity.domain
        else { return .unknownOrigin(header.origin) }
        if let reason = node.refusal(of: identity, storing: header.end, at: node.time.now()) {
            return .forbidden(reason)
        }
        let log = try node.mirror(of: identity)
        guard header.end >= log.size, let target = try log.target(size: header.end) else {
            return .conflict(try log.mirrorInfo())
        }
        let place = Place(log: log, target: target)
        let info = try info(place)
        let width = Limits.addEntriesPackages * TileCoordinate.fullWidth
        guard header.start <= info.nextEntry, header.start >= info.nextEntry - width else {
            return .conflict(info)
        }
        self.place = place
        return nil
    }

    private mutating func store(
        _ package: EntryPackage,
        at place: Place
    ) throws -> AddEntriesVerdict? {
        let before = try place.log.leafHashes(
            from: package.subtree.lowerBound,
            to: package.indices.lowerBound
        )
        do {
            try package.verify(before: before, in: place.target.checkpoint)
        } catch {
            return .inconsistent("package \(package.indices): \(error.description)")
        }
        do {
            try place.log.pend(package)
        } catch StoreError.headChanged { return .conflict(try info(place)) }
        saved += 1
        return nil
    }

    private func info(_ place: Place) throws -> MirrorInfo {
        MirrorInfo(
            pendingSize: place.target.checkpoint.size,
            nextEntry: try place.log.mirrorInfo().nextEntry
        )
    }
}
