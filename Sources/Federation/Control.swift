/// What the command may ask of its own daemon over the Unix socket: each is
/// `POST /control/v1/<operation>` with a JSON object, answered by a JSON object or a `Problem`.
package enum ControlOperation: String, CaseIterable, Sendable {
    /// {} -> the node's state; see `NodeStatus`.
    case status
    /// {"unseen"?} -> {"origin","vkey","size"}: creates the log of the registry's open epoch;
    /// unseen: though too few nodes say that they do not know it.
    case logInit = "log.init"
    /// {"reason"} -> {"state"}: opens the recovery gate at the operator's risk.
    case logOverride = "log.override"
    /// {"origin"?} -> {"origin","vkey","size","root","note","confirmed","cosignatures","quorum"}.
    case logShow = "log.show"
    /// {"origin"?,"index"} -> {"origin","index","leaf","proof","cosignatures","quorum"}.
    case logProve = "log.prove"
    /// {"origin","index"} -> {"origin","index","confirmed","time"?,"size"?,"root"?,"note"?,
    /// "cosignatures"?,"quorum","witnesses","witnessesAsOf"?,"reason"?,"asked"}.
    case logTime = "log.time"
    /// {"requestId","items":[item],"dryRun"?} ->
    /// {"results":[{"id","outcome","index","revision","changes"?}],"size"}.
    case cataloguePublish = "catalogue.publish"
    /// {"requestId","id","reason"} -> {"id","outcome","index","revision"}.
    case catalogueWithdraw = "catalogue.withdraw"
    /// {"requestId","id","revision"?,"reason","dryRun"?} ->
    /// {"what","record","payloads":[{"origin","index"}],"leaves":[index],"dryRun"?}.
    case catalogueErase = "catalogue.erase"
    /// {"domain"?,"after"?,"limit"?} -> {"items":[summary],"next"?}.
    case catalogueList = "catalogue.list"
    /// {"id"} with a global id or an own id -> the item with its evidence.
    case catalogueShow = "catalogue.show"
    /// {"query"?,...} with the parameters of `GET /v1/catalogue` -> {"results":[summary with evidence],
    /// "total","atLeast"?,"next"?,"corrected"?,"facets"?}.
    case catalogueSearch = "catalogue.search"
    /// {"id","limit"?} -> {"results":[summary with evidence and "similarity"]}.
    case catalogueSimilar = "catalogue.similar"
    /// {"requestId","need"} -> {"id","outcome","index","revision"}.
    case needPublish = "need.publish"
    /// {"requestId","id","reason"} -> {"id","outcome","index","revision"}.
    case needWithdraw = "need.withdraw"
    /// {"requestId","id","revision"?,"reason","dryRun"?} -> as `catalogueErase`.
    case needErase = "need.erase"
    /// {"domain"?,"item"?,"limit"?} -> {"needs":[need]}; with an item's id those that it serves, with
    /// "match".
    case needList = "need.list"
    /// {"id"} with an own id or `<domain>/<id>` -> the need.
    case needShow = "need.show"
    /// {"id","limit"?} -> {"need","results":[summary with evidence and "match"]}.
    case needMatch = "need.match"
    /// {"requestId","credential",...} -> {"subject","index"}.
    case decisionRecord = "decision.record"
    /// {"subject"} -> {"subject","record","index","confirmed"}.
    case decisionShow = "decision.show"
    /// {"subject"} -> {"subject","index","cosignatures","quorum","confirmed","copies",
    /// "counterparty"?}: asks the members that hold copies.
    case decisionStatus = "decision.status"
    /// {"subject"} -> the receipt.
    case decisionReceipt = "decision.receipt"
    /// {"requestId","subject","precedentOnly"?,"reason","dryRun"?} -> as `catalogueErase`.
    case decisionErase = "decision.erase"
    /// {} -> {"decisions":[{"subject","index","day"}]}: whose record was lost.
    case decisionLost = "decision.lost"
    /// {"receipt"} -> {"subject","index"}: takes a lost record back.
    case decisionRefill = "decision.refill"
    /// {"item","subject",...} -> the signed credential.
    case credentialIssue = "credential.issue"
    /// {"credential","anchor"?} -> the report with evidence.
    case credentialLookup = "credential.lookup"
    /// {"credential"} -> {"anchor","origin","index","confirmed"}: what proves later that it existed.
    case credentialAnchor = "credential.anchor"
    /// {"credential","reason","dryRun"?} -> as `catalogueErase`: what its anchor needs.
    case credentialErase = "credential.erase"
    /// {} -> {"peers":[...]}.
    case peerList = "peer.list"
    /// {"domain"} -> one of them, asked now for its software.
    case peerShow = "peer.show"
    /// {"domain"?} -> {"polled","failed"}: polls every member now, or one.
    case peerRefresh = "peer.refresh"
    /// {"domain"?} -> {"origin","size","peers":[{"domain","told","error"?}]}: announces the own head.
    case peerNotify = "peer.notify"
    /// {"count"?} -> {"reachable","url","peers":[{"domain","reached"?,"url"?,"reason"?,"error"?}]}:
    /// lets so many members (3) try the registered address of this node; with reachable false the
    /// operator has said that nobody can connect, and nobody is asked.
    case peerReach = "peer.reach"
    /// {} -> {"evidence":[{"origin","first","second","time","reporter"?,"quarantined"}]}.
    case evidenceList = "evidence.list"
    /// {"origin"} -> the same of one log, with "vkey" and the evidence itself.
    case evidenceShow = "evidence.show"
    /// {} -> {"snapshot","members"}: refreshes the registry now.
    case registryRefresh = "registry.refresh"
    /// {} -> {"size","generation"}: the anchor holds at least these.
    case anchorSync = "anchor.sync"
    /// {} -> {"members":[...],"snapshot",...}.
    case registryShow = "registry.show"

    /// The path on the socket.
    package var path: String { "/control/v1/\(rawValue)" }
}

/// Where command and daemon meet.
package enum ControlSocket {
    /// Bytes that the path of a Unix socket may have.
    package static let maximumPathBytes = 107

    /// Checks a socket's path.
    ///
    /// - Throws: `Problem` when it is too long for the kernel.
    package static func check(_ path: String) throws(Problem) {
        guard path.utf8.count <= maximumPathBytes else {
            throw Problem(
                .configuration,
                "the socket path has \(path.utf8.count) bytes, the system allows \(maximumPathBytes)",
                at: path,
                try: "choose a shorter path with --socket or ECCOE_SOCKET"
            )
        }
    }
}

/// The version that `eccoe --version` and `/v1/node` name.
package enum Software {
    /// Name of the software.
    package static let name = "eccoe"
    /// Semantic version.
    package static let version = "0.1.0"
}
