import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird
import Keys
import Logging
import NIOCore
package import Node

/// Maps the endpoint table to the desks of a node, and errors to problems: nothing else.
package struct NodeRouter: Sendable {
    private let node: Node
    private let gate: InboundGate
    private let files: StaticRoutes
    private let peers: PeerRoutes
    private let mirror: MirrorRoutes
    private let people: CatalogueRoutes
    private let publication: PublicationRoutes
    private let needs: NeedRoutes

    /// Routes of a node, behind a gate.
    package init(node: Node, gate: InboundGate) {
        self.node = node
        self.gate = gate
        files = StaticRoutes(node: node)
        let charge = OriginCharge(node: node, gate: gate)
        peers = PeerRoutes(node: node, charge: charge)
        mirror = MirrorRoutes(node: node, charge: charge)
        people = CatalogueRoutes(node: node)
        publication = PublicationRoutes(node: node)
        needs = NeedRoutes(node: node)
    }

    func router() -> Router<CallerContext> {
        let router = Router(context: CallerContext.self, options: .autoGenerateHeadEndpoints)
        for endpoint in Endpoint.allCases {
            let method = HTTPRequest.Method(rawValue: endpoint.method) ?? .get
            router.on(Self.path(endpoint), method: method) { request, context in
                let answer = await respond(endpoint, request, context)
                node.metrics.answered(endpoint, status: answer.status)
                return answer.response()
            }
        }
        router.add(
            middleware: UnknownPaths(node: node.identity.domain, metrics: node.metrics) {
                Endpoint.methods(at: $0)
            })
        return router
    }

    /// `{path}` at the end takes everything that follows, other placeholders one element.
    private static func path(_ endpoint: Endpoint) -> RouterPath {
        let parts = endpoint.template.split(separator: "/").map { part in
            part == "{path}" ? "**" : part.hasPrefix("{") ? ":" + part.dropFirst().dropLast() : part
        }
        return RouterPath(stringLiteral: "/" + parts.joined(separator: "/"))
    }

    /// Answers; signed to a member that signed (protocol section 6).
    private func respond(
        _ endpoint: Endpoint,
        _ request: Request,
        _ context: CallerContext
    ) async -> Answer {
        let now = node.time.now()
        let caller = context.peer.map { gate.caller(of: request, peer: $0) }
        do {
            let signed = try authenticate(request, caller, at: now)
            var answer = await answer(
                endpoint,
                Asked(request: request, context: context, caller: caller, signed: signed)
            )
            if endpoint.contentCodings.contains("gzip") {
                answer.fields.append(("accept-encoding", "gzip"))
            }
            if endpoint.isForPrograms {
                answer.fields.append(("link", "</openapi.json>; rel=\"service-desc\""))
            }
            answer.fields +=
                try signed?.answerFields(
                    status: answer.status,
                    body: answer.body,
                    by: node.identity,
                    at: now
                ) ?? []
            return answer
        } catch let throttled as Throttled {
            return throttled.answer(node: node.identity.domain)
        } catch {
            let problem = error as? Problem ?? Problem(.internalError, "the answer is not signed")
            return .problem(problem, node: node.identity.domain)
        }
    }

    /// A signature costs a verification: one that fails is charged to whoever sent it.
    private func authenticate(
        _ request: Request,
        _ caller: CallerAddress?,
        at now: Instant
    ) throws -> SignedRequest? {
        if let caller, request.field("signature-input") != nil { try gate.check(address: caller) }
        do {
            return try node.authentication.verify(
                method: request.method.rawValue,
                path: request.head.path ?? "",
                field: { request.field($0) },
                at: now
            )
        } catch {
            if let caller { try? gate.charge(address: caller) }
            throw error
        }
    }

    private func answer(_ endpoint: Endpoint, _ asked: Asked) async -> Answer {
        do {
            try asked.checkMedia(of: endpoint)
            if endpoint.charge == .caller {
                if let member = asked.signed?.member.domain {
                    try gate.charge(member: member)
                } else if let caller = asked.caller {
                    try gate.charge(address: caller)
                }
            }
            let answer = try await route(endpoint, asked)
            // What a signature covers is sent as it is.
            guard asked.signed == nil else { return try answer.fitted(to: asked.request) }
            return try await answer.coded(for: asked.request).fitted(to: asked.request)
                .packed(for: asked.request)
        } catch let throttled as Throttled {
            return throttled.answer(node: node.identity.domain)
        } catch let range as Answer.Unsatisfiable {
            return range.answer(node: node.identity.domain)
        } catch let problem as Problem {
            return .problem(problem, node: node.identity.domain)
        } catch {
            node.logger.error(
                "request failed",
                metadata: ["endpoint": "\(endpoint.rawValue)", "error": "\(error)"]
            )
            return .problem(
                Problem(
                    .internalError,
                    "the node could not answer",
                    try: "the operator finds the reason in the node's log"
                ),
                node: node.identity.domain
            )
        }
    }

    private func route(_ endpoint: Endpoint, _ asked: Asked) async throws -> Answer {
        switch endpoint {
        case .checkpoint, .confirmedCheckpoint, .archivedCheckpoint, .tile, .mirrorCheckpoint,
            .mirrorConfirmedCheckpoint, .mirrorArchivedCheckpoint, .mirrorTile, .witnessCheckpoint,
            .registryMetadata,
            .registryTarget, .blob:
            try files.answer(endpoint, asked)
        case .heads, .announce, .evidence, .reachability, .addCheckpoint, .blobBatch,
            .registryRequest:
            try await peers.answer(endpoint, asked)
        case .addMirrorCheckpoint, .addEntries, .putBlob:
            try await mirror.answer(endpoint, asked)
        case .needs, .needMatches:
            try needs.answer(endpoint, asked)
        case .node, .catalogue, .item, .lookup, .didDocument:
            try await people.answer(endpoint, asked)
        case .wholeCatalogue, .harvest, .harvestByForm, .changes, .sitemap, .robots, .description,
            .apiCatalog, .home:
            try await publication.answer(endpoint, asked)
        }
    }
}
