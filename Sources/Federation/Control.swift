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
    /// {"requestId","items":[item],"dryRun"?} ->
    /// {"results":[{"id","outcome","index","revision","changes"?}],"size"}.
    case cataloguePublish = "catalogue.publish"
    /// {"requestId","id","reason"} -> {"id","outcome","index","revision"}.
    case catalogueWithdraw = "catalogue.withdraw"
    /// {"domain"?,"after"?,"limit"?} -> {"items":[summary],"next"?}.
    case catalogueList = "catalogue.list"
    /// {"id"} with a global id or an own id -> the item with its evidence.
    case catalogueShow = "catalogue.show"
    /// {"query","limit"?,"domain"?} -> {"results":[summary with evidence]}.
    case catalogueSearch = "catalogue.search"
    /// {"requestId","credential",...} -> {"subject","index"}.
    case decisionRecord = "decision.record"
    /// {"subject"} -> {"subject","record","index","confirmed"}.
    case decisionShow = "decision.show"
    /// {"subject"} -> the receipt.
    case decisionReceipt = "decision.receipt"
    /// {} -> {"decisions":[{"subject","index","day"}]}: whose record was lost.
    case decisionLost = "decision.lost"
    /// {"receipt"} -> {"subject","index"}: takes a lost record back.
    case decisionRefill = "decision.refill"
    /// {"item","subject",...} -> the signed credential.
    case credentialIssue = "credential.issue"
    /// {"credential"} -> the report with evidence.
    case credentialLookup = "credential.lookup"
    /// {} -> {"peers":[...]}.
    case peerList = "peer.list"
    /// {} -> {"polled","failed"}: polls every member now.
    case peerRefresh = "peer.refresh"
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
