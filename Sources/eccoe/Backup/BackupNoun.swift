import ArgumentParser

/// `eccoe backup ...`
struct BackupNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies of the data folder: making, checking and restoring them.",
        subcommands: [BackupCreate.self, BackupVerify.self, BackupRestore.self]
    )
}
