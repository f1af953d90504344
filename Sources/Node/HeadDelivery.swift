package import Federation
package import Keys
import Logging
import Synchronization
package import TransparencyLog

/// What each member was last told of the own log's heads.
///
/// Owns: the outcomes of announcements since the node started.
package final class Deliveries: Sendable {
    /// The outcomes of one member.
    package struct Delivery: Sendable, Equatable {
        /// The largest head that it accepted, and when it did.
        package var told: (size: Int, at: Instant)?
        /// Why the last announcement failed, and when; nil when it did not.
        package var failure: (reason: String, at: Instant)?

        package static func == (left: Delivery, right: Delivery) -> Bool {
            left.told?.size == right.told?.size && left.told?.at == right.told?.at
                && left.failure?.reason == right.failure?.reason
                && left.failure?.at == right.failure?.at
        }
    }

    private let state = Mutex<[String: Delivery]>([:])

    /// Nothing was told yet.
    package init() {}

    /// What a member was told; nil when nothing was tried.
    package subscript(domain: String) -> Delivery? { state.withLock { $0[domain] } }

    func note(_ domain: String, size: Int, failure: String?, at now: Instant) {
        state.withLock { state in
            var delivery = state[domain] ?? Delivery()
            delivery.failure = failure.map { ($0, now) }
            if failure == nil, size >= delivery.told?.size ?? 0 { delivery.told = (size, now) }
            state[domain] = delivery
        }
    }
}

/// Announces heads of the own log to members.
package struct HeadDelivery: Sendable {
    /// Announcements under way at once.
    private static let atOnce = 64
    private let node: Node

    /// Deliveries of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Tells members of a head.
    ///
    /// - Returns: per member, in order, why it could not be told; nil when it was.
    package func tell(
        _ checkpoint: VerifiedCheckpoint,
        to addresses: [PeerAddress]
    ) async -> [(domain: String, failure: String?)] {
        let body = Announcement(checkpoints: [checkpoint.note]).bytes
        let told = try? await concurrently(addresses, limit: Self.atOnce) { address in
            let failure = await self.failure(of: body, to: address)
            self.node.deliveries.note(
                address.domain, size: checkpoint.checkpoint.size, failure: failure,
                at: self.node.time.now())
            return (domain: address.domain, failure: failure)
        }
        return told ?? []
    }

    private func failure(of body: [UInt8], to address: PeerAddress) async -> String? {
        do {
            let response = try await node.transport.send(
                PeerRequest(
                    "POST",
                    Endpoint.announce.template,
                    of: address,
                    headers: [("content-type", "application/json")],
                    body: body,
                    maximumBytes: 4096
                )
            )
            return response.status == 200 ? nil : "answered \(response.status)"
        } catch {
            node.logger.debug(
                "announcement failed",
                metadata: ["peer": "\(address.domain)", "error": "\(error)"])
            return (error as? Problem)?.detail ?? "\(error)"
        }
    }
}
