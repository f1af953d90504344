import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore
import TransparencyLog

/// The own log as the data folder holds it, read beside the daemon.
struct OwnLog {
    private let folder: DataFolder
    /// The epoch that was found.
    let epoch: Int
    private let reader: LogReader?

    /// The log of the newest epoch; the first one while there is none.
    init(_ folder: DataFolder) throws {
        self.folder = folder
        let epochs = try folder.logEpochs()
        epoch = epochs.last ?? 1
        reader = epochs.isEmpty ? nil : try LogReader(path: folder.log(epoch: epoch))
    }

    /// The log's key: as the log has it, or as it will be once it is created.
    func key() throws -> VerifierKey {
        if let head = try reader?.head() { return try VerifierKey(head.vkey) }
        let domain = try OwnMember.read(folder).domain
        guard let key = try DataFolder.readKey(folder.logKey(epoch: epoch)),
            let verifier = VerifierKey(
                name: "\(domain)/eccoe/\(epoch)",
                type: .ed25519,
                publicKey: key.publicKey
            )
        else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .keyUnusable,
                    "there is no log key",
                    at: folder.logKey(epoch: epoch),
                    try: "name the data folder with --data, or make one: eccoe init"
                )
            )
        }
        return verifier
    }

    /// The newest head.
    func head() throws -> VerifiedCheckpoint {
        guard let reader, let head = try reader.head() else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .noLog,
                    "there is no log yet",
                    at: folder.log(epoch: epoch),
                    try: "name the data folder with --data, or create the log: eccoe log init"
                )
            )
        }
        return try VerifiedCheckpoint(head.note, key: VerifierKey(head.vkey))
    }

    /// A tile or bundle of the log.
    func resource(_ tile: TileCoordinate) throws -> [UInt8] {
        guard let bytes = try reader?.resource(tile) else {
            throw CommandFailure(.data, Problem(.internalError, "the log lacks it", at: tile.path))
        }
        return bytes
    }
}

/// The institution's own document in the data folder.
enum OwnMember {
    /// Reads `member.json`.
    ///
    /// - Throws: `CommandFailure`, 66, when there is none.
    static func read(_ folder: DataFolder) throws -> MemberDocument {
        guard let bytes = try DurableFile.read(folder.memberDocument, limit: 1 << 20) else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .notFound,
                    "there is no node in this folder",
                    at: folder.memberDocument,
                    try: "name its data folder with --data, or make one: eccoe init"
                )
            )
        }
        return try MemberDocument(reading: bytes)
    }
}
