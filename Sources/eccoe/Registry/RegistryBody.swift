import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe registry body ...`
struct RegistryBodyNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "body",
        abstract: "National bodies and associations, each admitting members with its own keys.",
        subcommands: [RegistryBodyAdd.self, RegistryBodyList.self]
    )
}

/// `eccoe registry body add <name>`
struct RegistryBodyAdd: Verb {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let a body admit the members whose domains end in its suffixes.",
        discussion: """
            The longest suffix that ends a domain decides; members stay where they were admitted. \
            A body that is there already gets the suffixes and keys that are named. Without --key a \
            key is made here. Targets and the body's own keys must sign: where they are elsewhere, \
            --out writes a proposal for them (eccoe registry root sign, publish).

            Example:  eccoe registry body add france --suffix fr --key france-1.key.jwk --out body.json
            """
    )

    @Argument(help: "The body's name, one label; also that of its TUF role.")
    var name: String

    @Option(help: "End of the domains that the body may admit; may be repeated.")
    var suffix: [String] = []

    @Option(help: ArgumentHelp("Public key of the body; repeat for each.", valueName: "jwk"))
    var key: [String] = []

    @Option(help: "How many of them must sign.")
    var threshold = 1

    @Option(help: "Sign nothing here, and write a proposal to this file.")
    var out: String?

    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let authority = RegistryAuthority(node.folder)
        let repository = try authority.repository()
        let network = try network(repository.network)
        let isNew = !repository.network.bodies.contains { $0.name == name }
        var plans: [String: RolePlan] = [:]
        if !key.isEmpty {
            plans[name] = RolePlan(try key.map { try PublicKeyFile.read($0) }, threshold: threshold)
        } else if isNew {
            guard !confirmation.dryRun else {
                throw ValidationError("--dry-run needs --key: without it a key would be made")
            }
            plans[name] = RolePlan([try authority.makeKey("body-\(name)").publicKey], threshold: 1)
        }
        let proposal = try repository.proposeNetwork(network, bodies: plans, at: now)
        if let out { return try CeremonyFile.write(proposal, to: out, output) }
        let shown = try CeremonyFile.text(proposal, now: now)
        guard try confirmation.confirm(shown, "Sign and publish this for ever?") else {
            return try CeremonyFile.report(proposal, nil, output)
        }
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        var current = try authority.repository()
        let change = try current.updateNetwork(
            network, bodies: plans, signers: authority.signers(), at: now)
        try authority.published.write(change)
        _ = await node.pokeRegistry()
        try CeremonyFile.report(proposal, nil, output)
    }

    private func network(_ current: NetworkDocument) throws -> NetworkDocument {
        var bodies = current.bodies
        let body = NetworkDocument.Body(name: name, suffixes: suffix)
        if let index = bodies.firstIndex(where: { $0.name == name }) {
            if !suffix.isEmpty { bodies[index] = body }
        } else {
            guard !suffix.isEmpty else { throw ValidationError("a new body needs --suffix") }
            bodies.append(body)
        }
        let next = NetworkDocument(
            name: current.name, quorums: current.quorums, mirrors: current.mirrors, bodies: bodies)
        return try NetworkDocument(reading: next.canonicalBytes)
    }
}

/// `eccoe registry body list`
struct RegistryBodyList: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the bodies and the domains that each may admit.",
        discussion: "Example:  eccoe registry body list"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let authority = RegistryAuthority(node.folder)
        let network =
            authority.isThere
            ? try authority.repository().network : try MemberList.registry(node.folder).network
        let answer: JSON = [
            "bodies": .array(
                network.bodies.map { body in
                    [
                        "name": .string(body.name),
                        "suffixes": .array(body.suffixes.map { .string($0) }),
                    ]
                })
        ]
        output.write(list: "bodies", of: answer) { rows in
            TextTable.rows(
                ["BODY", "DOMAINS"],
                rows.map { [TextTable.cell($0["name"]), TextTable.cell($0["suffixes"])] })
        }
    }
}
