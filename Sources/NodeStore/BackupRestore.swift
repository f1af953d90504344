import Foundation
import Glibc
package import Keys

extension Backup {
    /// Puts a backup into place. The anchor is not touched: at the next start the recovery gate
    /// compares it, and the other nodes, with what was restored.
    ///
    /// - Parameter force: whether a folder that is in use already is moved aside.
    /// - Returns: where the old folder is now; nil when there was none.
    /// - Throws: `StoreError.locked` when a daemon uses the folder, `.exists` when there is
    ///   something in it, `.corrupt` when a file of the backup is not as it was written; nothing was
    ///   changed then.
    package func restore(
        to folder: DataFolder, force: Bool, time: Instant, progress: (String) -> Void
    ) throws -> String? {
        if let finding = try verifyHashes(progress: progress).first {
            throw StoreError.corrupt(path + "/" + finding.file, reason: finding.reason)
        }
        let isThere = DurableFile.exists(folder.path)
        // Held until the folder is in place, so that no daemon starts from half of it.
        let lock = isThere ? try folder.lock() : nil
        defer { withExtendedLifetime(lock) {} }
        let isUsed = try DurableFile.list(folder.path).contains { $0 != "lock" }
        guard force || !isUsed else { throw StoreError.exists(folder.path) }
        let half = folder.path + ".restoring"
        try? FileManager.default.removeItem(atPath: half)
        try fill(DataFolder(half), time: time, progress: progress)
        let old = "\(folder.path).before-\(time.secondsSince1970)"
        if isThere {
            guard !DurableFile.exists(old) else { throw StoreError.exists(old) }
            try Self.move(folder.path, to: old)
        }
        try Self.move(half, to: folder.path)
        try DurableFile.syncFolder(of: folder.path)
        if isThere, !isUsed { try? FileManager.default.removeItem(atPath: old) }
        return isUsed ? old : nil
    }

    private func fill(
        _ folder: DataFolder, time: Instant, progress: (String) -> Void
    ) throws {
        try folder.create()
        for file in manifest.files {
            progress(file.path)
            let target = folder.file(file.path)
            try DurableFile.makeFolder(
                (target as NSString).deletingLastPathComponent, mode: 0o750)
            try DurableFile.copy(path + "/" + file.path, to: target, mode: file.mode)
        }
        // Requests from before this moment may have been answered and forgotten.
        try NodeDatabase(path: folder.nodeDatabase).noteRestored(
            "from a backup of \(manifest.made.text)", at: time)
    }

    private static func move(_ source: String, to target: String) throws {
        guard rename(source, target) == 0 else { throw StoreError.file(target, errno) }
    }
}
