import CanonicalJSON
import Catalogue
import Federation
import Node

/// What people and their programs ask.
struct CatalogueRoutes: Sendable {
    let node: Node

    func answer(_ endpoint: Endpoint, _ asked: Asked) async throws -> Answer {
        switch endpoint {
        case .node: return .json(NodeDescription(node: node).json, caching: .brief)
        case .catalogue:
            let limit = asked.query("limit").flatMap { Int($0) } ?? 20
            let found = try SearchDesk(node: node).search(
                asked.query("q") ?? "",
                domain: asked.query("domain"),
                limit: limit
            )
            return .json(found, caching: .brief)
        case .item:
            return .json(try SearchDesk(node: node).show(item(asked)), caching: .brief)
        case .lookup:
            let body = try await asked.body(limit: Limits.lookupBytes)
            return .json(try await CredentialDesk(node: node).lookup(body))
        case .didDocument:
            return Answer(
                type: "application/did+json",
                body: try CredentialDesk(node: node).didDocument().canonicalBytes,
                caching: .brief
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
