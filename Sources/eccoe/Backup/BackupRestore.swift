import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore

/// `eccoe backup restore <folder>`
struct BackupRestore: Verb {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup into place; the daemon must not run.",
        discussion: """
            The anchor is left alone. At its next start the daemon asks the other nodes how far its \
            log had come, fetches from them what the backup lacks, and only then signs again.

            Example:  eccoe backup restore /srv/backup/2026-11-26 --data /var/lib/eccoe
            """
    )

    @Argument(help: "The backup's folder.")
    var backup: String

    @Flag(help: "Move a data folder that is there already aside; nothing of it is deleted.")
    var force = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let backup = try Backup(AbsolutePath.of(backup))
        let progress = ProgressLine()
        let old: String?
        do {
            old = try backup.restore(to: node.folder, force: force, time: now) { name in
                progress.update("restoring \(name)")
            }
        } catch StoreError.locked {
            throw CommandFailure(
                Problem(
                    .busy, "a daemon uses this data folder", at: node.folder.path,
                    try: "stop it first; a running node is never restored over"))
        } catch StoreError.exists(let path) {
            throw CommandFailure(
                .cannotCreate,
                Problem(
                    .conflict, "there is something already", at: path,
                    try: "move it away, or let --force move it aside; nothing was changed"))
        }
        progress.clear()
        let remarks = try remarks(on: backup)
        let answer: JSON = [
            "data": .string(node.folder.path), "made": .string(backup.manifest.made.text),
            "old": old.map { .string($0) } ?? .null,
            "remarks": .array(remarks.map { .string($0) }),
        ]
        output.write(answer) { _ in
            let moved = old.map { "The folder that was there is now \($0).\n" } ?? ""
            return """
                Restored the backup of \(backup.manifest.made.text) to \(node.folder.path).
                \(moved)\(remarks.map { "Note: \($0)\n" }.joined())\
                Start the daemon. It asks the other nodes before it signs: see eccoe status.

                """
        }
    }

    private func remarks(on backup: Backup) throws -> [String] {
        var remarks: [String] = []
        if !backup.manifest.hasKeys {
            remarks.append("the backup holds no keys: put them into \(node.folder.file("keys"))")
        }
        let bytes = try DurableFile.read(node.folder.configuration, limit: 1 << 20) ?? []
        let path = JSON.string(node.folder.path).canonicalText
        if !String(decoding: bytes, as: UTF8.self).contains("data: \(path)\n") {
            remarks.append("\(node.folder.configuration) names another data folder: mend it")
        }
        return remarks
    }
}
