import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore
import TransparencyLog

/// `eccoe backup verify <folder>`
struct BackupVerify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that a backup is whole and can be restored.",
        discussion: """
            Compares the hash of every file, opens every database, folds every log anew, recomputes \
            its tree, and checks the signature of every stored checkpoint. Exit status 1 when \
            anything does not fit.

            Example:  eccoe backup verify /srv/backup/2026-11-26
            """
    )

    @Argument(help: "The backup's folder.")
    var backup: String

    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let backup = try Backup(AbsolutePath.of(backup))
        let registry = try RegistryFiles(folder: DataFolder(backup.path)).accepted()
        let progress = ProgressLine()
        let report = try backup.verify(
            logKey: { origin in
                registry?.logKey(forOrigin: origin).flatMap { try? VerifierKey($0.key.text) }
            },
            witnesses: Self.witnesses(registry)
        ) { name in progress.update("checking \(name)") }
        progress.clear()
        output.write(Self.json(backup, report)) { _ in Self.text(backup, report) }
        if !report.findings.isEmpty { throw ExitCode(ExitStatus.negative.rawValue) }
    }

    private static func witnesses(_ registry: TrustedRegistry?) -> [VerifierKey] {
        (registry?.members ?? []).flatMap { member in
            member.document.keys.filter { $0.use == .witness }.compactMap {
                VerifierKey(
                    name: NoteKey.witnessName(member.document.domain), type: .cosignature,
                    publicKey: $0.publicKey)
            }
        }
    }

    private static func json(_ backup: Backup, _ report: BackupReport) -> JSON {
        func number(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }
        return [
            "backup": .string(backup.path), "made": .string(backup.manifest.made.text),
            "files": number(backup.manifest.files.count),
            "logs": .array(
                report.logs.map {
                    [
                        "origin": .string($0.origin), "size": number($0.size),
                        "checkpoints": number($0.checkpoints),
                    ]
                }),
            "witnessed": number(report.witnessed), "decisions": number(report.decisions),
            "findings": .array(
                report.findings.map { ["file": .string($0.file), "reason": .string($0.reason)] }),
            "good": .bool(report.findings.isEmpty),
        ]
    }

    private static func text(_ backup: Backup, _ report: BackupReport) -> String {
        let head = TextTable.pairs([
            ("made", backup.manifest.made.text),
            ("files", "\(backup.manifest.files.count)"),
            ("keys", backup.manifest.hasKeys ? "included" : "left out"),
            ("decisions", "\(report.decisions)"), ("witnessed heads", "\(report.witnessed)"),
        ])
        let logs = TextTable.rows(
            ["LOG", "ENTRIES", "CHECKPOINTS"],
            report.logs.map { [$0.origin, "\($0.size)", "\($0.checkpoints)"] })
        let verdict =
            report.findings.isEmpty
            ? "The backup is good.\n"
            : "The backup is not good:\n"
                + report.findings.map { "  \(PlainText.line($0.description))\n" }.joined()
        return "\(head)\n\(logs)\n\(verdict)"
    }
}
