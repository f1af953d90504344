import CanonicalJSON
import Catalogue
import Federation
import Foundation
import Keys
import Logging
import MemberRegistry
import Node
import NodeStore
import ServiceLifecycle
import Synchronization
import Testing
import TransparencyLog

/// Institutions with one registry on one network, moved by one clock.
final class TestFederation: Sendable {
    static let a = "uni-a.example"
    static let b = "uni-b.example"
    static let c = "uni-c.example"

    let clock = ManualClock()
    let network = Switchboard()
    let folder: String
    let members: [Institution]
    private let registry: Mutex<RegistryRepository>

    /// A registry that has admitted these domains, and a node for each; nothing runs yet.
    init(
        _ domains: [String] = [a, b, c],
        waiting: [String] = [],
        unreachable: Set<String> = [],
        publishing: PublishingPolicy = .standard
    ) throws {
        folder =
            FileManager.default.temporaryDirectory.path + "/eccoe-node-\(UUID().uuidString)"
        let signers = try [TestKeys.key("registry")]
        let plan = RolePlan(signers.map(\.publicKey), threshold: 1)
        let start = ManualClock.start
        var (repository, _) = try RegistryRepository.create(
            NetworkDocument(
                name: "test-net",
                quorums: NetworkDocument.standardQuorums(from: start),
                bodies: [NetworkDocument.Body(name: "all", suffixes: ["example"])]
            ),
            topLevel: TopLevelPlan(root: plan, targets: plan, snapshot: plan, timestamp: plan),
            bodies: ["all": plan],
            signers: signers,
            at: start
        )
        for domain in domains {
            let document = try Institution.document(domain, at: start)
            _ = try repository.admit(document, signers: signers, at: start)
        }
        network.serve(repository.files)
        let root = try #require(repository.files["metadata/1.root.json"])
        registry = Mutex(repository)
        members = try (domains + waiting).map { [folder, clock, network] domain in
            try Institution(
                domain,
                root: root,
                folder: folder,
                clock: clock,
                network: network,
                isReachable: !unreachable.contains(domain),
                publishing: publishing
            )
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    subscript(domain: String) -> Institution {
        get throws { try #require(members.first { $0.domain == domain }) }
    }

    /// The registry admits one more member.
    func admit(_ domain: String) throws {
        try change { repository, signers in
            _ = try repository.admit(
                Institution.document(domain, at: clock.time.now()),
                signers: signers,
                at: clock.time.now()
            )
        }
    }

    /// The files of a registry that went on by admitting this domain instead.
    func otherRegistry(admitting domain: String) throws -> [String: [UInt8]] {
        try registry.withLock { repository in
            var other = repository
            _ = try other.admit(
                Institution.document(domain, at: clock.time.now()),
                signers: [TestKeys.key("registry")],
                at: clock.time.now()
            )
            return other.files
        }
    }

    /// The registry publishes a member's newer document.
    func update(_ domain: String, _ edit: (inout MemberDocument) -> Void) throws {
        try change { repository, signers in
            var document = try #require(
                repository.members.first { $0.document.domain == domain }?.document
            )
            edit(&document)
            _ = try repository.update(document, signers: signers, at: clock.time.now())
        }
    }

    /// The registry closes a member's first epoch, and opens the second unless told otherwise.
    func closeFirstEpoch(
        of domain: String = a, at size: Int, root: Digest,
        revokingKeyAs reason: MemberKey.Revocation = .superseded, opening next: Bool = true
    ) throws {
        let now = clock.time.now()
        let key = try Institution.secondLogKey(domain).publicKey
        let closing = LogEpoch.Closing(at: now, size: Int64(size), root: root, reason: "test")
        try update(domain) { document in
            let closed = document.closingEpoch(closing, revokingKeyAs: reason)
            document = (next ? closed?.openingEpoch(key, at: now) : closed) ?? document
        }
    }

    private func change(
        _ edit: (inout RegistryRepository, [Ed25519Key]) throws -> Void
    ) throws {
        let files = try registry.withLock { repository in
            try edit(&repository, [TestKeys.key("registry")])
            return repository.files
        }
        network.serve(files)
    }

    /// The same institution as a process that starts again would see it.
    func restarted(_ domain: String) throws -> Institution {
        try Institution(domain, root: [], folder: folder, clock: clock, network: network)
    }

    /// Runs the services of these institutions while `body` runs, then shuts them down.
    func running<Result: Sendable>(
        _ institutions: [Institution]? = nil,
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let group = ServiceGroup(
            services: (institutions ?? members).flatMap(\.services.services),
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let result = try await body()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    /// Lets everything run, and time pass half a second at a time, until a condition holds.
    func until(
        _ what: String,
        seconds: Int = 3600,
        _ condition: () throws -> Bool
    ) async throws {
        for _ in 0..<(seconds * 2) {
            if try condition() { return }
            await settle()
            clock.advance(by: .milliseconds(500))
        }
        throw NotReached(what: what, states: try members.map { try $0.statusText })
    }

    /// Lets the nodes that run, all of them unless named, fetch the registry.
    func admitted(_ institutions: [Institution]? = nil) async throws {
        try await until("all have the registry") {
            (institutions ?? members).allSatisfy { $0.node.registry.version != nil }
        }
    }

    /// Lets what is under way come to an end, without time passing: no request is open, and the
    /// machine has had a moment for disks and threads.
    func settle() async {
        let began = ContinuousClock.now
        var quiet = 0
        while quiet < 50 || ContinuousClock.now - began < .milliseconds(2) {
            quiet = network.isIdle ? quiet + 1 : 0
            await Task.yield()
        }
    }

    struct NotReached: Error, CustomStringConvertible {
        let what: String
        let states: [String]

        var description: String { "not reached: \(what)\n" + states.joined(separator: "\n") }
    }
}

extension Institution {
    var statusText: String {
        get throws { try StatusDesk(node: node).status().canonicalText }
    }

    /// Whether everything that it has heard of is held, confirmed and complete.
    var isConverged: Bool {
        get throws { try StatusDesk(node: node).status()["converged"]?.bool == true }
    }

    /// Leaves of a log that are held and confirmed here.
    func confirmedSize(of domain: String) throws -> Int {
        try node.logs.log(Self.origin(domain))?.confirmed()?.checkpoint.checkpoint.size ?? 0
    }

    /// Creates the log and lets it begin.
    func createLog() async throws {
        _ = try await ask(.logInit)
    }
}
