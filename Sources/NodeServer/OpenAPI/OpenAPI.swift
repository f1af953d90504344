import CanonicalJSON
import Catalogue
import Federation

/// The description of what a node serves (OpenAPI 3.1), made of the table of endpoints, so that it is
/// never about anything else.
struct OpenAPI {
    /// The host that answers.
    let node: String

    /// The document.
    var bytes: [UInt8] { json.canonicalBytes }

    var json: JSON {
        var paths = JSONObject()
        for endpoint in Endpoint.allCases {
            var item = paths[endpoint.template]?.object ?? JSONObject()
            if item["parameters"] == nil, let placeholders = Self.placeholders(of: endpoint) {
                item["parameters"] = placeholders
            }
            item[endpoint.method.lowercased()] = Self.operation(of: endpoint)
            paths[endpoint.template] = .object(item)
        }
        return [
            "openapi": "3.1.1",
            "info": [
                "title": .string("\(Software.name): a node of the credit clearinghouse network"),
                "version": .string(Software.version),
                "description": .string(Self.text),
            ],
            "paths": .object(paths),
            "components": [
                "schemas": ["problem": APISchemas.problem(node: node)],
                "responses": [
                    "problem": [
                        "description": "What is wrong, where, and how to mend it (RFC 9457).",
                        "content": Self.content([("application/problem+json", Self.problem)]),
                    ]
                ],
            ],
        ]
    }

    private static let text = """
        What one institution publishes, and what members of the network ask each other. A path \
        parameter called path takes all that follows, slashes included. Requests of members are \
        signed as RFC 9421 says. Long texts come compressed to those that accept gzip.
        """

    private static let problem: JSON = ["$ref": "#/components/schemas/problem"]
    private static let anyProblem: JSON = ["$ref": "#/components/responses/problem"]

    private static func placeholders(of endpoint: Endpoint) -> JSON? {
        let names = endpoint.template.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
        guard !names.isEmpty else { return nil }
        return .array(
            names.map { name in
                [
                    "name": .string(name), "in": "path", "required": true,
                    "schema": APISchemas.placeholder(name, of: endpoint),
                ]
            })
    }

    private static func operation(of endpoint: Endpoint) -> JSON {
        let operation = Operation(endpoint)
        var object = JSONObject()
        object["operationId"] = .string("\(endpoint)")
        object["summary"] = .string(operation.summary)
        object["tags"] = [.string(operation.group)]
        if operation.isForMembers {
            object["description"] = "Only members of the network may ask."
        }
        if !operation.parameters.isEmpty {
            object["parameters"] = .array(operation.parameters.map(\.json))
        }
        if let takes = operation.takes {
            object["requestBody"] = [
                "required": true, "content": content([(takes.type, takes.schema)]),
            ]
        }
        object["responses"] = responses(of: operation, endpoint)
        return .object(object)
    }

    private static func responses(of operation: Operation, _ endpoint: Endpoint) -> JSON {
        var responses = JSONObject()
        responses["200"] = [
            "description": .string(operation.summary), "content": content(operation.gives),
        ]
        if endpoint.method == "GET" {
            responses["304"] = ["description": "Unchanged since the ETag that was named."]
        }
        if !operation.gone.isEmpty {
            responses["410"] = [
                "description": "Withdrawn or erased.",
                "content": content(
                    operation.gone.map {
                        ($0, $0.contains("problem") ? problem : Operation.text)
                    }),
            ]
        }
        if endpoint == .addCheckpoint || endpoint == .addMirrorCheckpoint || endpoint == .addEntries
        {
            responses["409"] = [
                "description": "The size that the log has here.",
                "content": content([
                    ("text/x.tlog.size", Operation.text), ("application/problem+json", problem),
                ]),
            ]
        }
        responses["default"] = anyProblem
        return .object(responses)
    }

    private static func content(_ types: [(type: String, schema: JSON)]) -> JSON {
        var content = JSONObject()
        for (type, schema) in types { content[type] = ["schema": schema] }
        return .object(content)
    }
}

/// Schemas of answers and of parts of paths.
enum APISchemas {
    /// A problem, with all kinds that there are.
    static func problem(node: String) -> JSON {
        let types = Problem.Slug.allCases.map {
            JSON.string("https://\(node)/problems/\($0.rawValue)")
        }
        return [
            "type": "object", "required": ["type", "title", "status", "detail"],
            "properties": [
                "type": ["type": "string", "enum": .array(types)], "title": Operation.text,
                "status": ["type": "integer", "minimum": 400, "maximum": 599],
                "detail": Operation.text,
                "pointer": [
                    "type": "string", "description": "Where: a JSON pointer, a field, a parameter.",
                ],
                "remedy": ["type": "string", "description": "How to mend it."],
            ],
        ]
    }

    /// The answer to a search.
    static let search: JSON = [
        "type": "object", "required": ["results"],
        "properties": [
            "results": [
                "type": "array",
                "items": [
                    "type": "object",
                    "required": ["id", "globalId", "domain", "origin", "index", "revision"],
                    "properties": [
                        "id": Operation.text, "globalId": ["type": "string", "format": "uri"],
                        "domain": Operation.text, "origin": Operation.text,
                        "index": Operation.number, "revision": Operation.number,
                        "title": Operation.text,
                    ],
                ],
            ],
            "total": Operation.number, "atLeast": ["type": "boolean"], "next": Operation.text,
            "corrected": ["type": "object", "additionalProperties": Operation.text],
            "facets": [
                "type": "object",
                "additionalProperties": [
                    "type": "array",
                    "items": [
                        "type": "object", "required": ["value", "count"],
                        "properties": [
                            "value": Operation.text, "label": Operation.text,
                            "count": Operation.number,
                        ],
                    ],
                ],
            ],
        ],
    ]

    /// What may stand for a placeholder of a path.
    static func placeholder(_ name: String, of endpoint: Endpoint) -> JSON {
        switch name {
        case "path" where endpoint == .tile || endpoint == .mirrorTile:
            ["type": "string", "pattern": .string(tilePath)]
        case "epoch": ["type": "integer", "minimum": 1]
        case "size": ["type": "integer", "minimum": 0]
        case "hex", "origin":
            [
                "type": "string", "pattern": "^[0-9a-f]{64}$",
                "description": "A SHA-256 in lower-case hexadecimal.",
            ]
        case "file":
            ["type": "string", "enum": .array(ExportFormat.allCases.map { .string($0.fileName) })]
        case "id":
            [
                "type": "string", "pattern": "^[!-~]{1,64}$",
                "description": "An item's id, percent-encoded.",
            ]
        default: ["type": "string", "minLength": 1]
        }
    }

    /// `<L>/<N>[.p/<W>]` of C2SP tlog-tiles, or with `entries` for the level.
    private static let tilePath =
        "^(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3}"
        + "(\\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?$"
}

/// The APIs of a node as a linkset (RFC 9727, RFC 9264).
enum ServiceLinks {
    static let json: JSON = [
        "linkset": [
            [
                "anchor": "/",
                "service-desc": [["href": "/openapi.json", "type": "application/openapi+json"]],
                "item": [
                    ["href": "/oai"], ["href": "/feed.atom", "type": "application/atom+xml"],
                ],
            ]
        ]
    ]
}
