import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe member ...`
struct MemberNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "The institutions of the network.",
        subcommands: [MemberListVerb.self, MemberShow.self]
    )
}

/// Members as the registry has them.
enum MemberList {
    /// The registry that the node of a data folder has accepted.
    ///
    /// - Throws: `CommandFailure`, 66, when there is none.
    static func registry(_ folder: DataFolder) throws -> TrustedRegistry {
        guard let registry = try RegistryFiles(folder: folder).accepted() else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .registryUnavailable,
                    "this node has no registry yet",
                    at: folder.registry,
                    try: "join a network: eccoe join <invite>; then start the daemon"
                )
            )
        }
        return registry
    }

    /// {"domain","name","standing","node","keys"}.
    static func json(_ member: Member, at time: Instant) -> JSON {
        let document = member.document
        return [
            "domain": .string(document.domain),
            "name": .string(document.names.sorted { $0.key < $1.key }.first?.value ?? ""),
            "standing": .string(document.standing(at: time).state.rawValue),
            "node": document.node.map { .string($0) } ?? .null,
            "body": .string(member.body),
            "keys": .number(JSONNumber(Int64(document.keys.count))),
        ]
    }

    /// Writes members as a list.
    static func write(_ members: [Member], at time: Instant, _ output: OutputOptions) {
        let answer: JSON = ["members": .array(members.map { json($0, at: time) })]
        output.write(list: "members", of: answer) { rows in
            TextTable.rows(
                ["DOMAIN", "STANDING", "NODE", "NAME"],
                rows.map { row in
                    ["domain", "standing", "node", "name"].map { TextTable.cell(row[$0]) }
                }
            )
        }
    }
}

/// `eccoe member list`
struct MemberListVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the members that this node knows.",
        discussion: """
            Reads the registry in the data folder; needs no daemon.

            Example:  eccoe member list
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        MemberList.write(try MemberList.registry(node.folder).members, at: now, output)
    }
}

/// `eccoe member show <domain>`
struct MemberShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what the registry says of a member.",
        discussion: "Example:  eccoe member show uni-b.example -o json"
    )

    @Argument(help: "The member's domain.")
    var domain: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let registry = try MemberList.registry(node.folder)
        guard let member = registry.member(domain) else {
            throw CommandFailure(
                Problem(
                    .notAMember,
                    "\(domain) is no member of \(registry.network.name)",
                    at: domain,
                    try: "list the members: eccoe member list"
                )
            )
        }
        let document = member.document
        let standing = registry.standing(of: domain, at: now)
        let answer: JSON = [
            "domain": .string(domain), "standing": .string(standing.state.rawValue),
            "sha256": .string(member.digest.hex), "document": document.json,
        ]
        output.write(answer) { _ in
            TextTable.pairs(
                [
                    ("domain", domain),
                    ("standing", standing.state.rawValue),
                    ("names", document.names.values.sorted().joined(separator: ", ")),
                    ("country", document.country), ("kind", document.kind.rawValue),
                    ("node", document.node ?? "none"), ("body", member.body),
                    ("DIDs", document.dids.joined(separator: ", ")),
                ]
                    + document.epochs.map {
                        (
                            "log",
                            document.origin(epoch: $0.number) + ($0.closed == nil ? "" : ", closed")
                        )
                    }
                    + document.keys.map {
                        (
                            "key for \($0.use.rawValue)",
                            $0.kid + ($0.isValid(at: now) ? "" : ", not valid")
                        )
                    }
            )
        }
    }
}
