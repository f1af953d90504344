import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import NodeStore
import TransparencyLog

/// `eccoe backup create <folder>`
struct BackupCreate: Verb {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Copy the data folder, beside the running daemon.",
        discussion: """
            Logs, private records, registry, keys and configuration, with a manifest that holds the \
            SHA-256 of every file. The anchor is brought up to date first and stays where it is: \
            keep it outside the backups.

            Example:  eccoe backup create /srv/backup/2026-11-26
            """
    )

    @Argument(help: "A folder that is not there yet, or empty.")
    var target: String

    @Flag(help: "Leave the private keys out; they must then be kept elsewhere.")
    var withoutKeys = false

    @Flag(help: "Copy the logs of others too, which the node can fetch again.")
    var withMirrors = false

    @Option(
        help: ArgumentHelp(
            "Folder of the anchor; needed only while no daemon runs (default: <data>-anchor).",
            valueName: "folder"
        )
    )
    var anchor: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let lock = try await syncAnchor()
        defer { withExtendedLifetime(lock) {} }
        let progress = ProgressLine()
        let backup = try Backup.create(
            of: node.folder, at: AbsolutePath.of(target),
            contents: Backup.Contents(keys: !withoutKeys, mirrors: withMirrors),
            software: "\(Software.name)/\(Software.version)", time: now
        ) { name in progress.update("copying \(name)") }
        progress.clear()
        try LastBackup(made: backup.manifest.made, path: backup.path).write(to: node.folder)
        let bytes = backup.manifest.files.reduce(0) { $0 + $1.size }
        let answer: JSON = [
            "backup": .string(backup.path), "made": .string(backup.manifest.made.text),
            "files": .number(JSONNumber(Int64(backup.manifest.files.count))),
            "bytes": .number(JSONNumber(Int64(bytes))), "keys": .bool(!withoutKeys),
            "mirrors": .bool(withMirrors),
        ]
        output.write(answer) { _ in
            """
            Copied \(backup.manifest.files.count) files, \(bytes) bytes, to \(backup.path).
            \(keyRemark)
            Check it: eccoe backup verify \(backup.path)

            """
        }
    }

    private var keyRemark: String {
        withoutKeys
            ? "It holds private records of decisions, but no keys: keep those apart."
            : "It holds the private keys and private records: who has it can sign as this "
                + "institution. Encrypt it, and never start a daemon from it while this one lives."
    }

    /// Lets the daemon bring the anchor up to date; without a daemon, keeps one from starting and
    /// writes it here.
    private func syncAnchor() async throws -> FolderLock? {
        do {
            _ = try await node.ask(.anchorSync)
            return nil
        } catch let problem as Problem where problem.slug == .unreachable {
            let lock = try node.folder.lock()
            let folder = anchor.map(AbsolutePath.of) ?? node.folder.path + "-anchor"
            guard let log = try? OwnLog(node.folder), let head = try? log.head() else {
                return lock
            }
            let file = AnchorFile(folder: folder, epoch: log.epoch)
            guard let known = try file.read() else {
                StandardStream.error.write(
                    "eccoe: there is no anchor in \(folder); name its folder with --anchor\n")
                return lock
            }
            if known.size < head.checkpoint.size {
                try file.write(
                    .init(
                        origin: head.checkpoint.origin, size: head.checkpoint.size,
                        root: head.checkpoint.root))
            }
            return lock
        }
    }
}
