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
        // Requests that are written otherwise are other questions: at worst they are answered anew.
        try answers.answer(
            to: "search " + asked.wholeQuery, in: node.catalogueState
        ) {
            let found = try SearchDesk(node: node).answer(asked.search())
            var answer = Answer.json(found, caching: .brief)
            if let next = found["next"]?.string { answer.fields = [asked.link(toPageAt: next)] }
            return answer
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
