import Federation
import NodeStore
package import TransparencyLog

extension WitnessDesk {
    /// Others that must have said how far they know a log before a doubted row is believed.
    private static let othersWanted = 2

    /// After a restore the witness may have cosigned more than its table says. Before it cosigns a
    /// log again it asks others for that log's head, and takes over the highest that it hears.
    ///
    /// - Throws: `Problem` `busy` while too few answer.
    package func settleDoubt(about note: SignedNote) async throws {
        guard let origin = try? Checkpoint(text: note.text).origin,
            let log = node.registry.log(origin),
            try node.database.isWitnessDoubted(origin)
        else { return }
        let others = others(knowing: origin, author: log.domain)
        let questions = OwnHeadQuestions(node: node, key: log.key)
        let answers = await withTaskGroup(
            of: (domain: String, answer: OwnHeadQuestions.Answer).self
        ) { group in
            for domain in others {
                for role in RecoveryGate.Role.allCases {
                    group.addTask { (domain, await questions.ask(domain, as: role)) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var answering: Set<String> = []
        var highest: VerifiedCheckpoint?
        for (domain, answer) in answers {
            switch answer {
            case .none: continue
            case .unknown: break
            case .head(let head):
                if head.checkpoint.size > highest?.checkpoint.size ?? -1 { highest = head }
            }
            answering.insert(domain)
        }
        guard answering.count >= min(Self.othersWanted, others.count) else {
            throw Problem(
                .busy,
                "this witness was restored and asks others first how far they know \(origin)",
                try: "send it again in a minute")
        }
        try node.database.settleWitness(origin, known: highest)
    }

    /// Witnesses and mirrors of a log, but for this node; without any, every other node.
    private func others(knowing origin: String, author: String) -> [String] {
        let now = node.time.now()
        let assigned =
            node.registry.witnesses(of: origin, at: now).members.map(\.domain)
            + node.registry.mirrorDomains(of: origin, at: now)
        let all = node.registry.otherNodes.map(\.domain)
        let chosen = Set(assigned).intersection(all)
        return (chosen.count < Self.othersWanted ? Set(all) : chosen)
            .subtracting([node.identity.domain, author]).sorted()
    }
}
