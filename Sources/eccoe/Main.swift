import ArgumentParser
import Federation
import Foundation

/// The control command of a clearinghouse node.
@main
struct Eccoe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Software.name,
        abstract: "Publish, find and recognise learning opportunities among institutions.",
        discussion: """
            A node is one institution's daemon, eccoed. This command sets a node up, speaks to it \
            over its local socket, and verifies logs, proofs, credentials and receipts without it.

            Begin with:  eccoe init --help
            Then:        eccoe join --help, eccoe status

            Exit status: 0 done; 1 the answer is no; 64 usage; 65 bad data; 66 no such file; \
            69 network or daemon unavailable; 73 cannot create; 77 not permitted; 78 configuration.
            """,
        version: "\(Software.name) \(Software.version)",
        subcommands: [
            Init.self, Join.self, Status.self, Doctor.self, KeyNoun.self, TLSNoun.self,
            RegistryNoun.self,
            MemberNoun.self, PeerNoun.self,
            CatalogueNoun.self, NeedNoun.self, VocabularyNoun.self, DecisionNoun.self,
            CredentialNoun.self,
            LogNoun.self,
            ProofNoun.self, EvidenceNoun.self, BackupNoun.self, JSONNoun.self, TUFCommand.self,
        ]
    )

    static func main() async {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            var command = try parseAsRoot(KeyIDArguments.behindTerminator(arguments))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard !(error is ExitCode), exitCode(for: error) == .validationFailure else {
                exit(withError: error)
            }
            let message = fullMessage(for: error)
            let text = message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message
            StandardStream.error.write("\(Software.name): \(text)\n")
            Foundation.exit(ExitStatus.usage.rawValue)
        }
    }
}
