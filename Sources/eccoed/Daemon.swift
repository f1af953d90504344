import CanonicalJSON
import Federation
import Keys
import Logging
import Node
import NodeClient
import NodeServer
import NodeStore
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Puts the rooms together and runs them until a signal.
struct Daemon {
    let configuration: Configuration
    let logger: Logger

    func run() async throws {
        let folder = DataFolder(configuration.data)
        try folder.create()
        let lock = try folder.lock()
        defer { withExtendedLifetime(lock) {} }
        let transport = HTTPPeerTransport(outbound: OutboundGuard(allow: configuration.allow))
        let node = try Node(
            identity: try identity(folder),
            settings: NodeSettings(
                anchorFolder: configuration.anchor,
                precedents: configuration.precedents,
                isReachable: configuration.isReachable,
                anchorsIssuances: configuration.anchorsIssuances,
                publishing: configuration.publishing
            ),
            folder: folder,
            time: SystemTime(),
            background: DispatchExecutor(label: "background"),
            witnessing: DispatchExecutor(label: "witness"),
            transport: transport,
            traffic: { Self.traffic(transport.traffic) },
            logger: logger
        )
        do {
            try await Twin(folder: folder, domain: configuration.domain, transport: transport)
                .refuse()
            try await ServiceGroup(configuration: try group(of: node)).run()
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }

    /// Everything that runs, with the listeners last: they are the first to close.
    private func group(of node: Node) throws -> ServiceGroupConfiguration {
        let parts = NodeServices(node: node, clock: ContinuousClock())
        let gate = InboundGate(configuration.limits, known: configuration.knownAddresses) {
            node.metrics.refused($0)
        }
        let identity = try ListenerIdentity(
            certificate: configuration.certificate, key: configuration.privateKey)
        let reload = CertificateReload(identity: identity, logger: logger)
        let readiness = Readiness(
            listeners: configuration.admin == nil ? 2 : 3, url: node.identity.url, logger: logger)
        var listeners = [
            try Servers.control(
                desk: parts.control, socket: configuration.socket, logger: logger
            ) { readiness.listening(nil) },
            Servers.https(
                node: node, host: configuration.host, port: configuration.port,
                identity: identity, gate: gate
            ) { port in readiness.listening(("port", port)) },
        ]
        if let admin = configuration.admin {
            let service = Servers.admin(
                node: node, host: admin.host, port: admin.port, gate: gate,
                identity: identity
            ) { port in readiness.listening(("admin", port)) }
            listeners.insert(service, at: 0)
        }
        var group = ServiceGroupConfiguration(
            services: (parts.services + [reload, SearchReadiness(node: node)] + listeners).map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Peers keep connections open, strangers half a request; what is acknowledged is on disk
        // already. Service managers grow impatient after 10 s.
        group.maximumGracefulShutdownDuration = .seconds(5)
        group.maximumCancellationDuration = .seconds(5)
        return group
    }

    private func identity(_ folder: DataFolder) throws -> NodeIdentity {
        let sources = KeySources(
            folder: folder, credentials: configuration.credentials,
            logAgent: configuration.logAgent, nodeAgent: configuration.nodeAgent)
        return NodeIdentity(
            domain: configuration.domain, url: configuration.url, keys: try sources.keys())
    }

    private static func traffic(_ traffic: Traffic) -> JSON {
        [
            "requests": .number(JSONNumber(Int64(traffic.requests))),
            "sent": .number(JSONNumber(Int64(traffic.sent))),
            "received": .number(JSONNumber(Int64(traffic.received))),
        ]
    }
}

extension Configuration {
    /// Whom the limits treat otherwise than strangers.
    fileprivate var knownAddresses: KnownAddresses {
        KnownAddresses(
            exempt: Set(allow.compactMap { CallerAddress(bytes: $0.address.bytes) }),
            proxies: Set(proxies.compactMap { CallerAddress(bytes: $0.bytes) }),
            header: proxyHeader
        )
    }
}

/// Says `Ready` once all listeners are there, so that who waits for it may use each.
private final class Readiness: Sendable {
    private let url: String
    private let logger: Logger
    private let state: Mutex<(waiting: Int, ports: Logger.Metadata)>

    init(listeners: Int, url: String, logger: Logger) {
        self.url = url
        self.logger = logger
        state = Mutex((listeners, [:]))
    }

    func listening(_ port: (name: String, number: Int)?) {
        let ready = state.withLock { state -> Logger.Metadata? in
            state.waiting -= 1
            if let port { state.ports[port.name] = "\(port.number)" }
            return state.waiting == 0 ? state.ports : nil
        }
        if let ready {
            logger.notice("Ready", metadata: ready.merging(["url": "\(url)"]) { $1 })
        }
    }
}
