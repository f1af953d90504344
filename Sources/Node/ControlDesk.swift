package import CanonicalJSON
package import Federation
import Keys
import NodeStore
import Recognition

/// Carries out what the operator asks over the socket.
package struct ControlDesk: Sendable {
    private let node: Node
    private let gossip: GossipService
    private let anchor: AnchorKeeper
    private let refresh: @Sendable () async -> Bool

    /// A desk of this node.
    package init(
        node: Node,
        gossip: GossipService,
        anchor: AnchorKeeper,
        refresh: @escaping @Sendable () async -> Bool
    ) {
        self.node = node
        self.gossip = gossip
        self.anchor = anchor
        self.refresh = refresh
    }

    /// The institution's domain.
    package var domain: String { node.identity.domain }

    /// Carries out one operation; parameters and answers are those that `ControlOperation` lists.
    ///
    /// - Throws: `Problem`.
    package func perform(_ operation: ControlOperation, _ body: JSON) async throws -> JSON {
        do {
            return try await carryOut(operation, ControlParameters(body))
        } catch  where StoreFault(of: error) == .full {
            throw Problem(
                .readOnly, "the disk is full: nothing was written",
                try: "free some space and try again; the node need not be restarted")
        } catch let error as StoreError {
            node.faults.report(error)
            throw Problem(
                .internalError,
                error.description,
                try: "eccoe status, then look at the disk"
            )
        } catch let error as RecordError {
            throw Problem(
                .invalidDecision,
                error.reason,
                at: error.pointer,
                try: error.remedy
            )
        } catch {
            node.faults.report(error)
            throw error
        }
    }

    private func carryOut(
        _ operation: ControlOperation,
        _ asked: ControlParameters
    ) async throws -> JSON {
        switch operation {
        case .status: return try StatusDesk(node: node).status()
        case .logInit, .logShow, .logProve, .logTime, .logOverride:
            return try await log(operation, asked)
        case .catalogueErase, .needErase, .decisionErase:
            return try await erase(operation, asked)
        case .cataloguePublish, .catalogueWithdraw, .catalogueList, .catalogueShow,
            .catalogueSearch, .catalogueSimilar:
            return try await catalogue(operation, asked)
        case .needPublish, .needWithdraw, .needList, .needShow, .needMatch:
            return try await need(operation, asked)
        case .decisionRecord, .decisionShow, .decisionStatus, .decisionReceipt, .decisionLost,
            .decisionRefill:
            return try await decision(operation, asked)
        case .credentialIssue, .credentialLookup, .credentialAnchor, .credentialErase:
            return try await credential(operation, asked)
        case .peerList, .peerShow, .peerRefresh, .peerNotify, .peerReach:
            return try await peers(operation, asked)
        case .evidenceList: return try EvidenceDesk(node: node).list()
        case .evidenceShow: return try EvidenceDesk(node: node).show(asked.text("origin"))
        case .registryRefresh:
            guard await refresh() else {
                throw Problem(
                    .registryUnavailable,
                    "the registry could not be refreshed",
                    try: "the node's log says why; what was accepted before stays in force"
                )
            }
            return StatusDesk(node: node).members()
        case .registryShow: return StatusDesk(node: node).members()
        case .anchorSync: return try anchor.sync()
        }
    }

    private func log(
        _ operation: ControlOperation,
        _ asked: ControlParameters
    ) async throws -> JSON {
        switch operation {
        case .logInit:
            return try await LogDesk(node: node).create(
                isUnseen: asked.body["unseen"]?.bool ?? false)
        case .logShow: return try LogDesk(node: node).show(asked.optional("origin"))
        case .logTime:
            return try await LogTimeDesk(node: node).time(
                of: asked.text("origin"), index: asked.integer("index"))
        case .logOverride: return try anchor.override(reason: asked.text("reason"))
        default:
            return try LogDesk(node: node).prove(
                asked.optional("origin"), index: asked.integer("index"))
        }
    }

    private func decision(
        _ operation: ControlOperation,
        _ asked: ControlParameters
    ) async throws -> JSON {
        let desk = DecisionDesk(node: node)
        switch operation {
        case .decisionRecord:
            return try await desk.record(asked.body, request: asked.requestID())
        case .decisionStatus: return try await desk.status(asked.text("subject"))
        case .decisionReceipt: return try desk.receipt(asked.text("subject"))
        case .decisionLost: return try LostDecisions(node: node).list()
        case .decisionRefill:
            return try LostDecisions(node: node).refill(asked.body["receipt"] ?? .null)
        default: return try desk.show(asked.text("subject"))
        }
    }

    private func credential(
        _ operation: ControlOperation,
        _ asked: ControlParameters
    ) async throws -> JSON {
        let desk = CredentialDesk(node: node)
        guard operation != .credentialIssue else { return try desk.issue(asked.body) }
        guard let credential = asked.body["credential"]?.canonicalBytes else {
            throw Problem(.malformedRequest, "no credential", at: "/credential")
        }
        switch operation {
        case .credentialAnchor: return try await IssuanceDesk(node: node).anchor(of: credential)
        case .credentialErase:
            return try IssuanceDesk(node: node).erase(
                credential, reason: asked.text("reason"),
                dryRun: asked.body["dryRun"]?.bool ?? false)
        default:
            return try await desk.lookup(
                credential, anchor: asked.body["anchor"], isAsking: true)
        }
    }

    private func catalogue(
        _ operation: ControlOperation,
        _ asked: ControlParameters
    ) async throws -> JSON {
        switch operation {
        case .cataloguePublish:
            return try await CatalogueDesk(node: node).publish(
                asked.body["items"]?.array ?? [],
                request: asked.requestID(),
                dryRun: asked.body["dryRun"]?.bool ?? false,
                skipsRefused: asked.body["skipRefused"]?.bool ?? false
            )
        case .catalogueWithdraw:
            return try await CatalogueDesk(node: node).withdraw(
                asked.text("id"),
                reason: asked.optional("reason") ?? "",
                request: asked.requestID()
            )
        case .catalogueList:
            return try SearchDesk(node: node).list(
                domain: asked.optional("domain"),
                after: asked.optional("after"),
                limit: (try? asked.integer("limit")) ?? 100
            )
        case .catalogueSimilar:
            return try SearchDesk(node: node).similar(
                to: asked.text("id"), limit: asked.optionalInteger("limit") ?? 10)
        case .catalogueShow: return try SearchDesk(node: node).show(asked.text("id"))
        default:
            return try SearchDesk(node: node).search(SearchParameters(asked.body).query())
        }
    }

    private func need(
        _ operation: ControlOperation, _ asked: ControlParameters
    ) async throws -> JSON {
        let desk = NeedDesk(node: node)
        switch operation {
        case .needPublish:
            return try await desk.publish(asked.body["need"] ?? .null, request: asked.requestID())
        case .needWithdraw:
            return try await desk.withdraw(
                asked.text("id"), reason: asked.optional("reason") ?? "", request: asked.requestID()
            )
        case .needShow: return try desk.show(asked.text("id"))
        case .needMatch:
            return try desk.match(asked.text("id"), limit: asked.optionalInteger("limit") ?? 20)
        default:
            let limit = try asked.optionalInteger("limit") ?? 100
            if let item = asked.optional("item") {
                return try desk.needs(servedBy: item, limit: limit)
            }
            return try desk.list(domain: asked.optional("domain"), limit: limit)
        }
    }

    private func erase(
        _ operation: ControlOperation, _ asked: ControlParameters
    ) async throws -> JSON {
        let desk = ErasureDesk(node: node)
        let dryRun = asked.body["dryRun"]?.bool ?? false
        if operation != .decisionErase {
            return try await desk.erasePublished(
                operation == .needErase ? .need : .item, asked.text("id"),
                revision: asked.optionalInteger("revision"),
                reason: asked.text("reason"), request: asked.requestID(), dryRun: dryRun)
        }
        return try await desk.eraseDecision(
            asked.text("subject"), precedentOnly: asked.body["precedentOnly"]?.bool ?? false,
            reason: asked.text("reason"), request: asked.requestID(), dryRun: dryRun)
    }

    private func peers(
        _ operation: ControlOperation,
        _ asked: ControlParameters
    ) async throws -> JSON {
        let desk = PeerDesk(node: node, gossip: gossip)
        switch operation {
        case .peerShow: return try await desk.show(asked.text("domain"))
        case .peerRefresh:
            _ = await refresh()
            return try await desk.refresh(asked.optional("domain"))
        case .peerNotify: return try await desk.notify(asked.optional("domain"))
        case .peerReach:
            return try await ReachabilityDesk(node: node).ask(asked.optionalInteger("count") ?? 3)
        default: return desk.list()
        }
    }
}

/// The parameters of an operation, with errors that name the field.
struct ControlParameters {
    let body: JSON

    init(_ body: JSON) throws(Problem) {
        guard body.object != nil else {
            throw Problem(.malformedRequest, "the request is \(body.kind), not an object")
        }
        self.body = body
    }

    func optional(_ name: String) -> String? { body[name]?.string }

    func text(_ name: String) throws(Problem) -> String {
        guard let value = body[name]?.string, !value.isEmpty else {
            throw Problem(
                .malformedRequest, "a text is missing", at: "/\(name)",
                try: "give the \(name), which must not be empty")
        }
        return value
    }

    func integer(_ name: String) throws(Problem) -> Int {
        guard let value = body[name]?.integer, value >= 0 else {
            throw Problem(
                .malformedRequest, "no whole number from 0 to 9007199254740991", at: "/\(name)",
                try: "give the \(name) in digits")
        }
        return Int(value)
    }

    func optionalInteger(_ name: String) throws(Problem) -> Int? {
        body[name] == nil ? nil : try integer(name)
    }

    func requestID() throws(Problem) -> RequestID {
        guard let id = RequestID(try text("requestId")) else {
            throw Problem(
                .malformedRequest,
                "not a UUID version 7",
                at: "/requestId",
                try: "draw one per request, and keep it when you repeat the request"
            )
        }
        return id
    }
}
