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
        subcommands: [
            MemberListVerb.self, MemberShow.self, MemberStanding.self, MemberKeyVerb.self,
            MemberRequestNoun.self, MemberActivateKey.self,
        ]
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

    /// {"domain","name","standing","event","node","body","keys"}.
    static func json(_ member: Member, at time: Instant) -> JSON {
        let document = member.document
        let standing = document.standing(at: time)
        return [
            "domain": .string(document.domain),
            "name": .string(document.names.sorted { $0.key < $1.key }.first?.value ?? ""),
            "standing": .string(standing.state.rawValue),
            "event": standing.event.map { .number(JSONNumber($0)) } ?? .null,
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
            Reads the registry in the data folder; needs no daemon. With --at it tells how each \
            stood at that time, by what the registry says now.

            Example:  eccoe member list --at 2026-11-23
            """
    )

    @OptionGroup var moment: MomentOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let time = try moment.moment(now: now)
        MemberList.write(try MemberList.registry(node.folder).members, at: time, output)
    }
}

/// `eccoe member show <domain>`
struct MemberShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what the registry says of a member, with its whole history.",
        discussion: """
            Reads the registry in the data folder; needs no daemon. Every event, key and epoch is \
            there with its interval: from the first moment on, until before the last one.

            Example:  eccoe member show uni-b.example -o json
            """
    )

    @Argument(help: "The member's domain.")
    var domain: String

    @OptionGroup var moment: MomentOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let present = now
        let time = try moment.moment(now: present)
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
        let report = AsOfReport(
            time: time,
            answer: registry.standingAnswer(of: domain, at: time, now: present),
            registry: registry,
            member: member
        )
        let answer: JSON = [
            "domain": .string(domain), "standing": .string(report.answer.state),
            "at": .string(time.text), "sha256": .string(member.digest.hex),
            "registry": AsOfReport.basis(registry, body: member.body),
            "document": member.document.json,
        ]
        output.write(answer) { answer in
            MemberHistory(member: member, time: time).text(
                standing: report.answer.state, registry: AsOfReport.line(answer["registry"]))
        }
    }
}
