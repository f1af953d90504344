import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe peer ...`
struct PeerNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer",
        abstract: "The other nodes, as this one reaches them.",
        subcommands: [PeerList.self, PeerRefresh.self]
    )
}

/// `eccoe peer list`
struct PeerList: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the other nodes and when they last answered.",
        discussion: "Example:  eccoe peer list"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.peerList)
        output.write(list: "peers", of: answer) { rows in
            TextTable.rows(
                ["DOMAIN", "URL", "NEIGHBOUR", "FAILURES", "LAST ANSWER", "LAST ERROR"],
                rows.map { row in
                    ["domain", "url", "neighbour", "failures", "lastSuccess", "lastError"]
                        .map { TextTable.cell(row[$0]) }
                }
            )
        }
    }
}

/// `eccoe peer refresh`
struct PeerRefresh: Verb {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Ask every other node for news now.",
        discussion: "Example:  eccoe peer refresh && eccoe status --wait converged"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.peerRefresh)
        output.write(answer) {
            TextTable.pairs([
                ("asked", TextTable.cell($0["polled"])), ("failed", TextTable.cell($0["failed"])),
            ])
        }
    }
}
