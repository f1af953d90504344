import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe peer ...`
struct PeerNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer",
        abstract: "The other nodes, as this one reaches them.",
        subcommands: [PeerList.self, PeerShow.self, PeerRefresh.self, PeerNotify.self]
    )
}

/// `eccoe peer list`
struct PeerList: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the other nodes, when they last answered and what they were told.",
        discussion: """
            One neighbour a minute is asked for news; all members are told of new heads of the own \
            log, a large network's by turns.

            Example:  eccoe peer list
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.peerList)
        output.write(list: "peers", of: answer) { rows in
            TextTable.rows(
                [
                    "DOMAIN", "URL", "NEIGHBOUR", "FAILURES", "LAST ANSWER", "TOLD", "LAST ERROR",
                ],
                rows.map { row in
                    ["domain", "url", "neighbour", "failures", "lastSuccess", "toldSize"]
                        .map { TextTable.cell(row[$0]) }
                        + [TextTable.cell(row["lastError"] ?? row["toldError"])]
                }
            )
        }
    }
}

/// `eccoe peer show <domain>`
struct PeerShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one other node: whether it answers, what it was told, how its clock goes.",
        discussion: "Example:  eccoe peer show uni-b.example"
    )

    @Argument(help: "The member's domain.")
    var domain: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.peerShow, ["domain": .string(domain)])
        output.write(answer) { answer in
            let told = answer["toldSize"].map {
                "\(TextTable.cell($0)) of \(TextTable.cell(answer["ownSize"])) entries at "
                    + TextTable.cell(answer["toldAt"])
            }
            let offset = answer["clockOffset"]?.integer
            return TextTable.pairs([
                ("domain", TextTable.cell(answer["domain"])),
                ("url", TextTable.cell(answer["url"])),
                ("standing", TextTable.cell(answer["standing"])),
                (
                    "software",
                    answer["software"].map { TextTable.cell($0) }
                        ?? "does not answer: \(TextTable.cell(answer["answerError"]))"
                ),
                ("roles", answer["roles"].map { TextTable.cell($0) } ?? "-"),
                (
                    "reachable",
                    answer["reachable"].map { $0.bool == true ? "yes" : "no, it pushes its log" }
                        ?? "-"
                ),
                ("neighbour", TextTable.cell(answer["neighbour"])),
                ("last answer", TextTable.cell(answer["lastSuccess"])),
                ("failures", TextTable.cell(answer["failures"])),
                ("false answers", TextTable.cell(answer["faults"])),
                ("last error", TextTable.cell(answer["lastError"])),
                ("asked again", TextTable.cell(answer["nextPoll"])),
                ("clock", offset.map { $0 == 0 ? "as ours" : "\($0) s ahead of ours" } ?? "-"),
                ("told of our log", told ?? "not since the node started"),
                ("last not told", TextTable.cell(answer["toldError"])),
            ])
        }
    }
}

/// `eccoe peer refresh [<domain>]`
struct PeerRefresh: Verb {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Ask the other nodes, or one of them, for news now.",
        discussion: "Example:  eccoe peer refresh && eccoe status --wait converged"
    )

    @Argument(help: "The member to ask (default: every one).")
    var domain: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var body = JSONObject()
        body["domain"] = domain.map { .string($0) }
        let answer = try await node.ask(.peerRefresh, .object(body))
        output.write(answer) {
            TextTable.pairs([
                ("asked", TextTable.cell($0["polled"])), ("failed", TextTable.cell($0["failed"])),
            ])
        }
    }
}

/// `eccoe peer notify [<domain>]`
struct PeerNotify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "notify",
        abstract: "Tell the other nodes, or one of them, of the own log's newest head now.",
        discussion: "Example:  eccoe peer notify uni-b.example"
    )

    @Argument(help: "The member to tell (default: every one).")
    var domain: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var body = JSONObject()
        body["domain"] = domain.map { .string($0) }
        let answer = try await node.ask(.peerNotify, .object(body))
        output.write(list: "peers", of: answer) { rows in
            TextTable.rows(
                ["DOMAIN", "TOLD", "ERROR"],
                rows.map { row in ["domain", "told", "error"].map { TextTable.cell(row[$0]) } }
            )
        }
    }
}
