import Federation
import Keys
import NodeStore
import TransparencyLog

/// The author's side of C2SP tlog-mirror with one mirror.
struct MirrorClient: Sendable {
    let node: Node
    let log: LogStore
    let mirror: WitnessPolicy.Member
    let address: PeerAddress

    /// Payloads that are under way at once.
    private static let parallelism = 8
    /// Answers in a row that do not bring an upload forward, before it is given up.
    private static let maximumStalls = 3

    /// Whether the mirror holds a head, the newest when none is named, without any push.
    ///
    /// - Throws: what the network throws, and `NoteError` for a note that this log has not signed.
    func hasComeByItself(to head: VerifiedCheckpoint? = nil) async throws -> Bool {
        let path = "/mirror/\(Checkpoint.originHash(log.origin).hex)/checkpoint"
        let response = try await node.transport.send(
            PeerRequest("GET", path, of: address, maximumBytes: SignedNote.maximumBytes)
        )
        guard response.status == 200 else { return false }
        return try VerifiedCheckpoint(response.body, key: log.key).checkpoint.size
            >= head?.checkpoint.size ?? log.size
    }

    /// Whether the mirror has signed that it holds a head, and has taken all payloads before it.
    ///
    /// - Throws: what the database throws.
    func isDone(to head: VerifiedCheckpoint) throws -> Bool {
        guard let record = try record() else { return false }
        return min(record.size, record.payloads) >= head.checkpoint.size
    }

    private func record() throws -> PushRecord? {
        try node.database.pushes(of: log.origin).first { $0.mirror == mirror.domain }
    }

    /// Brings the mirror up to the newest confirmed head, and to the newest one.
    ///
    /// - Throws: what the network throws, `Problem` `unreachable` for answers that lead nowhere.
    func push() async throws {
        let record = try record()
        // The confirmed one first: who reads at the mirror shall see it confirmed.
        if let confirmed = try log.confirmed()?.checkpoint,
            confirmed.checkpoint.size > record?.size ?? 0,
            confirmed.checkpoint != log.head?.checkpoint
        {
            try await upload(confirmed)
        }
        guard let head = log.head else { return }
        try await push(to: head)
    }

    /// Brings the mirror up to a head and the payloads before it.
    ///
    /// - Throws: as `push()`.
    func push(to head: VerifiedCheckpoint) async throws {
        try await upload(head)
        try await sendPayloads(from: record()?.payloads ?? 0, to: head.checkpoint.size)
    }

    private func upload(_ head: VerifiedCheckpoint) async throws {
        try await addCheckpoint(head)
        var info = MirrorInfo(
            pendingSize: head.checkpoint.size,
            nextEntry: try record()?.size ?? 0
        )
        var stalls = 0
        while stalls < Self.maximumStalls {
            let start = min(info.nextEntry, head.checkpoint.size)
            let body = try entries(from: start, to: head.checkpoint.size)
            let response = try await node.transport.send(
                PeerRequest(
                    "POST",
                    Endpoint.addEntries.template,
                    of: address,
                    headers: [("content-type", "application/octet-stream")],
                    body: body,
                    maximumBytes: SignedNote.maximumBytes,
                    isBulk: true
                )
            )
            if response.status == 200 {
                try verify(response.body, over: head)
                return try note(size: head.checkpoint.size, payloads: 0)
            }
            guard [202, 409].contains(response.status), let news = MirrorInfo(response.body) else {
                throw refusal(response)
            }
            // It has been brought further by someone else: nothing is left to do.
            if response.status == 409, news.nextEntry > head.checkpoint.size { return }
            stalls = news.nextEntry > info.nextEntry ? 0 : stalls + 1
            info = news
        }
        throw Problem(.unreachable, "\(mirror.domain) does not come forward as a mirror")
    }

    /// The mirror is asked what it holds by itself: it answers 409 with its size.
    private func addCheckpoint(_ head: VerifiedCheckpoint) async throws {
        var old = 0
        for _ in 0..<3 {
            let request = AddCheckpoint(
                oldSize: old,
                proof: try log.consistencyProof(old: old, new: head.checkpoint.size),
                note: head.note
            )
            let response = try await node.transport.send(
                PeerRequest(
                    "POST",
                    Endpoint.addMirrorCheckpoint.template,
                    of: address,
                    body: request.bytes,
                    maximumBytes: SignedNote.maximumBytes
                )
            )
            if response.status == 200 { return }
            let text = String(decoding: response.body, as: UTF8.self).filter { !$0.isNewline }
            guard response.status == 409, let size = Int(text), size != old else {
                throw refusal(response)
            }
            // It is bound to a later head already: what this one says is behind it.
            guard size <= head.checkpoint.size else { return }
            old = size
        }
        throw Problem(.unreachable, "\(mirror.domain) does not take the checkpoint")
    }

    private func entries(from start: Int, to end: Int) throws -> [UInt8] {
        let header = AddEntriesHeader(origin: log.origin, start: start, end: end)
        var body = header.bytes
        for indices in header.packages.prefix(Limits.addEntriesPackages) {
            let entries = try log.entries(from: indices.lowerBound, to: indices.upperBound)
            let proof = try log.subtreeProof(EntryPackage.subtree(indices), size: end)
            body += EntryPackage(indices: indices, entries: entries, proof: proof).bytes
        }
        return body
    }

    private func verify(_ body: [UInt8], over head: VerifiedCheckpoint) throws {
        let lines = try body.split(separator: 0x0a).prefix(SignedNote.maximumSignatures).map {
            try NoteSignature(line: Array($0))
        }
        // On a note of its own: the head's may be full.
        let own = try SignedNote(
            text: head.note.text,
            signatures: Array(head.note.signatures.filter { $0.keyID == head.key.keyID }.prefix(1))
                + Array(lines.filter { $0.keyID == mirror.key.keyID }.prefix(1))
        )
        let found = try VerifiedCheckpoint(own, key: head.key).cosignatures(by: [mirror.key])
        guard !found.isEmpty else {
            throw Problem(.invalidCheckpoint, "\(mirror.domain) did not sign that it has stored")
        }
    }

    private func sendPayloads(from: Int, to end: Int) async throws {
        var from = from
        while from < end {
            let next = min(end, from + TileCoordinate.fullWidth)
            let payloads = try log.entries(from: from, to: next)
                .compactMap { entry -> Digest? in
                    guard case .leaf(let leaf) = LeafReading(entry) else { return nil }
                    return leaf.payload
                }
                .compactMap { digest in try log.payload(digest).map { (digest, $0) } }
            for start in stride(from: 0, to: payloads.count, by: Self.parallelism) {
                let part = payloads[start..<min(start + Self.parallelism, payloads.count)]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (digest, bytes) in part {
                        group.addTask { try await self.send(digest, bytes) }
                    }
                    try await group.waitForAll()
                }
            }
            from = next
            try note(size: 0, payloads: next)
        }
    }

    private func send(_ digest: Digest, _ bytes: [UInt8]) async throws {
        let response = try await node.transport.send(
            PeerRequest(
                "PUT",
                "/v1/blobs/sha256/\(digest.hex)",
                of: address,
                headers: [("content-type", "application/json")],
                body: bytes,
                maximumBytes: 4096,
                isSigned: true
            )
        )
        // 409: no leaf wants it any more.
        guard [200, 409].contains(response.status) else { throw refusal(response) }
    }

    private func note(size: Int, payloads: Int) throws {
        try node.database.pushed(
            PushRecord(
                mirror: mirror.domain,
                size: size,
                payloads: payloads,
                time: node.time.now()
            ),
            of: log.origin
        )
    }

    private func refusal(_ response: PeerResponse) -> Problem {
        Problem(.unreachable, "\(mirror.domain) answered \(response.status)", at: address.url)
    }
}
