import CanonicalJSON
import Catalogue
import Federation

/// What the description of the API says of one endpoint beside its method and path.
struct Operation {
    /// A placeholder of the path or a parameter of the query.
    struct Parameter {
        var name: String
        var schema: JSON
        var text: String

        var json: JSON {
            [
                "name": .string(name), "in": "query", "schema": schema,
                "description": .string(text),
            ]
        }
    }

    /// The first words of the group that it belongs to.
    var group: String
    var summary: String
    /// Of the query.
    var parameters: [Parameter] = []
    /// Of the body, where there is one.
    var takes: (type: String, schema: JSON)?
    /// Of a good answer, by media type.
    var gives: [(type: String, schema: JSON)]
    /// Media types of an answer that says that something is gone.
    var gone: [String] = []
    /// Whether only members may ask.
    var isForMembers = false

    init(_ group: String, _ summary: String, gives types: [String]) {
        self.group = group
        self.summary = summary
        gives = types.map { ($0, Self.schema(of: $0)) }
    }

    /// What can be said of a media type as such.
    private static func schema(of type: String) -> JSON {
        let essence = type.prefix { $0 != ";" }
        return essence.hasSuffix("json") && essence != "application/jose+json" ? [:] : Self.text
    }

    static let text: JSON = ["type": "string"]
    static let object: JSON = ["type": "object"]
    static let number: JSON = ["type": "integer"]

    func taking(_ type: String, _ schema: JSON = Operation.object) -> Operation {
        var operation = self
        operation.takes = (type, schema)
        return operation
    }

    func asking(_ parameters: [Parameter]) -> Operation {
        var operation = self
        operation.parameters = parameters
        return operation
    }

    func giving(_ schema: JSON) -> Operation {
        var operation = self
        operation.gives = gives.map { ($0.type, schema) }
        return operation
    }

    func forMembers() -> Operation {
        var operation = self
        operation.isForMembers = true
        return operation
    }
}

extension Operation {
    /// The parameters of OAI-PMH 2.0.
    static let harvestParameters: [Parameter] =
        [
            Parameter(
                name: "verb", schema: text,
                text: "One of " + OAIVerb.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        ]
        + OAIArgument.allCases.map {
            Parameter(name: $0.rawValue, schema: text, text: "As OAI-PMH 2.0 has it.")
        }

    /// The formats of an item.
    static let itemParameters: [Parameter] = [
        Parameter(
            name: "format",
            schema: [
                "type": "string",
                "enum": .array(
                    (["evidence", "html"] + ExportFormat.allCases.map(\.rawValue)).map {
                        .string($0)
                    }),
            ],
            text: "The form of the answer; without it, as Accept says, and in JSON by default.")
    ]

    /// Where in the heads feed a page begins; anything else than a place of this very feed means its
    /// beginning.
    static let headsParameters: [Parameter] = [
        Parameter(name: "instance", schema: text, text: "The feed that `since` is a place of."),
        Parameter(name: "since", schema: text, text: "The `next` of the page before."),
        Parameter(name: "limit", schema: text, text: "At most so many rows, up to 500."),
    ]
}
