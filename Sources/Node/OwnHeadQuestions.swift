import Federation
import Keys
import NodeStore
import TransparencyLog

/// Asks other nodes how far they know the own log.
struct OwnHeadQuestions: Sendable {
    /// What a node has said, before it is compared with a store.
    enum Answer: Sendable {
        /// A head signed with our key; of a witness with its own cosignature.
        case head(VerifiedCheckpoint)
        /// It has never seen the log.
        case unknown
        /// Nothing that can be used.
        case none(String)
    }

    let node: Node
    /// The own log's key; its name is the origin.
    let key: VerifierKey

    /// Asks one node in one role. A failure is an answer, too.
    func ask(_ domain: String, as role: RecoveryGate.Role) async -> Answer {
        guard let address = node.registry.address(of: domain) else {
            return .none("\(domain) has no node in the registry")
        }
        let hash = Checkpoint.originHash(key.name).hex
        let response: PeerResponse
        do {
            response = try await node.transport.send(
                PeerRequest(
                    "GET", "/\(role.rawValue)/\(hash)/checkpoint", of: address,
                    maximumBytes: SignedNote.maximumBytes))
        } catch {
            return .none((error as? Problem)?.detail ?? "\(error)")
        }
        switch response.status {
        case 200: return read(response.body, of: domain, as: role)
        case 404: return .unknown
        default: return .none("\(domain) answered \(response.status)")
        }
    }

    private func read(
        _ bytes: [UInt8], of domain: String, as role: RecoveryGate.Role
    ) -> Answer {
        do {
            let head = try VerifiedCheckpoint(bytes, key: key)
            guard role == .witness else { return .head(head) }
            let own = node.registry.witnessKeys.filter {
                ViewFolder.domain(of: $0.name) == domain
            }
            guard try !head.cosignatures(by: own).isEmpty else {
                return .none("\(domain) shows a head that it has not cosigned")
            }
            return .head(head)
        } catch {
            return .none("\(domain) shows no head of ours: \(error)")
        }
    }
}

extension OwnHeadQuestions.Answer {
    /// What the answer means for a store as it is now.
    func judged(by log: LogStore) throws -> RecoveryGate.Answer {
        switch self {
        case .unknown: return .unknown
        case .none(let reason): return .none(reason)
        case .head(let head):
            let size = head.checkpoint.size
            guard size <= log.size else { return .ahead(head) }
            guard size > 0, try log.root(at: size) != head.checkpoint.root else {
                return .consistent(size: size)
            }
            return .inconsistent(head)
        }
    }
}
