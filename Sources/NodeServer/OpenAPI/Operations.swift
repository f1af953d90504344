import CanonicalJSON
import Catalogue
import Federation

extension Operation {
    private static let note = ["text/plain; charset=utf-8"]
    private static let bytes = ["application/octet-stream"]
    private static let json = ["application/json"]

    /// Of every endpoint there is.
    init(_ endpoint: Endpoint) {
        switch endpoint {
        case .checkpoint, .confirmedCheckpoint, .archivedCheckpoint, .tile, .mirrorCheckpoint,
            .mirrorConfirmedCheckpoint, .mirrorArchivedCheckpoint, .mirrorTile:
            self = Self.log(endpoint)
        case .witnessCheckpoint, .addCheckpoint, .addMirrorCheckpoint, .addEntries:
            self = Self.witnessing(endpoint)
        case .registryMetadata, .registryTarget, .registryRequest, .didDocument:
            self = Self.registry(endpoint)
        case .blob, .putBlob, .blobBatch, .heads, .announce, .evidence, .reachability, .node:
            self = Self.peers(endpoint)
        case .catalogue, .item, .lookup, .needs, .needMatches: self = Self.people(endpoint)
        case .wholeCatalogue, .harvest, .harvestByForm, .changes, .sitemap, .robots:
            self = Self.publication(endpoint)
        case .description:
            self = Operation(
                "description", "This document.", gives: ["application/openapi+json; version=3.1"]
            ).giving(Self.object)
        case .apiCatalog:
            self = Operation(
                "description", "The APIs of this node (RFC 9727).",
                gives: ["application/linkset+json"]
            ).giving(Self.object)
        case .home:
            self = Operation(
                "description", "What this node is.",
                gives: Self.note + ["text/html; charset=utf-8"])
        }
    }

    private static func log(_ endpoint: Endpoint) -> Operation {
        switch endpoint {
        case .checkpoint: Operation("log", "The newest checkpoint of an own log.", gives: note)
        case .confirmedCheckpoint:
            Operation("log", "The newest checkpoint that has its quorum.", gives: note)
        case .archivedCheckpoint:
            Operation(
                "log", "The earliest kept checkpoint that is confirmed and covers a size.",
                gives: note)
        case .tile: Operation("log", "A tile or an entry bundle of C2SP tlog-tiles.", gives: bytes)
        case .mirrorCheckpoint:
            Operation("mirror", "The newest checkpoint of a copied log.", gives: note)
        case .mirrorConfirmedCheckpoint:
            Operation("mirror", "The newest confirmed one of a copied log.", gives: note)
        case .mirrorArchivedCheckpoint:
            Operation("mirror", "The earliest kept one of a copy that covers a size.", gives: note)
        default: Operation("mirror", "A tile or an entry bundle of a copied log.", gives: bytes)
        }
    }

    private static func witnessing(_ endpoint: Endpoint) -> Operation {
        switch endpoint {
        case .witnessCheckpoint:
            Operation(
                "witness", "The last checkpoint of a log that was cosigned here.", gives: note)
        case .addCheckpoint:
            Operation(
                "witness", "Asks for a cosignature (C2SP tlog-witness).", gives: note
            ).taking("text/plain", text)
        case .addMirrorCheckpoint:
            Operation(
                "mirror", "Announces a checkpoint whose entries follow (C2SP tlog-mirror).",
                gives: note
            ).taking("text/plain", text)
        default:
            Operation("mirror", "Uploads entries (C2SP tlog-mirror).", gives: note)
                .taking("application/octet-stream", text)
        }
    }

    private static func registry(_ endpoint: Endpoint) -> Operation {
        switch endpoint {
        case .registryMetadata:
            Operation("registry", "Metadata of the member key registry (TUF 1.0).", gives: json)
                .giving(object)
        case .registryTarget:
            Operation("registry", "A target of the registry: the network, a member.", gives: json)
                .giving(object)
        case .registryRequest:
            Operation("registry", "A request to join or to change (a JWS).", gives: json)
                .taking("application/json").giving(object)
        default:
            Operation(
                "registry", "The institution's DID document.", gives: ["application/did+json"]
            ).giving(object)
        }
    }

    private static func peers(_ endpoint: Endpoint) -> Operation {
        switch endpoint {
        case .blob:
            var operation = Operation("payloads", "A payload by its SHA-256.", gives: json)
                .giving(object)
            operation.gone = ["application/problem+json"]
            return operation
        case .putBlob:
            return Operation("payloads", "Pushes a payload of a leaf that is held.", gives: json)
                .taking("application/json").forMembers()
        case .blobBatch:
            return Operation("payloads", "Many payloads by their SHA-256.", gives: bytes)
                .taking("application/json")
        case .heads:
            return Operation("gossip", "The heads feed, as lines.", gives: ["application/jsonl"])
                .asking(headsParameters)
        case .announce:
            return Operation("gossip", "Announces heads.", gives: json).taking("application/json")
        case .evidence:
            return Operation("gossip", "Proves that a log was forked.", gives: json)
                .taking("application/json").forMembers()
        case .reachability:
            return Operation("gossip", "Has the caller's own address tried.", gives: json)
                .taking("application/json").forMembers()
        default:
            return Operation(
                "description", "The node's signed manifest.", gives: ["application/jose+json"]
            ).giving(object)
        }
    }

    private static func people(_ endpoint: Endpoint) -> Operation {
        switch endpoint {
        case .catalogue:
            return Operation(
                "catalogue",
                "Searches all institutions' items. The link of the relation next leads on.",
                gives: json
            ).asking(searchParameters).giving(APISchemas.search)
        case .needs:
            return Operation("catalogue", "What institutions are looking for.", gives: json)
                .asking(needParameters).giving(object)
        case .needMatches:
            return Operation("catalogue", "The items that serve a need best.", gives: json)
                .asking(Array(needParameters.dropLast())).giving(APISchemas.search)
        case .item:
            let types = ["text/html; charset=utf-8"] + ExportFormat.allCases.map(\.contentType)
            var operation = Operation("catalogue", "One item of this institution.", gives: [])
            operation.gives =
                [("application/json", [:])]
                + Set(types).sorted().filter { $0 != "application/json" }.map {
                    ($0, $0.contains("json") ? object : text)
                }
            operation.gone = ["application/problem+json", "text/html; charset=utf-8"]
            return operation.asking(itemParameters)
        default:
            return Operation(
                "catalogue", "Verifies a credential and what it is worth.", gives: json
            )
            .taking("application/octet-stream", text).giving(object)
        }
    }

    private static func publication(_ endpoint: Endpoint) -> Operation {
        let xml = ["text/xml; charset=utf-8"]
        switch endpoint {
        case .wholeCatalogue:
            return Operation(
                "publication", "The whole catalogue in one format, by the name of its file.",
                gives: Set(ExportFormat.allCases.map(\.contentType)).sorted())
        case .harvest:
            return Operation("publication", "OAI-PMH 2.0.", gives: xml).asking(harvestParameters)
        case .harvestByForm:
            return Operation("publication", "OAI-PMH 2.0, its arguments in a form.", gives: xml)
                .taking("application/x-www-form-urlencoded")
        case .changes:
            return Operation(
                "publication", "Changes of the catalogue, the newest first (Atom).",
                gives: ["application/atom+xml"]
            ).asking([
                Parameter(
                    name: "before",
                    schema: ["type": "string", "pattern": "^[A-Za-z0-9_-]{4,160}$"],
                    text: "Where the page begins; take it from the page before.")
            ])
        case .sitemap:
            return Operation("publication", "The sitemap.", gives: ["application/xml"]).asking([
                Parameter(
                    name: "page", schema: ["type": "integer", "minimum": 1, "maximum": 1_000_000],
                    text: "A file of the index.")
            ])
        default: return Operation("publication", "What crawlers should leave alone.", gives: note)
        }
    }
}
