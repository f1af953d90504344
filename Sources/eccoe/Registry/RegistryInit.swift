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
            targets keys offline, the snapshot and timestamp keys stay. Where root and targets keys \
            were made on other machines (eccoe registry root make-key), name their public keys: \
            then only a proposal is written to --out, to be signed there and published by eccoe \
            registry root publish.

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

    @Option(
        help: ArgumentHelp(
            "Public key of the root on another machine; repeat for each.", valueName: "jwk"))
    var rootKey: [String] = []

    @Option(
        help: ArgumentHelp(
            "Public key of targets on another machine; repeat for each.", valueName: "jwk"))
    var targetsKey: [String] = []

    @Option(help: "Where to write the proposal for those machines.")
    var out: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard rootKey.isEmpty == targetsKey.isEmpty, rootKey.isEmpty == (out == nil) else {
            throw ValidationError("--root-key, --targets-key and --out belong together")
        }
        guard rootKey.isEmpty else { return }
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
        let network = NetworkDocument(
            name: name,
            quorums: NetworkDocument.standardQuorums(from: now),
            bodies: [.init(name: body, suffixes: suffix)]
        )
        guard network.body(of: member.domain) != nil else {
            throw ValidationError("no --suffix ends \(member.domain), the first member")
        }
        let foundation = RegistryFoundation(folder: folder)
        try foundation.prepare()
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        if let out {
            let proposal = try propose(network, authority)
            return try CeremonyFile.write(proposal, to: out, output)
        }
        let (repository, change) = try found(network, authority)
        try foundation.write(repository, change, at: now)
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

    /// The registry with keys that are all made here.
    private func found(
        _ network: NetworkDocument,
        _ authority: RegistryAuthority
    ) throws -> (RegistryRepository, RepositoryChange) {
        let root = try authority.makeKeys("root", count: rootKeys)
        let targets = try authority.makeKeys("targets", count: targetsKeys)
        let online = try OnlineKeys(authority, body: body)
        return try RegistryRepository.create(
            network,
            topLevel: online.plan(
                root: RolePlan(root.map(\.publicKey), threshold: rootThreshold),
                targets: RolePlan(targets.map(\.publicKey), threshold: targetsThreshold)),
            bodies: [body: RolePlan([online.body.publicKey], threshold: 1)],
            signers: root + targets + online.all,
            at: now
        )
    }

    /// The first root and targets files, for keys that are elsewhere.
    private func propose(
        _ network: NetworkDocument,
        _ authority: RegistryAuthority
    ) throws -> Ceremony {
        let root = try rootKey.map { try PublicKeyFile.read($0) }
        let targets = try targetsKey.map { try PublicKeyFile.read($0) }
        let online = try OnlineKeys(authority, body: body)
        return try RegistryRepository.foundation(
            network,
            topLevel: online.plan(
                root: RolePlan(root, threshold: rootThreshold),
                targets: RolePlan(targets, threshold: targetsThreshold)),
            bodies: [body: RolePlan([online.body.publicKey], threshold: 1)],
            at: now
        )
    }
}

/// The keys that stay on the registry's machine.
private struct OnlineKeys {
    let snapshot: Ed25519Key
    let timestamp: Ed25519Key
    let body: Ed25519Key

    init(_ authority: RegistryAuthority, body: String) throws {
        snapshot = try authority.makeKey("snapshot")
        timestamp = try authority.makeKey("timestamp")
        self.body = try authority.makeKey("body-\(body)")
    }

    var all: [Ed25519Key] { [snapshot, timestamp, body] }

    func plan(root: RolePlan, targets: RolePlan) -> TopLevelPlan {
        TopLevelPlan(
            root: root,
            targets: targets,
            snapshot: RolePlan([snapshot.publicKey], threshold: 1),
            timestamp: RolePlan([timestamp.publicKey], threshold: 1)
        )
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
