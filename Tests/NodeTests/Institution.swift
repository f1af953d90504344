import CanonicalJSON
import Catalogue
import Federation
import Foundation
import Keys
import Logging
import MemberRegistry
import Node
import NodeStore
import Recognition
import Synchronization
import Testing
import TransparencyLog

/// Keys that are the same in every run.
enum TestKeys {
    static func key(_ label: String) throws -> Ed25519Key {
        try #require(Ed25519Key(seed: Digest(of: Array(label.utf8)).bytes))
    }
}

/// One institution of a test: a data folder, a node on it, and what the operator would ask.
final class Institution: Sendable {
    let domain: String
    let node: Node
    let refresh: RegistryRefresh
    private let clock: ManualClock
    private let made = Mutex<NodeServices?>(nil)

    /// The services, made when they are first asked for.
    var services: NodeServices {
        made.withLock { made in
            let services = made ?? NodeServices(node: node, clock: clock)
            made = services
            return services
        }
    }

    /// A node that has joined by an invite with this root file; nothing runs yet.
    init(
        _ domain: String,
        root: [UInt8],
        folder: String,
        clock: ManualClock,
        network: Switchboard,
        precedents: PrecedentPolicy = .always,
        isReachable: Bool = true,
        publishing: PublishingPolicy = .standard
    ) throws {
        self.domain = domain
        let data = DataFolder(folder + "/" + domain)
        try data.create()
        let source: JSON = ["url": .string("https://\(Switchboard.registryHost)")]
        try DurableFile.write(source.canonicalBytes, to: data.registrySource)
        if try RegistryFiles(folder: data).load().rootVersions.isEmpty {
            let stored = try StoredMetadata(trustedRoot: root)
            try RegistryFiles(folder: data).save(stored, replacing: StoredMetadata(files: [:]))
        }
        var logger = Logger(label: domain) { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        node = try Node(
            identity: NodeIdentity(
                domain: domain,
                url: "https://\(domain):8443",
                logKeys: [1: Self.key(domain, .log), 2: Self.secondLogKey(domain)],
                witnessKey: Self.key(domain, .witness),
                mirrorKey: Self.key(domain, .mirror),
                credentialKey: Self.key(domain, .credential),
                nodeKey: Self.key(domain, .node)
            ),
            settings: NodeSettings(
                anchorFolder: folder + "/anchor-" + domain,
                precedents: precedents,
                isReachable: isReachable,
                publishing: publishing
            ),
            folder: data,
            time: clock.time,
            transport: network,
            clock: clock,
            logger: logger
        )
        self.clock = clock
        refresh = RegistryRefresh(node: node, clock: clock) {}
        network.plug(node)
    }

    static func key(_ domain: String, _ use: MemberKey.Use) throws -> Ed25519Key {
        try TestKeys.key("\(domain) \(use.rawValue)")
    }

    /// The key of the second epoch, for tests that close the first.
    static func secondLogKey(_ domain: String) throws -> Ed25519Key {
        try TestKeys.key("\(domain) log 2")
    }

    static func origin(_ domain: String) -> String { "\(domain)/eccoe/1" }

    /// What the registry says of the institution.
    static func document(_ domain: String, at time: Instant) throws -> MemberDocument {
        let uses: [MemberKey.Use] = [
            .log, .witness, .mirror, .node, .credential, .recovery,
        ]
        let keys = try uses.map { use in
            try #require(MemberKey(key(domain, use).publicKey, use: use, notBefore: time))
        }
        let log = try #require(keys.first { $0.use == .log })
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

    /// Asks over the control socket.
    func ask(_ operation: ControlOperation, _ body: JSON = [:]) async throws -> JSON {
        try await services.control.perform(operation, body)
    }

    /// Publishes items in their written form.
    @discardableResult
    func publish(_ items: JSON...) async throws -> JSON {
        try await ask(
            .cataloguePublish,
            ["requestId": .string(Self.requestID()), "items": .array(items)]
        )
    }

    static func requestID() -> String {
        RequestID(milliseconds: 1_795_456_800_000, random: SecureRandom.bytes(10)).text
    }

    /// An item with an id and a title.
    static func item(_ id: String, _ title: String) -> JSON {
        [
            "id": .string(id), "title": ["en": .string(title)], "defaultLanguage": "en",
            "provider": ["name": ["en": "Provider"]], "awardingBody": ["name": ["en": "Provider"]],
        ]
    }

    /// Paths of all files below the data folder.
    func files() throws -> [String] {
        let names = FileManager.default.enumerator(atPath: node.folder.path)
        return (names?.compactMap { $0 as? String } ?? []).map { node.folder.file($0) }
    }

    /// Files in which a text stands anywhere.
    func files(containing text: String) throws -> [String] {
        try files().filter { path in
            FileManager.default.contents(atPath: path)?.range(of: Data(text.utf8)) != nil
        }
    }
}
