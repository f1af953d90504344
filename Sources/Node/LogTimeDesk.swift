package import CanonicalJSON
import Federation
import Keys
import NodeStore
import Recognition
import TransparencyLog

/// When a leaf was confirmed, apart from HTTP.
package struct LogTimeDesk: Sendable {
    /// Members that are asked when the author does not answer.
    private static let others = 2
    /// Seconds between two checkpoints of an author's archive: nobody has a better answer than one
    /// that is as exact.
    private static let archiveStep = ArchiveInterval.hour.rawValue

    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// The leaf's time with the checkpoint, cosignatures and quorum that it rests on. "Unconfirmed"
    /// is an answer too.
    ///
    /// A copy that began later than the leaf, or keeps only each day's checkpoint, may know a later
    /// time than there is: then the author's archive is asked, or else two other members'.
    ///
    /// - Throws: `Problem` `unknown-origin`, or `not-found` beyond the end of the log.
    package func time(of origin: String, index: Int) async throws -> JSON {
        let log = try LogDesk(node: node).find(origin)
        guard index < log.size else {
            throw Problem(
                .notFound, "\(log.origin) has \(log.size) leaves, none at index \(index)",
                try: "eccoe log show --origin \(log.origin) tells its size")
        }
        var asked: [JSON] = []
        if try !isExact(index, in: log) { asked = await fetchOlder(index, of: log) }
        let found = try LeafTime.find(index: index, in: log, registry: node.registry)
        return try answer(found, index: index, log: log, asked: asked)
    }

    /// Whether nobody can know a time that is much earlier: the leaf came after a checkpoint that
    /// was confirmed within the hour before.
    private func isExact(_ index: Int, in log: LogStore) throws -> Bool {
        if ViewFolder.domain(of: log.origin) == node.identity.domain { return true }
        guard let found = try log.confirmed(covering: index),
            let before = try log.confirmed(before: index)
        else { return false }
        return found.time - before.time <= Self.archiveStep
    }

    /// Asks the author, then others if need be, for an older confirmed checkpoint that covers the
    /// leaf.
    ///
    /// - Returns: whom was asked, and what came of it.
    private func fetchOlder(_ index: Int, of log: LogStore) async -> [JSON] {
        guard let identity = node.registry.log(log.origin) else { return [] }
        var asked: [JSON] = []
        func ask(_ domain: String) async -> Bool {
            var outcome: String
            do {
                outcome = try await fetchOlder(index, of: log, as: identity, from: domain)
            } catch {
                outcome = (error as? Problem)?.detail ?? "\(error)"
            }
            asked.append(["domain": .string(domain), "outcome": .string(outcome)])
            return outcome == Self.answered
        }
        if await ask(identity.domain) { return asked }
        let members = node.registry.otherNodes.map(\.domain).filter { $0 != identity.domain }
        for domain in members.prefix(Self.others) { _ = await ask(domain) }
        return asked
    }

    private static let answered = "answered"

    private func fetchOlder(
        _ index: Int, of log: LogStore, as identity: LogIdentity, from domain: String
    ) async throws -> String {
        guard let address = node.registry.address(of: domain) else {
            throw Problem(.notAMember, "\(domain) has no node in the registry")
        }
        let source = LogSource(of: identity, at: address, by: node.transport)
        guard
            let note = try await source.get(
                "/checkpoint/\(index + 1)", limit: SignedNote.maximumBytes)
        else { return "has no confirmed checkpoint that covers the leaf" }
        let checkpoint = try node.known(VerifiedCheckpoint(note, key: log.key))
        let head = checkpoint.checkpoint
        guard head.size > index, head.size <= log.size else {
            return "answered with a checkpoint of \(head.size) leaves, which is of no use"
        }
        let isQuarantined = try EvidenceDesk(node: node).examine(checkpoint)
        guard try log.root(at: head.size) == head.root else {
            throw Problem(
                .conflict,
                "\(log.origin) has signed two trees"
                    + (isQuarantined ? ", and is quarantined" : ""))
        }
        guard let confirmation = try node.registry.confirmation(of: checkpoint) else {
            return "answered with a checkpoint that is not confirmed"
        }
        try log.confirm(checkpoint, at: confirmation.time, keepingLastOf: nil)
        return Self.answered
    }

    private func answer(
        _ found: LeafTime?, index: Int, log: LogStore, asked: [JSON]
    ) throws -> JSON {
        var answer = JSONObject()
        answer["origin"] = .string(log.origin)
        answer["index"] = .number(JSONNumber(Int64(index)))
        answer["confirmed"] = .bool(found != nil)
        answer["asked"] = .array(asked)
        guard let found else {
            let policy = node.registry.witnesses(of: log.origin, at: node.time.now())
            answer["quorum"] = .number(JSONNumber(Int64(policy.quorum)))
            answer["witnesses"] = .number(JSONNumber(Int64(policy.members.count)))
            answer["reason"] = .string(
                policy.quorum == 0
                    ? "the log has no witnesses, and nothing confirms it"
                    : "no checkpoint that covers the leaf has its quorum of cosignatures here")
            return .object(answer)
        }
        let confirmation = found.confirmation
        answer["time"] = .string(confirmation.time.text)
        answer["size"] = .number(JSONNumber(Int64(found.checkpoint.checkpoint.size)))
        answer["root"] = .string(found.checkpoint.checkpoint.root.hex)
        answer["note"] = .string(String(decoding: found.checkpoint.note.bytes, as: UTF8.self))
        answer["cosignatures"] = .array(
            confirmation.votes.map {
                ["witness": .string($0.domain), "time": .string($0.time.text)]
            })
        answer["quorum"] = .number(JSONNumber(Int64(confirmation.required)))
        answer["witnesses"] = .number(JSONNumber(Int64(confirmation.witnessCount)))
        answer["witnessesAsOf"] = .string(confirmation.moment.text)
        return .object(answer)
    }
}
