import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe registry ...`
struct RegistryNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "The member key registry: whom the network trusts.",
        subcommands: [
            RegistryInit.self, RegistryRequests.self, RegistryAdmit.self, RegistryList.self,
            RegistryInvite.self, RegistryRefresh.self, RegistryUpdate.self, RegistrySuspend.self,
            RegistryReinstate.self, RegistryWithdraw.self, RegistryRevokeKey.self,
            RegistryRotateKey.self, RegistryCloseEpoch.self, RegistryRootNoun.self,
            RegistryBodyNoun.self,
        ]
    )
}

/// `eccoe registry list`
struct RegistryList: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the members of the network.",
        discussion: """
            Reads the data folder: the published registry of its operator, otherwise the copy that \
            the node has accepted.

            Example:  eccoe registry list -o jsonl
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let authority = RegistryAuthority(node.folder)
        let members =
            authority.isThere
            ? try authority.repository().members
            : try MemberList.registry(node.folder).members
        MemberList.write(members, at: now, output)
    }
}

/// `eccoe registry invite`
struct RegistryInvite: Verb {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Print the invite that others join with.",
        discussion: """
            The invite names the registry's address and the exact root file to trust; it is no \
            secret, but it must not be altered on the way.

            Example:  eccoe registry invite
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let member = try OwnMember.read(node.folder)
        let authority = RegistryAuthority(node.folder)
        let published = try authority.repository().members.first {
            $0.document.domain == member.domain
        }
        let invite = try authority.invite(url: (published?.document ?? member).node ?? "")
        output.write(["invite": .string(invite.description)]) { _ in "\(invite)\n" }
    }
}

/// `eccoe registry refresh`
struct RegistryRefresh: Verb {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract:
            "Sign anew what would expire, where the registry is run; fetch it anew elsewhere.",
        discussion: """
            The timestamp is valid for one day, the snapshot for seven: run this once an hour where \
            the registry is run, for example from a timer.

            Example:  eccoe registry refresh
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let authority = RegistryAuthority(node.folder)
        guard authority.isThere else {
            let answer = try await node.ask(.registryRefresh)
            output.write(answer) {
                TextTable.pairs([
                    ("snapshot", TextTable.cell($0["registry"]?["snapshot"])),
                    ("members", TextTable.cell($0["registry"]?["members"])),
                ])
            }
            return
        }
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        var repository = try authority.repository()
        let change = try repository.refresh(signers: authority.signers(), at: now)
        try authority.published.write(change)
        let isRunning = await node.pokeRegistry()
        let answer: JSON = [
            "files": .array(change.files.map { .string($0.path) }),
            "due": .array(change.due.map { .string($0) }), "daemon": .bool(isRunning),
        ]
        output.write(answer) { _ in
            let due = change.due.isEmpty ? "none" : change.due.joined(separator: ", ")
            return TextTable.pairs([
                ("signed", change.files.map(\.path).joined(separator: ", ")),
                ("due, but their keys are not here", due),
            ])
        }
    }
}
