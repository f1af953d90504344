import CanonicalJSON
import Catalogue
import Federation
import Node

/// What people and their programs ask.
struct CatalogueRoutes: Sendable {
    let node: Node

    func answer(_ endpoint: Endpoint, _ asked: Asked) async throws -> Answer {
        switch endpoint {
        case .node:
            return .cacheable(
                "application/jose+json", try NodeDescription(node: node).manifest())
        case .catalogue:
            try asked.checkParameters(["q", "domain", "limit"])
            let query = asked.query("q") ?? ""
            guard query.utf8.count <= Limits.searchBytes else {
                throw Problem(
                    .malformedRequest,
                    "the words have more than \(Limits.searchBytes) bytes",
                    at: "q",
                    try: "search for fewer words"
                )
            }
            let found = try SearchDesk(node: node).search(
                query,
                domain: asked.query("domain"),
                limit: try asked.number("limit") ?? 20
            )
            return .json(found, caching: .brief)
        case .item:
            return .json(try SearchDesk(node: node).show(item(asked)), caching: .brief)
        case .lookup:
            let body = try await asked.body(limit: Limits.lookupBytes)
            return .json(try await CredentialDesk(node: node).lookup(body: body))
        case .didDocument:
            return .cacheable(
                "application/did+json",
                try CredentialDesk(node: node).didDocument().canonicalBytes
            )
        default:
            return .text(NodeDescription(node: node).text)
        }
    }

    /// The path is the item's global id, in which its own id is percent-encoded.
    private func item(_ asked: Asked) -> String {
        let domain = node.identity.domain
        let id = asked.parameter("id")
        return ItemIdentifier.local("https://\(domain)/items/\(id)", domain: domain) ?? id
    }
}
