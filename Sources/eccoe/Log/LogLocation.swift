import Federation
import Foundation
import NodeClient
import TransparencyLog

/// A tlog-tiles log as files in a folder or below a URL.
enum LogLocation: Sendable {
    case folder(String)
    case url(String, FetchClient)

    /// Bytes of any entry bundle: 256 entries with their lengths.
    private static let maximumBytes = 256 * (2 + 0xffff)

    /// Reads what a person typed; a URL is told by its scheme.
    ///
    /// - Throws: `CommandFailure` when the folder does not exist or the PEM holds no certificate.
    init(_ text: String, authority: AuthorityOptions) throws {
        var bare = text
        while bare.count > 1, bare.hasSuffix("/") { bare.removeLast() }
        if bare.hasPrefix("https://") || bare.hasPrefix("http://") {
            self = .url(bare, try FetchClient(authorityPEM: authority.pem()))
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: bare, isDirectory: &isFolder),
            isFolder.boolValue
        else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .notFound,
                    "there is no such folder",
                    at: text,
                    try: "give a folder or URL that holds checkpoint and tile/"
                )
            )
        }
        self = .folder(bare)
    }

    /// How many resources are worth fetching at once.
    var parallelism: Int {
        if case .url = self { 8 } else { 1 }
    }

    /// The checkpoint's note, not verified.
    func checkpoint() async throws -> SignedNote {
        guard let bytes = try await read("checkpoint", limit: SignedNote.maximumBytes) else {
            throw missing("checkpoint")
        }
        return try SignedNote(bytes)
    }

    /// A tile or bundle. A log may drop a partial one once the full one exists, so that one is read
    /// instead.
    func resource(_ tile: TileCoordinate) async throws -> [UInt8] {
        if let bytes = try await read(tile.path, limit: Self.maximumBytes) { return bytes }
        let full = TileCoordinate(tile.kind, index: tile.index)
        guard tile.width < TileCoordinate.fullWidth,
            let bytes = try await read(full.path, limit: Self.maximumBytes)
        else {
            throw CommandFailure(
                .negative,
                Problem(.invalidProof, "the log lacks this file", at: tile.path)
            )
        }
        return bytes
    }

    /// Lets connections go.
    func close() async {
        if case .url(_, let client) = self { await client.shutdown() }
    }

    private func read(_ name: String, limit: Int) async throws -> [UInt8]? {
        switch self {
        case .folder(let path):
            do {
                return try InputFile.read(path + "/" + name, limit: limit)
            } catch let failure as CommandFailure where failure.status == .noInput { return nil }
        case .url(let url, let client):
            return try await client.get(url + "/" + name, maximumBytes: limit)
        }
    }

    private func missing(_ name: String) -> CommandFailure {
        switch self {
        case .folder(let path):
            CommandFailure(
                .noInput,
                Problem(
                    .notFound,
                    "there is no \(name)",
                    at: path + "/" + name,
                    try: "give the folder that holds checkpoint and tile/"
                )
            )
        case .url(let url, _):
            CommandFailure(
                .unavailable,
                Problem(
                    .notFound,
                    "the server has no \(name)",
                    at: url + "/" + name,
                    try: "give the URL below which checkpoint and tile/ are"
                )
            )
        }
    }
}
