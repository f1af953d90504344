package import Federation
import Logging
import NodeStore
import ServiceLifecycle
import Synchronization
package import TransparencyLog

/// Tells mirrors and up to 64 counterparties of the own log's new heads, 2 s after the first.
package final class Announcer: Service, Sendable {
    /// Members that are told.
    package static let counterparties = 64

    private let node: Node
    private let clock: any Clock<Duration>
    private let newest = Mutex<VerifiedCheckpoint?>(nil)
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// An announcer of this node.
    package init(node: Node, clock: any Clock<Duration>) {
        self.node = node
        self.clock = clock
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// There is a confirmed head to tell of.
    package func announce(_ checkpoint: VerifiedCheckpoint) {
        newest.withLock { $0 = checkpoint }
        wake.yield()
    }

    package func run() async throws {
        await untilShutdown {
            for await _ in self.wakes {
                try? await self.clock.sleep(for: .seconds(2))
                guard let checkpoint = self.newest.withLock({ $0.take() }) else { continue }
                await self.tell(checkpoint)
            }
        }
    }

    private func tell(_ checkpoint: VerifiedCheckpoint) async {
        var generator = node.random.generator()
        let origin = checkpoint.checkpoint.origin
        let mirrors = Set(node.registry.mirrorDomains(of: origin, at: node.time.now()))
        let others = node.registry.otherNodes
        let assigned = others.filter { mirrors.contains($0.domain) }
        let rest = others.filter { !mirrors.contains($0.domain) }.shuffled(using: &generator)
        _ = await HeadDelivery(node: node).tell(
            checkpoint, to: assigned + rest.prefix(Self.counterparties))
    }
}

/// The receiving side of announcements and registry requests, apart from HTTP.
package struct AnnouncementDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Takes an announcement: each note must be signed by a log that the registry vouches for. It is
    /// judged whole before it has any effect.
    ///
    /// - Throws: `Problem` `unknown-origin` or `invalid-checkpoint`; nothing is stored then.
    package func receive(_ announcement: Announcement) throws {
        var heads: [AnnouncedHead] = []
        var unknown: Problem?
        for (index, note) in announcement.checkpoints.enumerated() {
            let pointer = "/checkpoints/\(index)"
            guard let origin = try? Checkpoint(text: note.text).origin else {
                throw Problem(.invalidCheckpoint, "the note is no checkpoint", at: pointer)
            }
            guard let log = node.registry.log(origin) else {
                unknown = unknown ?? Self.unknown(origin, at: pointer)
                continue
            }
            do {
                let head = try VerifiedCheckpoint(note, key: log.key)
                let policy = node.registry.witnesses(of: origin, at: node.time.now())
                let count = try head.cosignatures(by: policy.witnesses).count
                heads.append((head, count))
            } catch { throw Problem(.invalidCheckpoint, error.description, at: pointer) }
        }
        if let unknown {
            node.gossip.handle { $0.announcedUnknown(at: node.time.now()) }
            throw unknown
        }
        for (index, head) in heads.enumerated() {
            try take(head, beside: heads[..<index])
        }
    }

    private static func unknown(_ origin: String, at pointer: String) -> Problem {
        Problem(
            .unknownOrigin,
            "the registry that this node holds has no log \(origin)",
            at: pointer,
            try: "if it was admitted just now, send it again in a minute"
        )
    }

    private func take(_ announced: AnnouncedHead, beside others: ArraySlice<AnnouncedHead>) throws {
        let (head, count) = announced
        let checkpoint = head.checkpoint
        let desk = EvidenceDesk(node: node)
        let other = others.map(\.head).first {
            $0.key == head.key && $0.checkpoint.size == checkpoint.size
                && $0.checkpoint.root != checkpoint.root
        }
        if let other {
            let fork = try ProvenFork(ForkEvidence(other.note, head.note), key: head.key)
            _ = try desk.record(fork, reporter: nil)
        }
        let author = ViewFolder.domain(of: checkpoint.origin)
        node.gossip.handle { $0.contacted(by: author, at: node.time.now()) }
        guard try !desk.examine(head) else { return }
        try renew(head)
        node.gossip.handle {
            $0.announced(
                origin: checkpoint.origin,
                size: checkpoint.size,
                root: checkpoint.root,
                cosignatures: count
            )
        }
    }

    private typealias AnnouncedHead = (head: VerifiedCheckpoint, cosignatures: Int)

    /// The head that is held, cosigned anew, is no news to gossip, but the later cosignatures are
    /// kept.
    private func renew(_ announced: VerifiedCheckpoint) throws {
        guard let log = node.logs.log(announced.checkpoint.origin), let head = log.head,
            log.origin != node.logs.own?.origin, head.checkpoint == announced.checkpoint,
            let trimmed = try? node.known(announced)
        else { return }
        let renewed = try head.adding(trimmed.note.signatures)
        guard renewed != head else { return }
        try? log.update(note: renewed)
        try node.noteHead(of: log)
    }
}
