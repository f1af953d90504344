package import CanonicalJSON
import Federation
import Logging
import MemberRegistry
import NodeStore
import Synchronization

/// Takes requests for the registry's operator, apart from HTTP. Nothing is admitted here.
package struct RegistryRequestDesk: Sendable {
    /// Requests that wait at the same time; strangers can fill no disk.
    package static let maximumWaiting = 1000

    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Checks a request's signatures and keeps it for the operator.
    ///
    /// - Returns: {"domain","code"}: the short string that both sides compare.
    /// - Throws: `Problem` `not-found` at a node that runs no registry, `registry-refused`.
    package func receive(_ body: [UInt8]) throws -> JSON {
        guard case .folder? = try RegistrySource(folder: node.folder) else {
            throw Problem(
                .notFound,
                "this node runs no member key registry",
                try: "send the request to the address in the invite"
            )
        }
        let request = try verified(body)
        let name = request.document.domain + ".json"
        let path = node.folder.registryRequests + "/" + name
        let waiting = try DurableFile.list(node.folder.registryRequests)
        guard waiting.contains(name) || waiting.count < Self.maximumWaiting else {
            throw Problem(.busy, "too many requests wait for the operator", try: "try tomorrow")
        }
        try DurableFile.write(body, to: path)
        node.logger.notice(
            "an institution asks the registry for something",
            metadata: [
                "action": "\(request.action.rawValue)",
                "domain": "\(request.document.domain)",
                "code": "\(request.shortAuthenticationString)",
            ]
        )
        return [
            "domain": .string(request.document.domain),
            "code": .string(request.shortAuthenticationString),
        ]
    }

    private func verified(_ body: [UInt8]) throws -> RegistryRequest {
        guard let registry = node.registry.current else {
            throw Problem(.registryUnavailable, "the registry is not ready", try: "try later")
        }
        do {
            let envelope = try GeneralJWS(reading: body, type: RegistryRequest.type)
            let claimed = try RegistryRequest(readingPayload: envelope.payload)
            let now = node.time.now()
            let request = try RegistryRequest.verified(
                body,
                network: registry.network.name,
                current: registry.member(claimed.document.domain),
                at: now
            )
            guard request.isFresh(at: now) else {
                throw Problem(
                    .registryRefused, "the request was written at \(request.at), and it is \(now)",
                    try: "set the clock right, then make it anew, with the same command")
            }
            return request
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .registryRefused, "\(error)",
                try: "refresh the registry and make it anew, with the same command")
        }
    }
}
