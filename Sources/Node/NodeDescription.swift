import Federation
import NodeStore
import TransparencyLog

/// What `/` and `/v1/node` say of a node.
package struct NodeDescription: Sendable {
    private let node: Node

    /// A description of this node.
    package init(node: Node) {
        self.node = node
    }

    /// The signed manifest.
    ///
    /// - Throws: `Problem` `not-found` without a node key, and what the signer throws.
    package func manifest() throws -> [UInt8] {
        guard let key = node.identity.nodeKey else {
            throw Problem(.notFound, "this node has no node key to sign its manifest with")
        }
        let roles = [
            node.logs.own.map { _ in "log" }, node.identity.witnessKey.map { _ in "witness" },
            node.identity.mirrorKey.map { _ in "mirror" },
        ]
        return try NodeManifest(
            domain: node.identity.domain,
            at: node.time.now(),
            roles: roles.compactMap(\.self),
            isReachable: node.settings.isReachable,
            log: node.logs.own?.origin,
            policy: policy
        ).signed(by: key)
    }

    /// Who must cosign the own log, as a C2SP tlog-policy.
    private var policy: String? {
        guard let origin = node.logs.own?.origin, let registry = node.registry.current,
            let policy = LogPolicy(forOrigin: origin, in: registry, at: node.time.now())
        else { return nil }
        return String(decoding: policy.bytes, as: UTF8.self)
    }

    /// For whoever comes by.
    package var text: [UInt8] {
        var lines = ["\(node.identity.domain): a node of the credit clearinghouse network", ""]
        if let log = node.logs.own { lines.append("log: \(log.origin), \(log.size) leaves") }
        lines.append("search: /v1/catalogue?q=<words>")
        lines.append("signed manifest: /v1/node")
        lines += ["", "what is served:"]
        lines += Endpoint.allCases.map { "    \($0.rawValue)" }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
