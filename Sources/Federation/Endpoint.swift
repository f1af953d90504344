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
    case registryMetadata = "GET /registry/metadata/{path}"
    case registryTarget = "GET /registry/targets/{path}"
    case registryRequest = "POST /registry/requests"
    case blob = "GET /v1/blobs/sha256/{hex}"
    case blobBatch = "POST /v1/blobs/batch"
    case heads = "GET /v1/heads"
    case announce = "POST /v1/heads"
    case evidence = "POST /v1/evidence"
    case node = "GET /v1/node"
    case catalogue = "GET /v1/catalogue"
    case item = "GET /items/{id}"
    case lookup = "POST /v1/lookups"
    case didDocument = "GET /.well-known/did.json"
    case home = "GET /"

    /// `GET` or `POST`.
    package var method: String {
        String(rawValue.prefix { $0 != " " })
    }

    /// The path with its placeholders.
    package var template: String {
        String(rawValue.drop { $0 != "/" })
    }
}
