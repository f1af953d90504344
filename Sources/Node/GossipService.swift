package import Federation
import Keys
import Logging
import NodeStore
import ServiceLifecycle
import TransparencyLog

/// Carries out what the gossip state machine asks for: polls, fetches, registry refreshes.
package struct GossipService: Service {
    let node: Node
    private let clock: any Clock<Duration>
    private let refresh: @Sendable (String?) async -> Void

    /// A service of this node.
    ///
    /// - Parameter refresh: looks for a newer registry, preferably at this member.
    package init(
        node: Node,
        clock: any Clock<Duration>,
        refresh: @escaping @Sendable (String?) async -> Void
    ) {
        self.node = node
        self.clock = clock
        self.refresh = refresh
    }

    package func run() async throws {
        await untilShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.tick() }
                for await effect in self.node.gossip.effects {
                    group.addTask { await self.perform(effect) }
                }
                group.cancelAll()
            }
        }
    }

    private func tick() async {
        while !Task.isCancelled {
            node.gossip.handle { $0.tick(at: node.time.now()) }
            try? await clock.sleep(for: .seconds(1))
        }
    }

    /// Carries out one effect.
    package func perform(_ effect: GossipState.Effect) async {
        switch effect {
        case .poll(let domain, let instance, let since):
            await poll(domain, instance: instance, since: since)
        case .fetch(let origin, let domain): await fetch(origin, from: domain)
        case .refreshRegistry(let domain): await refresh(domain)
        case .passOn(let origin, let domain): await passOn(origin, to: domain)
        case .registrySplit(let theirs, let domain):
            await compareRegistries(theirs, at: domain)
        }
    }

    private func poll(_ domain: String, instance: String?, since: Int) async {
        do {
            guard let address = node.registry.address(of: domain) else {
                throw Problem(.notAMember, "\(domain) has no node in the registry")
            }
            let query = instance.map { "instance=\($0)&" } ?? ""
            let response = try await node.transport.send(
                PeerRequest(
                    "GET",
                    "/v1/heads?\(query)since=\(since)",
                    of: address,
                    maximumBytes: Limits.headsPageBytes
                )
            )
            guard response.status == 200 else {
                throw Problem(.unreachable, "\(domain) answered \(response.status)")
            }
            let page = try HeadsPage(response.body)
            node.gossip.handle { $0.received(page, from: domain, at: node.time.now()) }
            node.freshness.received(
                page, from: domain, copies: node.logs.mirrors, at: node.time.now())
        } catch {
            let reason = (error as? Problem)?.detail ?? "\(error)"
            node.logger.info("poll failed", metadata: ["peer": "\(domain)", "error": "\(reason)"])
            node.gossip.handle {
                $0.pollFailed(domain, reason: reason, at: node.time.now())
            }
        }
    }

    private func fetch(_ origin: String, from domain: String) async {
        var outcome = GossipState.FetchOutcome.done
        do {
            try await Replicator(node: node).fetch(origin, from: domain)
        } catch {
            let reason = (error as? Problem)?.detail ?? "\(error)"
            outcome = Self.isLie(error) ? .lied(reason) : .failed
            node.logger.warning(
                "fetch failed",
                metadata: [
                    "origin": "\(origin)", "from": "\(domain)", "error": "\(reason)",
                ]
            )
        }
        let done = outcome
        node.gossip.handle {
            $0.fetched(origin: origin, from: domain, done, at: node.time.now())
        }
    }

    /// Whether what was served does not verify; whoever does not serve is no liar.
    private static func isLie(_ error: any Error) -> Bool {
        switch error {
        case let problem as Problem:
            [.invalidProof, .invalidCheckpoint, .malformedRequest].contains(problem.slug)
        case is ProofError, is NoteError: true
        default: false
        }
    }

    private func passOn(_ origin: String, to domain: String) async {
        var isKnown = false
        do {
            guard let address = node.registry.address(of: domain),
                let evidence = try node.database.evidence(of: origin)
            else { throw Problem(.notAMember, "\(domain) has no node in the registry") }
            let response = try await node.transport.send(
                PeerRequest(
                    "POST",
                    Endpoint.evidence.template,
                    of: address,
                    headers: [("content-type", "application/json")],
                    body: evidence.body,
                    maximumBytes: 4096,
                    isSigned: true
                )
            )
            // Whoever judges it and finds it wanting would not judge otherwise the next time.
            isKnown = [200, 400, 413, 422].contains(response.status)
        } catch {
            node.logger.info(
                "evidence could not be passed on",
                metadata: ["peer": "\(domain)", "origin": "\(origin)", "error": "\(error)"])
        }
        if !isKnown { node.gossip.handle { $0.notShown(origin, to: domain) } }
    }
}
