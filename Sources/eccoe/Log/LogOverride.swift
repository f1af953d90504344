import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe log override --reason <text>`
struct LogOverride: Verb {
    static let configuration = CommandConfiguration(
        commandName: "override",
        abstract: "Let the own log be written although too few nodes vouch for its state.",
        discussion: """
            After a start the log is written only when other nodes have said that they know no more \
            of it than the disk does. Overriding gives up what they might still hold: if the log \
            goes on from an older state, it is forked, and no one can mend that. The reason goes \
            into the audit log.

            Example:  eccoe log override --reason "all other nodes of the trial were taken down"
            """
    )

    @Option(help: ArgumentHelp("Why this is right.", valueName: "text"))
    var reason: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.logOverride, ["reason": .string(reason)])
        output.write(answer) { _ in "The log is written again.\n" }
    }
}
