import CanonicalJSON
import Federation
import Foundation
import Keys
import Logging
import MemberRegistry
import Node
import NodeStore
import Recognition
import ServiceLifecycle
import Synchronization
import TransparencyLog

/// One life of a node: whole services on one disk, from a start to a stop.
final class Life: Sendable {
    let id: LifeID
    let disk: Disk
    let node: Node
    private let services: NodeServices
    private let stops: AsyncStream<Void>
    private let stopper: AsyncStream<Void>.Continuation

    var domain: String { id.domain }

    /// Opens what lies in the disk's folder.
    init(
        _ id: LifeID, disk: Disk, world: World, time: SkewedTime, logger: Logger
    ) throws {
        self.id = id
        self.disk = disk
        (stops, stopper) = AsyncStream.makeStream()
        let seed = Digest(of: Array("\(world.options.seed) \(id.domain) \(id.number)".utf8))
        node = try Node(
            identity: NodeIdentity(
                domain: id.domain,
                url: "https://\(id.domain):8443",
                logKeys: Identity.key(id.domain, .log).map { [1: $0] } ?? [:],
                witnessKey: Identity.key(id.domain, .witness),
                mirrorKey: Identity.key(id.domain, .mirror),
                credentialKey: Identity.key(id.domain, .credential),
                nodeKey: Identity.key(id.domain, .node)
            ),
            settings: NodeSettings(
                anchorFolder: disk.folder + "/anchor", precedents: .always),
            folder: DataFolder(disk.folder + "/data", steps: FaultySteps(disk: disk)),
            time: time,
            random: SeededRandom(
                seed: seed.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }),
            disk: world.thread,
            transport: NodeTransport(network: world.network, life: id, disk: disk),
            clock: world.clock,
            logger: logger
        )
        services = NodeServices(node: node, clock: world.clock)
    }

    /// Runs until it is stopped or one of its services ends; `ended` is told at once, whatever the
    /// services still do.
    func run(beside work: @escaping @Sendable () async -> Void, ended: @Sendable () -> Void) async {
        await withTaskGroup(of: Bool.self) { group in
            for service in services.services {
                group.addTask {
                    try? await service.run()
                    return true
                }
            }
            group.addTask {
                for await _ in self.stops { break }
                return true
            }
            group.addTask {
                await work()
                return false
            }
            while let isEnd = await group.next(), !isEnd {}
            ended()
            group.cancelAll()
        }
    }

    func stop() { stopper.finish() }

    /// Asks over the control socket.
    func ask(_ operation: ControlOperation, _ body: JSON = [:]) async throws -> JSON {
        let answer = try await services.control.perform(operation, body)
        // What a stopped machine would have answered has reached nobody.
        guard !disk.isStopped else { throw Problem(.unreachable, "this machine has stopped") }
        return answer
    }
}

/// Keys and documents of the members, the same in every run.
enum Identity {
    static func key(_ domain: String, _ use: MemberKey.Use) -> Ed25519Key? {
        Ed25519Key(seed: Digest(of: Array("\(domain) \(use.rawValue)".utf8)).bytes)
    }

    static func origin(_ domain: String) -> String { "\(domain)/eccoe/1" }

    static func author(_ origin: String) -> String { String(origin.prefix { $0 != "/" }) }

    /// What verifies a member's log.
    static func logKey(_ domain: String) -> VerifierKey? {
        key(domain, .log).flatMap {
            VerifierKey(name: origin(domain), type: .ed25519, publicKey: $0.publicKey)
        }
    }

    static func document(_ domain: String, at time: Keys.Instant) throws -> MemberDocument {
        let uses: [MemberKey.Use] = [.log, .witness, .mirror, .node, .credential, .recovery]
        let keys = uses.compactMap { use in
            key(domain, use).flatMap { MemberKey($0.publicKey, use: use, notBefore: time) }
        }
        guard let log = keys.first(where: { $0.use == .log }), keys.count == uses.count else {
            throw Problem(.keyUnusable, "no keys for \(domain)")
        }
        return MemberDocument(
            domain: domain,
            names: ["en": "University \(domain)"],
            country: "FR",
            kind: .higherEducation,
            mailboxes: ["technical": "eccoe@\(domain)"],
            node: "https://\(domain):8443",
            dids: ["did:web:\(domain)"],
            keys: keys,
            epochs: [LogEpoch(number: 1, kid: log.kid, opened: time)],
            events: [StandingEvent(sequence: 1, at: time, event: .registration)]
        )
    }
}

/// The registry of a simulation, which admits members while it runs.
final class Registry: Sendable {
    private let repository: Mutex<RegistryRepository>
    private let signer: Ed25519Key
    /// The root that every member has joined with.
    let root: [UInt8]

    /// A registry that has admitted these domains.
    init(_ domains: [String], at start: Keys.Instant) throws {
        guard let signer = Ed25519Key(seed: Digest(of: Array("registry".utf8)).bytes) else {
            throw Problem(.keyUnusable, "no key for the registry")
        }
        self.signer = signer
        let plan = RolePlan([signer.publicKey], threshold: 1)
        var (made, _) = try RegistryRepository.create(
            NetworkDocument(
                name: "simulation",
                quorums: NetworkDocument.standardQuorums(from: start),
                bodies: [NetworkDocument.Body(name: "all", suffixes: ["example"])]
            ),
            topLevel: TopLevelPlan(root: plan, targets: plan, snapshot: plan, timestamp: plan),
            bodies: ["all": plan],
            signers: [signer],
            at: start
        )
        for domain in domains {
            _ = try made.admit(
                Identity.document(domain, at: start), signers: [signer], at: start)
        }
        root = made.files["metadata/1.root.json"] ?? []
        repository = Mutex(made)
    }

    var files: [String: [UInt8]] { repository.withLock { $0.files } }

    func admit(_ domain: String, at time: Keys.Instant) throws {
        try repository.withLock {
            _ = try $0.admit(Identity.document(domain, at: time), signers: [signer], at: time)
        }
    }

    /// Signs anew what would expire.
    func renew(at time: Keys.Instant) throws {
        try repository.withLock { _ = try $0.refresh(signers: [signer], at: time) }
    }
}
