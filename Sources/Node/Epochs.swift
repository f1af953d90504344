import CanonicalJSON
import Catalogue
import Federation
import Keys
import Logging
import MemberRegistry
import NodeStore
import TransparencyLog

extension Node {
    /// The epoch whose log this node writes: the newest one that the registry names or that has a
    /// log here; the first one before that.
    package var epoch: Int { logs.epoch }

    /// Signs the own log of an epoch; its key may have been made after the daemon's start. nil
    /// without a key.
    ///
    /// - Throws: `StoreError.exposedKey`, `.corrupt`, `.file`.
    func logSigner(epoch: Int) throws -> NoteSigner? {
        if let signer = identity.logSigner(epoch: epoch) { return signer }
        return try DataFolder.readKey(folder.logKey(epoch: epoch)).flatMap {
            NoteSigner(name: identity.origin(epoch: epoch), type: .ed25519, signer: $0)
        }
    }

    /// Opens the own logs of all epochs.
    ///
    /// - Throws: `StoreError`.
    func openOwnLogs() throws {
        let known = registry.logs(of: identity.domain)
        let onDisk = try folder.logEpochs()
        logs.turn(to: max(known.last?.epoch ?? 1, onDisk.last ?? 1))
        for epoch in onDisk {
            let registered = known.first { $0.epoch == epoch }?.key
            guard let key = registered ?? identity.logSigner(epoch: epoch)?.key else { continue }
            try logs.openOwn(epoch: epoch, key: key)
        }
    }

    /// Follows the registry when it has closed an epoch of this institution: nothing is appended to
    /// a closed log.
    func followEpochs() {
        guard let newest = registry.logs(of: identity.domain).last else { return }
        if newest.epoch > logs.epoch {
            logs.turn(to: newest.epoch)
            logger.notice(
                "a new epoch of the own log is open",
                metadata: ["epoch": "\(newest.epoch)", "next": "eccoe log init"])
            writer.retire(Self.closed(epoch: newest.epoch - 1, next: newest.epoch))
        } else if newest.closing != nil, newest.epoch == logs.epoch {
            writer.retire(Self.closed(epoch: newest.epoch, next: nil))
        }
    }

    /// Why a log is not written: its epoch is closed. nil while it is open.
    func closing(of log: LogStore) -> Problem? {
        guard let identity = registry.log(log.origin), identity.closing != nil else { return nil }
        let next = registry.logs(of: identity.domain).last?.epoch
        return Self.closed(
            epoch: identity.epoch, next: next.flatMap { $0 > identity.epoch ? $0 : nil })
    }

    private static func closed(epoch: Int, next: Int?) -> Problem {
        Problem(
            .readOnly, "the registry has closed epoch \(epoch) of this log",
            try: next.map { "begin epoch \($0): eccoe log init" }
                ?? "ask the registry's operator to open the next epoch: eccoe log close --help")
    }

    /// What the epochs before `log` say of each subject.
    ///
    /// - Throws: `Problem` `not-confirmed` while the epoch before it is not held up to its closing.
    func inheritance(of log: LogIdentity) throws -> [InheritedSubject] {
        guard log.epoch > 1 else { return [] }
        guard
            let before = registry.logs(of: log.domain).first(where: { $0.epoch == log.epoch - 1 }),
            let closing = before.closing, let store = logs.log(before.key.name),
            store.size >= Int(closing.size),
            try store.root(at: Int(closing.size)) == closing.root
        else {
            throw Problem(
                .notConfirmed,
                "epoch \(log.epoch - 1) of \(log.domain) is not held up to its closing",
                try: "the node fetches it first and comes back to this one")
        }
        return try store.subjects(at: Int(closing.size))
    }

    /// The copy of another institution's log, made when it is not there.
    ///
    /// - Throws: `Problem` `not-confirmed` as `inheritance`, and `StoreError`.
    func mirror(of log: LogIdentity) throws -> LogStore {
        try logs.mirror(key: log.key) { try inheritance(of: log) }
    }

    /// The own epoch before the one to write, and how it ended; nil in the first.
    var previousEpoch: (log: LogIdentity, closing: LogEpoch.Closing)? {
        let before = registry.logs(of: identity.domain).first { $0.epoch == epoch - 1 }
        return before.flatMap { log in log.closing.map { (log, $0) } }
    }

    /// Appends anew, with a reference to the old leaf, what the own log of the epoch before says
    /// beyond its closing: those leaves have left every fold (protocol section 1, "Epochs").
    /// Repeated, it changes nothing: a leaf's request id follows from the leaf.
    func carryOver() async throws {
        guard let own = logs.own, let (before, closing) = previousEpoch,
            let store = logs.own(epoch: before.epoch), store.size > Int(closing.size)
        else { return }
        var carried = 0
        let entries = try store.entries(from: Int(closing.size), to: store.size)
        let verdicts = try store.verdicts(from: Int(closing.size), to: store.size)
        for (offset, (entry, verdict)) in zip(entries, verdicts).enumerated() {
            guard case .accepted(let leaf, let key, _) = verdict,
                key != nil || leaf.type == .payloadErased
            else { continue }
            // What was erased is not said again.
            if let payload = leaf.payload, try store.isErased(payload) { continue }
            let index = Int(closing.size) + offset
            let reference = Self.reference(store, index, entry)
            if let key, try own.refers(to: reference, in: key) { continue }
            let request = AppendRequest(
                id: Self.requestID(carrying: entry),
                drafts: [try store.draft(of: leaf, reference: reference)], isResumed: true)
            do {
                _ = try await writer.append(request)
                carried += 1
            } catch let problem as Problem where problem.slug == .notFound {
                // A withdrawal of what the closing has taken out already.
            }
        }
        if carried > 0 {
            try carryErasures(of: own)
            try await foldViews(of: own)
            logger.notice("leaves beyond the closing stand anew", metadata: ["count": "\(carried)"])
        }
    }

    private static func reference(_ log: LogStore, _ index: Int, _ entry: [UInt8]) -> String {
        "\(log.origin)#\(index)@\(Digest.ofLeaf(entry).hex)"
    }

    private static func requestID(carrying entry: [UInt8]) -> RequestID {
        let digest = Digest(of: Array("eccoe-carry-over/1\u{0}".utf8) + entry)
        return RequestID(milliseconds: 0, random: Array(digest.bytes.prefix(10)))
    }

    /// Where a decision's leaf stands: in the newest epoch that has one; nil before it is appended.
    func leaf(ofDecision subject: String) throws -> (log: LogStore, index: Int)? {
        try ownLeaf(of: SubjectKey(scope: "decision", subject: subject))
    }

    /// The same of any subject.
    func ownLeaf(of key: SubjectKey) throws -> (log: LogStore, index: Int)? {
        for log in logs.ownEpochs.reversed() {
            if let state = try log.subject(key), !state.isEarlier { return (log, state.index) }
        }
        return nil
    }

    /// Brings the views up to the logs of a log's member.
    ///
    /// - Throws: what the stores throw.
    func foldViews(of log: LogStore) async throws {
        try await viewFolder.catchUp(spans(withLog: log))
    }

    /// The same at start, after a crash.
    ///
    /// - Throws: what the stores throw.
    func recoverViews(of log: LogStore) async throws {
        try await viewFolder.recover(spans(withLog: log))
    }

    /// The epochs of a log's member that are held, in order; without a registry the log alone.
    private func spans(withLog log: LogStore) -> [EpochSpan] {
        let known = registry.logs(of: ViewFolder.domain(of: log.origin))
        guard known.contains(where: { $0.key.name == log.origin }) else {
            return [EpochSpan(log: log, end: log.size, isClosed: false)]
        }
        var spans: [EpochSpan] = []
        for identity in known {
            guard let store = logs.log(identity.key.name) else { break }
            let end = identity.closing.map { Int($0.size) } ?? store.size
            spans.append(EpochSpan(log: store, end: end, isClosed: identity.closing != nil))
        }
        return spans
    }
}

extension LogStore {
    /// Whether a subject's last leaf has this reference: healing brings leaves without the answers
    /// to their requests.
    fileprivate func refers(to reference: String, in key: SubjectKey) throws -> Bool {
        guard let state = try subject(key), !state.isEarlier, let entry = try entry(state.index),
            case .leaf(let leaf) = LeafReading(entry)
        else { return false }
        return leaf.references.contains(reference)
    }

    /// The draft that says again what a leaf of this log says.
    fileprivate func draft(of leaf: Leaf, reference: String) throws -> Draft {
        let bytes = try leaf.payload.flatMap { try payload($0) }
        let item = bytes.flatMap { try? ItemPayload(bytes: $0).item }
        return Draft(
            type: leaf.type, subject: leaf.subject, payload: bytes,
            content: item?.contentDigest,
            references: leaf.type == .payloadErased ? leaf.references : [reference],
            commitment: leaf.commitment)
    }
}
