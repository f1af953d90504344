package import Federation
import Keys
import Logging
import MemberRegistry
import NodeStore
import ServiceLifecycle
import TransparencyLog

/// Keeps the registry fresh: at start, hourly, and when gossip hears of a newer one.
package final class RegistryRefresh: Service, Sendable {
    private let node: Node
    private let clock: any Clock<Duration>
    private let changed: @Sendable () -> Void
    private let turn = RefreshTurn()

    /// A refresher of this node.
    ///
    /// - Parameter changed: told after a newer registry was accepted.
    package init(
        node: Node,
        clock: any Clock<Duration>,
        changed: @escaping @Sendable () -> Void
    ) {
        self.node = node
        self.clock = clock
        self.changed = changed
    }

    package func run() async throws {
        await untilShutdown {
            self.tellGossip()
            await self.recoverViews()
            self.changed()
            var wait: Int64 = 1
            while !Task.isCancelled {
                // A node that has just joined looks often, so that admission is noticed at once.
                wait = await self.refresh(from: nil) ? 3600 : min(wait * 2, 60)
                if !self.isAdmitted { wait = min(wait, 2) }
                try? await self.clock.sleep(for: .seconds(wait))
            }
        }
    }

    private var isAdmitted: Bool {
        node.registry.current?.member(node.identity.domain) != nil
    }

    /// Refreshes once, from the registry itself or else from the copy that a member serves.
    ///
    /// - Returns: whether a refresh succeeded, with or without news.
    @discardableResult
    package func refresh(from member: String?) async -> Bool {
        await turn.take { await self.refreshNow(from: member) }
    }

    private func refreshNow(from member: String?) async -> Bool {
        do {
            guard let source = try RegistrySource(folder: node.folder) else { return false }
            if try await refresh(by: fetcher(of: source)) { return true }
            guard let member, let address = node.registry.address(of: member) else { return false }
            return try await refresh(by: peerFetcher(address, base: "/registry"))
        } catch {
            node.logger.warning("registry refresh failed", metadata: ["error": "\(error)"])
            return false
        }
    }

    private typealias Fetcher = @Sendable (String, Int) async -> RefreshWorkflow.Answer

    private func refresh(by fetch: @escaping Fetcher) async throws -> Bool {
        let files = RegistryFiles(folder: node.folder)
        let stored = try files.load()
        var workflow = RefreshWorkflow(
            stored: stored, known: node.registry.current, at: node.time.now())
        switch try await workflow.carryOut(by: fetch) {
        case .finished(let registry, let kept):
            try files.save(kept, replacing: stored)
            await accept(registry, kept)
            return true
        case .failed(let refusal):
            // Roots learnt on the way and rollback guards are worth keeping.
            try files.save(workflow.stored, replacing: stored)
            node.logger.warning("registry refused", metadata: ["reason": "\(refusal)"])
            return false
        }
    }

    private func accept(_ registry: TrustedRegistry, _ kept: StoredMetadata) async {
        let before = node.registry.version
        guard !isDisputed(registry) else { return }
        node.registry.accept(registry, stored: kept)
        for alarm in registry.alarms {
            node.logger.error("registry alarm", metadata: ["alarm": "\(alarm)"])
        }
        guard before != node.registry.version else { return }
        tellGossip()
        await foldClosedEpochs()
        changed()
    }

    /// Whether members would be new in a version of which there are two.
    private func isDisputed(_ registry: TrustedRegistry) -> Bool {
        let version = RegistryVersion(
            version: Int(registry.snapshotVersion), digest: registry.snapshotDigest)
        guard node.splits.open(at: version) != nil, let current = node.registry.current else {
            return false
        }
        return Set(registry.members.map(\.document.domain))
            .isSubset(of: current.members.map(\.document.domain)) == false
    }

    /// What came after a closing leaves the views as soon as the closing is known.
    private func foldClosedEpochs() async {
        for identity in node.registry.logs where !identity.isOpen {
            do {
                guard let log = node.logs.log(identity.key.name) else { continue }
                try await node.foldViews(of: log)
            } catch {
                node.logger.error(
                    "the views could not be cut at a closing",
                    metadata: ["origin": "\(identity.key.name)", "error": "\(error)"])
            }
        }
    }

    /// A crash may have come between a copy and its views.
    private func recoverViews() async {
        for mirror in node.logs.mirrors {
            do {
                try await node.recoverViews(of: mirror)
            } catch {
                node.logger.error(
                    "the views could not be brought up to a copy",
                    metadata: ["origin": "\(mirror.origin)", "error": "\(error)"])
            }
        }
    }

    private func tellGossip() {
        guard let registry = node.registry.current else { return }
        let own = node.identity.domain
        let members = Set(node.registry.otherNodes.map(\.domain))
        // An own log that is not here, such as one lost with its disk, is copied like another's.
        let logs = node.registry.logs.filter {
            $0.domain != own || !$0.isOpen && node.logs.own(epoch: $0.epoch) == nil
        }
        let now = node.time.now()
        for log in logs {
            // Copies that are held are opened, so that peers can be served and told of them.
            do {
                try node.noteHead(of: node.mirror(of: log))
            } catch let problem as Problem where problem.slug == .notConfirmed {
                // The epoch before it comes first.
            } catch {
                node.logger.error(
                    "a copy cannot be opened",
                    metadata: ["origin": "\(log.key.name)", "error": "\(error)"])
            }
        }
        let mirrors = Dictionary(
            uniqueKeysWithValues: logs.map {
                ($0.key.name, node.registry.mirrorDomains(of: $0.key.name, at: now))
            })
        let closings = Dictionary(
            uniqueKeysWithValues: logs.compactMap { log in
                log.closing.map { (log.key.name, Int($0.size)) }
            })
        node.gossip.handle {
            $0.registryChanged(
                members: members,
                logs: Dictionary(uniqueKeysWithValues: logs.map { ($0.key.name, $0.domain) }),
                mirrors: mirrors,
                closings: closings,
                registry: RegistryVersion(
                    version: Int(registry.snapshotVersion), digest: registry.snapshotDigest),
                at: now
            )
        }
        EvidenceDesk(node: node).tellGossip()
    }

    private func fetcher(of source: RegistrySource) -> Fetcher {
        switch source {
        case .folder(let folder):
            return { path, maximum in
                do {
                    let bytes = try DurableFile.read(folder + "/" + path, limit: maximum)
                    return bytes.map { .bytes($0) } ?? .notFound
                } catch { return .unreachable("\(error)") }
            }
        case .url(let url, let authority):
            guard let address = RegistryAddress(url: url, authority: authority) else {
                return { _, _ in .unreachable("no https URL or no certificate: \(url)") }
            }
            return peerFetcher(address.peer, base: address.base)
        }
    }

    private func peerFetcher(_ peer: PeerAddress, base: String) -> Fetcher {
        let transport = node.transport
        return { path, maximum in
            do {
                let response = try await transport.send(
                    PeerRequest("GET", base + "/" + path, of: peer, maximumBytes: maximum)
                )
                switch response.status {
                case 200: return .bytes(response.body)
                case 403, 404, 410: return .notFound
                default: return .unreachable("status \(response.status)")
                }
            } catch let problem as Problem {
                return problem.slug == .tooLarge
                    ? .bytes(Array(repeating: 0, count: maximum + 1))
                    : .unreachable(problem.detail)
            } catch { return .unreachable("\(error)") }
        }
    }
}

/// Lets one refresh run at a time; who comes meanwhile waits and shares its outcome.
private actor RefreshTurn {
    private var isRunning = false
    private var waiting: [CheckedContinuation<Bool, Never>] = []

    func take(_ work: @Sendable () async -> Bool) async -> Bool {
        if isRunning { return await withCheckedContinuation { waiting.append($0) } }
        isRunning = true
        let outcome = await work()
        isRunning = false
        let sharing = waiting
        waiting = []
        for continuation in sharing { continuation.resume(returning: outcome) }
        return outcome
    }
}

/// The registry's server as a peer: it is known from the invite before any member is.
package struct RegistryAddress: Sendable {
    /// Host and certificate check.
    package let peer: PeerAddress
    /// Path of the base URL, without a slash at the end.
    package let base: String

    /// Splits a base URL; nil unless it is https and the certificate, when given, is PEM.
    package init?(url: String, authority: String?) {
        guard url.hasPrefix("https://") else { return nil }
        let rest = url.dropFirst("https://".count)
        let host = rest.prefix { $0 != "/" }
        var base = String(rest.dropFirst(host.count))
        while base.hasSuffix("/") { base.removeLast() }
        var trust = PeerAddress.Trust.system
        if let authority {
            let body = authority.split(whereSeparator: \.isNewline)
                .drop { !$0.hasPrefix("-----BEGIN") }.dropFirst()
                .prefix { !$0.hasPrefix("-----END") }.joined()
            guard let der = Base64.decode(body) else { return nil }
            trust = .authority(der)
        }
        peer = PeerAddress(
            domain: String(host.prefix { $0 != ":" }),
            url: "https://\(host)",
            trust: trust
        )
        self.base = base
    }
}
