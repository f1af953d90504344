/// What a node serves over HTTPS: the one table that routes, client and description share.
package enum Endpoint: String, CaseIterable, Sendable {
    case checkpoint = "GET /log/{epoch}/checkpoint"
    case confirmedCheckpoint = "GET /log/{epoch}/checkpoint/confirmed"
    /// A confirmed checkpoint of the archive: the earliest that covers `size` leaves.
    case archivedCheckpoint = "GET /log/{epoch}/checkpoint/{size}"
    case tile = "GET /log/{epoch}/tile/{path}"
    case mirrorCheckpoint = "GET /mirror/{origin}/checkpoint"
    case mirrorConfirmedCheckpoint = "GET /mirror/{origin}/checkpoint/confirmed"
    case mirrorArchivedCheckpoint = "GET /mirror/{origin}/checkpoint/{size}"
    case mirrorTile = "GET /mirror/{origin}/tile/{path}"
    case witnessCheckpoint = "GET /witness/{origin}/checkpoint"
    case addCheckpoint = "POST /witness/add-checkpoint"
    case addMirrorCheckpoint = "POST /mirror/add-checkpoint"
    case addEntries = "POST /mirror/add-entries"
    case registryMetadata = "GET /registry/metadata/{path}"
    case registryTarget = "GET /registry/targets/{path}"
    case registryRequest = "POST /registry/requests"
    case blob = "GET /v1/blobs/sha256/{hex}"
    case putBlob = "PUT /v1/blobs/sha256/{hex}"
    case blobBatch = "POST /v1/blobs/batch"
    case heads = "GET /v1/heads"
    case announce = "POST /v1/heads"
    case evidence = "POST /v1/evidence"
    /// A member has its own registered address tried.
    case reachability = "POST /v1/reachability"
    case node = "GET /v1/node"
    case catalogue = "GET /v1/catalogue"
    case item = "GET /items/{id}"
    /// What institutions are looking for.
    case needs = "GET /v1/needs"
    /// The items that serve a need best.
    case needMatches = "GET /v1/needs/{id}/matches"
    case lookup = "POST /v1/lookups"
    case didDocument = "GET /.well-known/did.json"
    /// A whole catalogue in one format, by the name of its file.
    case wholeCatalogue = "GET /catalogue/{file}"
    case harvest = "GET /oai"
    case harvestByForm = "POST /oai"
    case changes = "GET /feed.atom"
    case sitemap = "GET /sitemap.xml"
    case robots = "GET /robots.txt"
    case description = "GET /openapi.json"
    case apiCatalog = "GET /.well-known/api-catalog"
    case home = "GET /"

    /// `GET`, `POST` or `PUT`.
    package var method: String {
        String(rawValue.prefix { $0 != " " })
    }

    /// The path with its placeholders.
    package var template: String {
        String(rawValue.drop { $0 != "/" })
    }

    /// Whether the answer is a file that any cache may serve (protocol section 3): not counted
    /// against what a caller may ask.
    package var isStatic: Bool {
        switch self {
        case .checkpoint, .confirmedCheckpoint, .archivedCheckpoint, .tile, .mirrorCheckpoint,
            .mirrorConfirmedCheckpoint, .mirrorArchivedCheckpoint, .mirrorTile, .witnessCheckpoint,
            .registryMetadata, .registryTarget, .blob, .didDocument:
            true
        default: false
        }
    }

    /// Whether answers name the description of the API: what programs ask, but for files.
    package var isForPrograms: Bool {
        self == .home || template.hasPrefix("/v1/") && !isStatic
    }

    /// Whom a request counts against.
    package enum Charge: Sendable {
        /// Nobody: a file.
        case none
        /// Whoever asks, before anything is done.
        case caller
        /// The member whose log it is about, once that is verified; a failure, the address.
        case origin
    }

    /// Whom a request counts against (protocol section 8).
    package var charge: Charge {
        switch self {
        case _ where isStatic: .none
        case .addCheckpoint, .addMirrorCheckpoint, .addEntries: .origin
        default: .caller
        }
    }

    /// The type of the body where only one is read; a body without a type is read all the same.
    package var mediaType: String? {
        switch self {
        case .announce, .blobBatch, .reachability: "application/json"
        case .addEntries: "application/octet-stream"
        case .harvestByForm: "application/x-www-form-urlencoded"
        default: nil
        }
    }

    /// The codings in which a body is read. Decompressing takes an absolute bound of its own.
    package var contentCodings: [String] {
        self == .addEntries ? ["gzip", "identity"] : ["identity"]
    }

    /// Whether a path is one of this endpoint, whatever stands for its placeholders.
    package func serves(_ path: some StringProtocol) -> Bool {
        var rest = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for part in template.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            if part == "{path}" { return !rest.isEmpty }
            guard let next = rest.popFirst(), part == next || part.hasPrefix("{") && !next.isEmpty
            else { return false }
        }
        return rest.isEmpty
    }

    /// The methods that are served at a path, for a 405; empty where nothing is.
    package static func methods(at path: some StringProtocol) -> [String] {
        let served = allCases.filter { $0.serves(path) }.map(\.method)
        return served.contains("GET") ? ["GET", "HEAD"] + served.filter { $0 != "GET" } : served
    }
}
