package import CanonicalJSON
package import Federation
import Keys
import MemberRegistry
import Synchronization

/// Whether members can connect to each other, as one sees the other.
package struct ReachabilityDesk: Sendable {
    /// How long the address of a member is tried.
    static let deadline = Duration.seconds(10)
    /// Members that are asked for each one whose answer is wanted: some are away themselves.
    static let spares = 3

    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Tries the address that the registry has for the member that asks; there is no way to name
    /// another.
    ///
    /// - Throws: `Problem` `not-a-member` for one without a node, `busy`.
    package func tryAddress(of member: VerifiedMember) async throws -> ReachabilityFinding {
        let domain = member.domain
        guard let address = node.registry.address(of: domain) else {
            throw Problem(.notAMember, "the registry has no node address for \(domain)")
        }
        let now = node.time.now()
        switch node.reachability.asked(by: domain, about: address.url, at: now) {
        case .known(let finding): return finding
        case .busy:
            throw Problem(
                .busy, "other addresses are being tried", try: "ask again in some seconds")
        case .attempt: break
        }
        let reason: String?
        do {
            reason = try await attempt(domain)
        } catch {
            node.reachability.ended(nil, of: domain)
            throw error
        }
        let finding = ReachabilityFinding(url: address.url, at: now, reason: reason)
        node.reachability.ended(finding, of: domain)
        return finding
    }

    /// Why a member's node is not reached; nil when it is.
    ///
    /// - Throws: `CancellationError`.
    private func attempt(_ domain: String) async throws -> String? {
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    _ = try await node.manifest(of: domain)
                    return nil
                } catch let problem as Problem { return problem.detail }
            }
            group.addTask {
                try await node.clock.sleep(for: Self.deadline)
                return "no answer within \(Self.deadline.components.seconds) s"
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Asks other members to try this node, until `count` have said what they found or a few more
    /// have not answered; as `ControlOperation.peerReach` has it.
    ///
    /// - Throws: `Problem` `malformed-request` for a count that is not from 1 to 16.
    package func ask(_ count: Int) async throws -> JSON {
        guard (1...16).contains(count) else {
            throw Problem(.malformedRequest, "1 to 16 members are asked", at: "/count")
        }
        var answer = JSONObject()
        answer["reachable"] = .bool(node.settings.isReachable)
        answer["url"] = node.registry.address(of: node.identity.domain).map { .string($0.url) }
        var lines: [JSON] = []
        var rest = node.settings.isReachable ? candidates()[...] : []
        var missing = count
        while missing > 0, lines.count < count * Self.spares, !rest.isEmpty {
            let next = Array(rest.prefix(missing))
            rest = rest.dropFirst(missing)
            let said = try await concurrently(next, limit: 8) { try await ask($0) }
            missing -= said.count { $0["reached"] != nil }
            lines += said.map { .object($0) }
        }
        answer["peers"] = .array(lines)
        return .object(answer)
    }

    /// Active members with a node, in an order by chance, those first that answered last time.
    private func candidates() -> [PeerAddress] {
        let now = node.time.now()
        var generator = node.random.generator()
        let active = node.registry.otherNodes.filter {
            node.registry.standing(of: $0.domain, at: now) == Standing.State.active.rawValue
        }.shuffled(using: &generator)
        let peers = node.gossip.peers
        func answers(_ address: PeerAddress) -> Bool { peers[address.domain]?.failures == 0 }
        return active.filter(answers) + active.filter { !answers($0) }
    }

    private func ask(_ address: PeerAddress) async throws -> JSONObject {
        var line = JSONObject()
        line["domain"] = .string(address.domain)
        do {
            let response = try await node.transport.send(
                PeerRequest(
                    "POST", Endpoint.reachability.template, of: address,
                    headers: [("Content-Type", "application/json")],
                    body: ReachabilityFinding.question.canonicalBytes,
                    maximumBytes: Limits.reachabilityBytes, isSigned: true))
            let json = try? JSON.read(response.body, limits: .ownMessage)
            guard response.status == 200,
                let finding = json.flatMap(ReachabilityFinding.init(json:))
            else {
                line["error"] = .string(Self.refusal(response, json))
                return line
            }
            line["url"] = .string(finding.url)
            line["reached"] = .bool(finding.isReached)
            line["reason"] = finding.reason.map { .string($0) }
        } catch let problem as Problem { line["error"] = .string(problem.detail) }
        return line
    }

    private static func refusal(_ response: PeerResponse, _ json: JSON?) -> String {
        if response.status == 404 { return "its software does not know the question yet" }
        let detail = json.flatMap { Problem(json: $0) }?.detail
        return "it answered \(response.status)" + (detail.map { ": \($0)" } ?? "")
    }
}

/// The attempts of a node.
///
/// Owns: its one `ReachabilityAttempts`.
package final class Reachability: Sendable {
    private let state = Mutex(ReachabilityAttempts())

    /// Nothing was asked yet.
    package init() {}

    func asked(by domain: String, about url: String, at now: Instant) -> ReachabilityAttempts.Step {
        state.withLock { $0.asked(by: domain, about: url, at: now) }
    }

    func ended(_ finding: ReachabilityFinding?, of domain: String) {
        state.withLock { $0.ended(finding, of: domain) }
    }
}
