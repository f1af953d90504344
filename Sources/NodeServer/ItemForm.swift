import CanonicalJSON
import Catalogue
import Federation

/// In what form an item is asked for: by `?format=`, or by what the caller accepts.
enum ItemForm: Hashable {
    /// What the node knows of it with the evidence, in JSON: for whoever does not say.
    case evidence
    /// A page for people.
    case page
    case format(ExportFormat)

    /// What is offered to those that negotiate, the favourite first.
    private static let offers: [(form: ItemForm, type: String, profile: String?)] = [
        (.evidence, "application/json", nil), (.page, "text/html", nil),
        (.format(.elm), "application/ld+json", "http://data.europa.eu/snb/model/elm"),
        (.format(.ctdl), "application/ld+json", "https://purl.org/ctdl/terms"),
        (.format(.schemaorg), "application/ld+json", "https://schema.org"),
        (.format(.csv), "text/csv", nil), (.format(.qdr), "application/xml", nil),
    ]

    private static let names = ["evidence", "html"] + ExportFormat.allCases.map(\.rawValue)

    /// Reads a request.
    ///
    /// - Throws: `Problem` `malformed-request` for a format that there is none of, `not-acceptable`
    ///   when nothing is offered that the caller takes.
    init(_ asked: Asked) throws(Problem) {
        if let name = asked.query("format") {
            guard let form = Self.form(named: name) else {
                throw Problem(
                    .malformedRequest, "there is no format \(name.prefix(40))", at: "format",
                    try: "the formats are " + Self.names.joined(separator: ", "))
            }
            self = form
            return
        }
        let offers = Self.offers.map { (type: $0.type, profile: $0.profile) }
        guard let place = Acceptance(asked.request.field("accept")).best(of: offers) else {
            let types = Set(offers.map(\.type)).sorted().joined(separator: ", ")
            throw Problem(
                .notAcceptable, "an item comes in none of the types that are accepted",
                at: "accept",
                try: "accept one of \(types), or name a format: "
                    + Self.names.map { "?format=\($0)" }.joined(separator: ", "))
        }
        self = Self.offers[place].form
    }

    private static func form(named name: String) -> ItemForm? {
        switch name {
        case "evidence": .evidence
        case "html": .page
        default: ExportFormat(rawValue: name).map { .format($0) }
        }
    }

    /// The answer to who asks for the own item of these details.
    ///
    /// - Throws: `Problem` `gone` for the formats of an item that is withdrawn or erased, `busy` where
    ///   its text may not be shown now.
    func answer(to details: JSON) throws -> Answer {
        let path = Self.path(of: details)
        var answer: Answer
        switch self {
        case .evidence: answer = .json(details, caching: .brief)
        case .page: answer = try page(details, path)
        case .format(let format): answer = try document(details, format)
        }
        answer.vary("accept")
        answer.fields.append(("link", links(at: path)))
        return answer
    }

    private func page(_ details: JSON, _ path: String) throws -> Answer {
        let isGone = Self.isGone(details)
        if !isGone, details["item"] == nil { throw Self.absence(of: details) }
        var answer = Answer.page(ItemPage(details: details, address: path).bytes)
        if isGone { answer.status = 410 }
        return answer
    }

    private func document(_ details: JSON, _ format: ExportFormat) throws -> Answer {
        guard !Self.isGone(details), let json = details["item"],
            let domain = details["domain"]?.string
        else { throw Self.absence(of: details) }
        let entry = CatalogueExport.Entry(item: try LearningOpportunity(json: json), domain: domain)
        return .cacheable(format.contentType, CatalogueExport.document(of: entry, format: format))
    }

    /// As the global id has it, however it was asked for.
    private static func path(of details: JSON) -> String {
        let host = "https://" + (details["domain"]?.string ?? "")
        return String((details["globalId"]?.string ?? "").dropFirst(host.count))
    }

    private static func isGone(_ details: JSON) -> Bool {
        details["living"]?.bool == false || details["erased"]?.bool == true
    }

    private static func absence(of details: JSON) -> Problem {
        if details["erased"]?.bool == true {
            return Problem(.gone, "the institution has erased this item")
        }
        if details["living"]?.bool == false {
            return Problem(
                .gone, "the institution has withdrawn this item",
                try: "?format=evidence shows what its log says of it")
        }
        return Problem(
            .busy,
            details["stale"]?.bool == true
                ? "the item's log was not polled for 72 h: it may have been erased meanwhile"
                : "the item's text has not arrived here yet",
            try: "ask the institution that published it, or again later")
    }

    private func links(at path: String) -> String {
        let others: [(form: ItemForm, name: String, type: String)] =
            [(.evidence, "evidence", "application/json"), (.page, "html", "text/html")]
            + ExportFormat.allCases.map { (.format($0), $0.rawValue, $0.mediaType) }
        return others.filter { $0.form != self }.map {
            "<\(path)?format=\($0.name)>; rel=\"alternate\"; type=\"\($0.type)\""
        }.joined(separator: ", ")
    }
}

extension ExportFormat {
    /// The value of Content-Type.
    var contentType: String {
        mediaType.hasPrefix("text/") ? mediaType + "; charset=utf-8" : mediaType
    }
}
