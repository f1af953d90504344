import Federation

/// Decides where a node may connect to (protocol section 8): the guard against being used to reach
/// services that only its own network can see.
package struct OutboundGuard: Sendable {
    private let allow: [OutboundAllow]
    private let resolve: @Sendable (String) async throws -> [IPAddress]

    /// A guard with the operator's exceptions; `resolve` returns all addresses of a host name.
    package init(
        allow: [OutboundAllow],
        resolve: @escaping @Sendable (String) async throws -> [IPAddress] = NameResolver.resolve
    ) {
        self.allow = allow
        self.resolve = resolve
    }

    /// The addresses that may be connected to for `origin`, in the order to try.
    ///
    /// - Throws: `Problem` with slug `unreachable` when the rules forbid it or the name does not
    ///   resolve.
    package func addresses(of origin: HTTPOrigin) async throws -> [IPAddress] {
        guard origin.scheme == "https" else {
            throw Self.refusal(origin, "peers are reached by https only")
        }
        let allowed = allow.filter { $0.covers(origin) }.map(\.address)
        if !allowed.isEmpty { return allowed }
        guard origin.port == 443 || origin.port == 8443 else {
            throw Self.refusal(origin, "port \(origin.port) is neither 443 nor 8443")
        }
        let found: [IPAddress]
        if let literal = origin.address {
            found = [literal]
        } else {
            found = try await resolve(origin.host)
        }
        if let inner = found.first(where: { !$0.isGlobal }) {
            throw Self.refusal(origin, "\(origin.host) leads to \(inner), no public address")
        }
        return found
    }

    private static func refusal(_ origin: HTTPOrigin, _ reason: String) -> Problem {
        Problem(
            .unreachable,
            reason,
            at: origin.url,
            try: "if this host is meant to be reached, name it in outbound.allow of eccoed.yaml"
        )
    }
}
