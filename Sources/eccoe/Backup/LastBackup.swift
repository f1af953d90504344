import CanonicalJSON
import Keys
import NodeStore

/// When the last backup was made, and where: `last-backup.json` of the data folder, for
/// `eccoe doctor`. It is in no backup.
struct LastBackup: Sendable, Equatable {
    private static let name = "last-backup.json"

    let made: Instant
    let path: String

    /// Writes it down.
    func write(to folder: DataFolder) throws {
        let json: JSON = ["made": .string(made.text), "path": .string(path)]
        try DurableFile.write(json.canonicalBytes + [0x0a], to: folder.file(Self.name))
    }

    /// What was written down; nil before the first backup.
    ///
    /// - Throws: `StoreError.corrupt`, `.file`.
    static func read(_ folder: DataFolder) throws -> LastBackup? {
        let path = folder.file(name)
        guard let bytes = try DurableFile.read(path, limit: 1 << 16) else { return nil }
        guard let json = try? JSON.read(bytes), let target = json["path"]?.string,
            let made = json["made"]?.string.flatMap({ Instant($0) })
        else { throw StoreError.corrupt(path, reason: "no time and path of a backup") }
        return LastBackup(made: made, path: target)
    }
}
