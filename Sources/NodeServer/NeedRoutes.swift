import Catalogue
import Federation
import Node

/// What institutions are looking for, and what serves it.
struct NeedRoutes: Sendable {
    let node: Node
    private let answers = CatalogueAnswers()

    init(node: Node) {
        self.node = node
    }

    func answer(_ endpoint: Endpoint, _ asked: Asked) throws -> Answer {
        let desk = NeedDesk(node: node)
        let limit = try asked.number("limit") ?? 20
        if endpoint == .needs {
            try asked.checkParameters(["domain", "item", "limit"])
        } else {
            try asked.checkParameters(["domain", "limit"])
        }
        let question = "\(endpoint) \(asked.parameter("id")) ? \(asked.wholeQuery)"
        return try answers.answer(to: question, in: node.catalogueState) {
            let found =
                switch (endpoint, asked.query("item")) {
                case (.needs, let item?):
                    try desk.needs(servedBy: item, domain: asked.query("domain"), limit: limit)
                case (.needs, nil): try desk.list(domain: asked.query("domain"), limit: limit)
                default: try desk.match(name(asked), limit: limit)
                }
            return .json(found, caching: .brief)
        }
    }

    /// The own need of this id, or that of the institution that is named.
    private func name(_ asked: Asked) -> String {
        let domain = asked.query("domain") ?? node.identity.domain
        let id = asked.parameter("id")
        // Percent-encoded as in an item's global id.
        let local = ItemIdentifier.local(
            ItemIdentifier.global("", domain: domain) + id, domain: domain)
        return "\(domain)/\(local ?? id)"
    }
}
