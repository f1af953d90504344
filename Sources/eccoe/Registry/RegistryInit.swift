import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe registry init`
struct RegistryInit: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Found a network: make its member key registry, with this node as first member.",
        discussion: """
            The registry is a TUF 1.0 repository of static files that every node serves again. Its \
            keys are written to registry-authority/keys in the data folder: move the root and \
            targets keys offline, the snapshot and timestamp keys stay.

            Example:  eccoe registry init --name demo --body europe --suffix example
            """
    )

    @Option(help: "The network's name.")
    var name: String

    @Option(help: "The body that admits members: a national body or an association, one label.")
    var body: String

    @Option(help: "End of the domains that the body may admit; may be repeated.")
    var suffix: [String]

    @Option(help: "Keys of the root role.")
    var rootKeys = 5

    @Option(help: "How many of them must sign.")
    var rootThreshold = 3

    @Option(help: "Keys of the targets role.")
    var targetsKeys = 3

    @Option(help: "How many of them must sign.")
    var targetsThreshold = 2

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...rootKeys).contains(rootThreshold), rootKeys <= 16,
            (1...targetsKeys).contains(targetsThreshold), targetsKeys <= 16
        else {
            throw ValidationError("a threshold is between 1 and the number of keys, at most 16")
        }
    }

    func execute() async throws {
        let folder = node.folder
        let member = try OwnMember.read(folder)
        let authority = RegistryAuthority(folder)
        guard try DurableFile.list(folder.registryAuthority).isEmpty,
            try DurableFile.read(folder.registrySource) == nil
        else { throw StoreError.exists(folder.registryAuthority) }
        let network = NetworkDocument(
            name: name,
            quorums: NetworkDocument.standardQuorums(from: now),
            bodies: [.init(name: body, suffixes: suffix)]
        )
        guard network.body(of: member.domain) != nil else {
            throw ValidationError("no --suffix ends \(member.domain), the first member")
        }
        try DurableFile.makeFolder(folder.registryAuthority, mode: 0o750)
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        try found(network, member: member, authority: authority)
        try trust(authority, folder: folder)
        let invite = try authority.invite(url: member.node ?? "")
        let isRunning = await node.pokeRegistry()
        let answer: JSON = [
            "network": .string(name), "invite": .string(invite.description),
            "folder": .string(folder.registryAuthority), "daemon": .bool(isRunning),
        ]
        output.write(answer) { _ in
            """
            Founded the network \(name) in \(folder.registryAuthority).
            Its first member is \(member.domain). Keep the keys of root and targets offline.

            Invite others with:
              \(invite)
            They run eccoe join with it; then: eccoe registry requests, eccoe registry admit <domain>

            """
        }
    }

    private func found(
        _ network: NetworkDocument,
        member: MemberDocument,
        authority: RegistryAuthority
    ) throws {
        let root = try authority.makeKeys("root", count: rootKeys)
        let targets = try authority.makeKeys("targets", count: targetsKeys)
        let snapshot = try authority.makeKeys("snapshot", count: 1)
        let timestamp = try authority.makeKeys("timestamp", count: 1)
        let bodyKeys = try authority.makeKeys("body-\(body)", count: 1)
        func plan(_ keys: [Ed25519Key], _ threshold: Int) -> RolePlan {
            RolePlan(keys.map(\.publicKey), threshold: threshold)
        }
        let signers: [any Signer] = root + targets + snapshot + timestamp + bodyKeys
        var (repository, first) = try RegistryRepository.create(
            network,
            topLevel: TopLevelPlan(
                root: plan(root, rootThreshold),
                targets: plan(targets, targetsThreshold),
                snapshot: plan(snapshot, 1),
                timestamp: plan(timestamp, 1)
            ),
            bodies: [body: plan(bodyKeys, 1)],
            signers: signers,
            at: now
        )
        let second = try repository.admit(member.registered(at: now), signers: signers, at: now)
        try authority.published.write(first)
        try authority.published.write(second)
    }

    private func trust(_ authority: RegistryAuthority, folder: DataFolder) throws {
        let path = RegistryPath.root(version: 1)
        guard let root = try authority.published.load().files[path] else {
            throw StoreError.missing(path)
        }
        try RegistryFiles(folder: folder).write(root, to: path)
        let source: JSON = ["folder": .string(authority.published.root)]
        try DurableFile.write(source.canonicalBytes + [0x0a], to: folder.registrySource)
    }
}

extension MemberDocument {
    /// The document of a new member, with its registration as the first event.
    func registered(at time: Instant) -> MemberDocument {
        var document = self
        document.events = [StandingEvent(sequence: 1, at: time, event: .registration)]
        return document
    }
}
