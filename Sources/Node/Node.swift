package import CanonicalJSON
package import Catalogue
package import Federation
import Keys
package import Logging
package import NodeStore
package import Recognition
import TransparencyLog

/// What the services and operations of one institution share. It has no behaviour of its own.
package struct Node: Sendable {
    /// Who this is.
    package let identity: NodeIdentity
    /// What the operator chose.
    package let settings: NodeSettings
    /// Where everything lies.
    package let folder: DataFolder
    /// The clock.
    package let time: any TimeSource
    /// Chance.
    package let random: any RandomSource
    /// Where commits of the own log wait for the disk.
    package let disk: any BlockingExecutor
    /// Where audits and the carrying over of the write-ahead log wait for the disk.
    package let background: any BlockingExecutor
    /// The network.
    package let transport: any PeerTransport
    /// Private records and the witness's memory.
    package let database: NodeDatabase
    /// Judges what the witness is asked.
    package let witness: WitnessWriter
    /// By which it waits.
    package let clock: any Clock<Duration>
    /// What each member was told of the own log.
    package let deliveries = Deliveries()
    /// Whether members are shown different registries.
    package let splits: RegistrySplits
    /// Logs that their authors have forked.
    package let quarantine: Quarantine
    /// The federated catalogue.
    package let views: ViewsStore
    /// Own log and copies.
    package let logs: Logs
    /// Whom to trust.
    package let registry: RegistryHolder
    /// The gossip state machine.
    package let gossip: Gossip
    /// The heads feed.
    package let heads: Heads
    /// When each copy was last polled.
    package let freshness = Freshness()
    /// How much each log may still grow.
    package let quotas: Quotas
    /// Brings the views up to the logs.
    package let viewFolder: ViewFolder
    /// The own log's writer, once there is a log.
    package let writer = LogWriter()
    /// Whether the own log may be signed.
    package let gate = GateHolder()
    /// Ends the daemon when a disk has failed.
    package let faults = FaultWatch()
    /// Establishes which member asks.
    package let authentication: MemberAuthentication
    /// Members that have their own address tried.
    package let reachability = Reachability()
    /// What has been counted since the start.
    package let metrics = NodeMetrics()
    /// Bytes sent and received by the transport, for `status`.
    package let traffic: @Sendable () -> JSON
    /// Where it writes what an operator should know.
    package let logger: Logger

    /// Opens a node's stores; nothing runs yet.
    ///
    /// - Parameters:
    ///   - background: beside `disk` in a daemon; on the same thread when nil.
    ///   - clock: by which the transport waits when a peer asks it to.
    ///   - witnessing: where the witness waits for the disk, beside `disk` likewise.
    /// - Throws: `StoreError`.
    package init(
        identity: NodeIdentity,
        settings: NodeSettings,
        folder: DataFolder,
        time: any TimeSource,
        random: any RandomSource = SystemRandom(),
        disk: any BlockingExecutor = DispatchExecutor(label: "sequencer"),
        background: (any BlockingExecutor)? = nil,
        witnessing: (any BlockingExecutor)? = nil,
        transport: any PeerTransport,
        clock: any Clock<Duration> = ContinuousClock(),
        traffic: @escaping @Sendable () -> JSON = { .null },
        logger: Logger
    ) throws {
        self.traffic = traffic
        self.identity = identity
        self.settings = settings
        self.folder = folder
        self.time = time
        self.random = random
        self.disk = disk
        self.background = background ?? disk
        self.logger = logger
        self.clock = clock
        database = try NodeDatabase(path: folder.nodeDatabase)
        witness = WitnessWriter(database, disk: witnessing ?? disk)
        splits = RegistrySplits(folder: folder)
        quarantine = try Quarantine(database)
        views = try ViewsStore(path: folder.viewsDatabase)
        logs = Logs(folder: folder)
        registry = RegistryHolder(domain: identity.domain, folder: folder)
        var generator = random.generator()
        gossip = Gossip(seed: generator.next())
        self.transport = PatientTransport(
            network: SigningTransport(
                network: transport,
                identity: identity,
                registry: registry,
                time: time,
                clock: { [gossip, time] in gossip.clock(at: time.now()) },
                random: random
            ),
            clock: clock
        )
        authentication = MemberAuthentication(identity: identity, registry: registry)
        heads = Heads(instance: Hex.encode(random.bytes(8)))
        quotas = Quotas(database)
        viewFolder = ViewFolder(views: views)
        try openOwnLogs()
    }
}

/// What an operator chooses for a node.
package struct NodeSettings: Sendable {
    /// Folder of the anchor, outside the backup set.
    package var anchorFolder: String
    /// When learner-free precedents are published.
    package var precedents: PrecedentPolicy
    /// Whether members can connect to this node; otherwise it pushes its log to its mirrors.
    package var isReachable: Bool
    /// Whether the log shows, by salted commitments, that what is issued existed.
    package var anchorsIssuances: Bool
    /// Which gaps of an item are told at publishing, and which keep it from being published.
    package var publishing: PublishingPolicy

    /// Settings from their parts.
    package init(
        anchorFolder: String,
        precedents: PrecedentPolicy,
        isReachable: Bool = true,
        anchorsIssuances: Bool = true,
        publishing: PublishingPolicy = .standard
    ) {
        self.anchorFolder = anchorFolder
        self.precedents = precedents
        self.isReachable = isReachable
        self.anchorsIssuances = anchorsIssuances
        self.publishing = publishing
    }
}
