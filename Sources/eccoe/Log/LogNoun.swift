import ArgumentParser

/// `eccoe log ...`
struct LogNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "The signed log that an institution publishes, its own or anybody's.",
        subcommands: [
            LogInit.self, LogShow.self, LogKey.self, LogVerify.self, LogProve.self, LogTime.self,
            LogExport.self, LogClose.self, LogOverride.self, LogAuditVerb.self, LogPolicyVerb.self,
        ]
    )
}
