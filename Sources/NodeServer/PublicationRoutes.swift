import CanonicalJSON
import Catalogue
import Federation
import HummingbirdCore
import Node
import NodeStore

/// The own catalogue for machines that follow it, and what they need to know of this node.
struct PublicationRoutes: Sendable {
    private let node: Node
    private let catalogue: OwnCatalogue
    private let desk: PublicationDesk

    init(node: Node) {
        self.node = node
        catalogue = OwnCatalogue(node: node)
        desk = PublicationDesk(node: node, catalogue: catalogue)
    }

    func answer(_ endpoint: Endpoint, _ asked: Asked) async throws -> Answer {
        switch endpoint {
        case .wholeCatalogue: return try await file(asked)
        case .harvest: return try await harvest(asked.request.uri.query ?? "")
        case .harvestByForm:
            let body = try await asked.body(limit: Limits.harvestFormBytes)
            return try await harvest(String(decoding: body, as: UTF8.self))
        case .changes:
            try asked.checkParameters(["before"])
            let cursor = asked.query("before")
            let desk = desk
            return .cacheable(
                "application/atom+xml", try await elsewhere { try desk.feed(before: cursor) })
        case .sitemap:
            try asked.checkParameters(["page"])
            let page = try asked.number("page")
            let desk = desk
            return .cacheable(
                "application/xml", try await elsewhere { try desk.sitemap(page: page) },
                caching: .hour)
        case .home: return try await home(asked)
        case .robots: return .text(desk.robots, caching: .hour)
        case .description:
            return .cacheable(
                "application/openapi+json; version=3.1", OpenAPI(node: node.identity.domain).bytes)
        default:
            return .cacheable(
                "application/linkset+json", ServiceLinks.json.canonicalBytes, caching: .hour)
        }
    }

    /// Text for programs and for whoever does not say; a page for browsers.
    private func home(_ asked: Asked) async throws -> Answer {
        let desk = desk
        let accepted = Acceptance(asked.request.field("accept"))
        let place = accepted.best(of: [("text/plain", nil), ("text/html", nil)])
        var answer =
            place == 1
            ? .page(try await elsewhere { try desk.home() })
            : Answer.text(NodeDescription(node: node).text)
        answer.vary("accept")
        return answer
    }

    /// An answer of OAI-PMH; what is wrong with a request is said in its own way, with status 200.
    private func harvest(_ query: String) async throws -> Answer {
        let desk = desk
        return Answer(
            type: "text/xml; charset=utf-8", body: try await elsewhere { try desk.harvest(query) })
    }

    /// The whole catalogue in a format, sent while it is made.
    private func file(_ asked: Asked) async throws -> Answer {
        guard let format = ExportFormat(fileName: asked.parameter("file")) else {
            throw Problem(
                .notFound, "the catalogue comes in no file of that name",
                try: "the files are "
                    + ExportFormat.allCases.map(\.fileName).joined(separator: ", "))
        }
        guard asked.signed == nil else {
            throw Problem(
                .malformedRequest, "a whole catalogue is sent while it is made, and not signed",
                try: "ask without a signature")
        }
        let seat = try catalogue.seat()
        let catalogue = catalogue
        let file = try await elsewhere { try catalogue.file(format) }
        var answer = Answer(
            type: format.contentType, body: [], caching: .brief, tag: file.tag,
            stream: BodyStream(file: file, seat: seat))
        if let newest = file.selection.newest {
            answer.fields.append(("last-modified", HTTPDate.text(newest)))
        }
        let others = ExportFormat.allCases.filter { $0 != format }.map {
            "</catalogue/\($0.fileName)>; rel=\"alternate\"; type=\"\($0.mediaType)\""
        }
        answer.fields.append(("link", others.joined(separator: ", ")))
        return answer
    }
}
