package import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore
import TransparencyLog

/// Creating, showing and proving the logs of a node, apart from HTTP.
package struct LogDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Creates the own log, once, and writes its first leaf. Never done by itself.
    ///
    /// - Throws: `Problem` `not-a-member` until the registry names this log's key, `log-exists`.
    ///
    /// - Parameter isUnseen: the operator vouches that this key has never had a log, though too few
    ///   nodes can be asked.
    package func create(isUnseen: Bool = false) async throws -> JSON {
        let epoch = node.epoch
        guard let signer = try node.logSigner(epoch: epoch) else {
            throw Problem(
                .keyUnusable,
                "this node has no key for epoch \(epoch) of its log",
                at: node.folder.logKey(epoch: epoch),
                try: "restore the key file, or ask the registry to open the next epoch"
            )
        }
        guard let identity = node.registry.log(signer.key.name), identity.key == signer.key else {
            throw Problem(
                .notAMember,
                "the member key registry does not name this key for \(signer.key.name)",
                try: "wait until the registry's operator has admitted you: eccoe join, then "
                    + "eccoe status"
            )
        }
        guard node.logs.own == nil else {
            throw Problem(
                .logExists, "the log is there already", at: node.folder.log(epoch: epoch))
        }
        let anchor = node.anchor(epoch: epoch)
        if let known = try anchor.read(), known.size > 0 {
            throw Problem(
                .logExists,
                "the anchor remembers \(known.origin) with \(known.size) leaves: a key restored "
                    + "without its log is refused",
                at: node.settings.anchorFolder,
                try: "restore the log from a backup, or ask the registry to close the epoch"
            )
        }
        try await refuseKnown(signer.key, isUnseen: isUnseen)
        do {
            let log = try node.logs.createOwn(
                epoch: epoch, key: signer.key, inheriting: node.inheritance(of: identity))
            try anchor.write(.init(origin: log.origin, size: 0, root: MerkleTree.emptyRoot))
            node.writer.open(log, node: node, signer: signer)
        } catch StoreError.exists(let path) {
            throw Problem(.logExists, "the log is there already", at: path)
        }
        _ = try await writeGenesis()
        try await node.carryOver()
        let size = node.logs.own?.size ?? 0
        return [
            "origin": .string(signer.key.name), "vkey": .string(signer.key.text),
            "size": .number(JSONNumber(Int64(size))),
        ]
    }

    /// A key that was restored without its log must not begin a second history, though the anchor
    /// is lost, too.
    private func refuseKnown(_ key: VerifierKey, isUnseen: Bool) async throws {
        guard node.logs.own == nil else { return }
        let now = node.time.now()
        let panel = node.registry.panel(of: key.name, at: now)
        // The same rule that holds for a log that is there: it never had a cosignature, and there is
        // no anchor to go by.
        var gate = RecoveryGate(wasCosigned: false, anchor: .missing, at: now)
        _ = gate.tick(panel: panel, at: now)
        for (domain, role, answer) in await answers(of: panel.domains, key) {
            switch answer {
            case .head(let head) where head.checkpoint.size > 0:
                throw Problem(
                    .logExists,
                    "other nodes hold \(head.checkpoint.size) leaves of \(key.name): a key "
                        + "restored without its log is refused",
                    try: "restore the log from a backup, or ask the registry to close the epoch")
            case .head, .unknown: _ = gate.received(.unknown, from: domain, as: role, at: now)
            case .none(let why): _ = gate.received(.none(why), from: domain, as: role, at: now)
            }
        }
        guard isUnseen || gate.isOpen else {
            throw Problem(
                .unreachable,
                "too few nodes say that they do not know \(key.name): \(gate.reason ?? "")",
                try: "try again when they are up; if this key has never had a log: "
                    + "eccoe log init --unseen")
        }
    }

    private func answers(
        of domains: Set<String>, _ key: VerifierKey
    ) async -> [(String, RecoveryGate.Role, OwnHeadQuestions.Answer)] {
        let questions = OwnHeadQuestions(node: node, key: key)
        return await withTaskGroup(
            of: (String, RecoveryGate.Role, OwnHeadQuestions.Answer).self
        ) { group in
            for domain in domains {
                for role in RecoveryGate.Role.allCases {
                    group.addTask { (domain, role, await questions.ask(domain, as: role)) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Writes the first leaf of a log that was created and has none yet: a crash may have come
    /// between.
    ///
    /// - Returns: the log's size.
    func writeGenesis() async throws -> Int {
        var payload = JSONObject()
        payload["v"] = 1
        payload["kind"] = "genesis"
        payload["domain"] = .string(node.identity.domain)
        payload["software"] = .string("\(Software.name)/\(Software.version)")
        payload["salt"] = .string(Base64URL.encode(node.random.bytes(32)))
        payload["previous"] = node.previousEpoch.map { log, closing in
            [
                "origin": .string(log.key.name), "size": .number(JSONNumber(closing.size)),
                "root": .string(closing.root.hex),
            ]
        }
        let id = RequestID(milliseconds: node.time.milliseconds(), random: node.random.bytes(10))
        let draft = Draft(type: .genesis, payload: JSON.object(payload).canonicalBytes)
        let done = try await node.writer.append(AppendRequest(id: id, drafts: [draft]))
        return done.head.checkpoint.size
    }

    /// A log's head: newest and confirmed.
    ///
    /// - Parameter origin: the own log when nil.
    /// - Throws: `Problem` `no-log` or `unknown-origin`.
    package func show(_ origin: String?) throws -> JSON {
        let log = try find(origin)
        let policy = node.registry.witnesses(of: log.origin, at: node.time.now())
        var answer = JSONObject()
        answer["origin"] = .string(log.origin)
        answer["vkey"] = .string(log.key.text)
        answer["size"] = .number(JSONNumber(Int64(log.size)))
        if let head = log.head {
            answer["root"] = .string(head.checkpoint.root.hex)
            answer["note"] = .string(String(decoding: head.note.bytes, as: UTF8.self))
            let count = try head.cosignatures(by: policy.witnesses).count
            answer["cosignatures"] = .number(JSONNumber(Int64(count)))
            answer["confirmation"] = .string(policy.standing(cosignatures: count).text)
        }
        if node.isQuarantined(log.origin) { answer["quarantined"] = true }
        answer["quorum"] = .number(JSONNumber(Int64(policy.quorum)))
        answer["witnesses"] = .array(policy.witnesses.map { .string($0.text) })
        if let confirmed = try log.confirmed() {
            answer["confirmed"] = [
                "size": .number(JSONNumber(Int64(confirmed.checkpoint.checkpoint.size))),
                "time": .string(confirmed.time.text),
                "note": .string(
                    String(decoding: confirmed.checkpoint.note.bytes, as: UTF8.self)
                ),
            ]
        }
        return .object(answer)
    }

    /// The proof that a leaf stands in a log, as a C2SP tlog-proof.
    ///
    /// - Throws: `Problem` `not-found` beyond the end of the log.
    package func prove(_ origin: String?, index: Int) throws -> JSON {
        let log = try find(origin)
        guard
            let evidence = try LeafEvidence.gather(
                index: index, in: log, registry: node.registry, at: node.time.now()),
            case .object(var answer) = evidence.json
        else {
            throw Problem(
                .notFound,
                "\(log.origin) has \(log.size) leaves, none at index \(index)"
            )
        }
        if node.isQuarantined(log.origin) { answer["quarantined"] = true }
        answer["origin"] = .string(log.origin)
        answer["vkey"] = .string(log.key.text)
        answer["leaf"] = .string(String(decoding: evidence.leaf, as: UTF8.self))
        answer["proof"] = .string(String(decoding: evidence.proof.bytes, as: UTF8.self))
        return .object(answer)
    }

    /// The own log, or the one of this origin.
    ///
    /// - Throws: `Problem` `no-log` or `unknown-origin`.
    func find(_ origin: String?) throws -> LogStore {
        guard let origin else {
            guard let own = node.logs.own else {
                throw Problem(
                    .noLog,
                    "this institution has no log yet",
                    try: "create it: eccoe log init"
                )
            }
            return own
        }
        guard let log = node.logs.log(origin) else {
            throw Problem(
                .unknownOrigin,
                "this node holds nothing of \(origin)",
                try: "eccoe status lists the logs that it follows"
            )
        }
        return log
    }
}
