import CanonicalJSON
import Catalogue
import Federation
import Node

/// What people and their programs ask.
struct CatalogueRoutes: Sendable {
    let node: Node
    private let answers = CatalogueAnswers()

    init(node: Node) {
        self.node = node
    }

    func answer(_ endpoint: Endpoint, _ asked: Asked) async throws -> Answer {
        switch endpoint {
        case .node:
            return .cacheable(
                "application/jose+json", try NodeDescription(node: node).manifest())
        case .catalogue:
            return try search(asked)
        case .item:
            return try item(asked)
        case .lookup:
            let body = try await asked.body(limit: Limits.lookupBytes)
            return .json(try await CredentialDesk(node: node).lookup(body: body))
        default:
            return .cacheable(
                "application/did+json",
                try CredentialDesk(node: node).didDocument().canonicalBytes
            )
        }
    }

    private func search(_ asked: Asked) throws -> Answer {
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
        let domain = asked.query("domain")
        let limit = try asked.number("limit") ?? 20
        let place = domain.map { "\($0.utf8.count) \($0)" } ?? "everywhere"
        let question = "search \(limit) \(place) \(query)"
        return try answers.answer(to: question, in: node.catalogueState) {
            .json(
                try SearchDesk(node: node).search(query, domain: domain, limit: limit),
                caching: .brief)
        }
    }

    private func item(_ asked: Asked) throws -> Answer {
        let form = try ItemForm(asked)
        let id = itemID(asked)
        return try answers.answer(to: "item \(form) \(id)", in: node.catalogueState) {
            try form.answer(to: SearchDesk(node: node).show(id))
        }
    }

    /// The path is the item's global id, in which its own id is percent-encoded.
    private func itemID(_ asked: Asked) -> String {
        let domain = node.identity.domain
        let id = asked.parameter("id")
        return ItemIdentifier.local("https://\(domain)/items/\(id)", domain: domain) ?? id
    }
}
