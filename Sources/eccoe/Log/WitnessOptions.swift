import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import TransparencyLog

/// Whose signatures a head must carry: a key with witnesses, or a policy file.
struct WitnessOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The log's verifier key.", valueName: "vkey"))
    var key: String?

    @Option(
        name: .customLong("witness"),
        help: ArgumentHelp(
            "Verifier key of a witness whose cosignature counts; may be repeated.",
            valueName: "vkey"
        )
    )
    var witnesses: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many of the witnesses must have cosigned (default: all of them).",
            valueName: "k"
        )
    )
    var quorum: Int?

    @Option(
        help: ArgumentHelp(
            "A C2SP tlog-policy that names logs, witnesses and quorum instead; see eccoe log policy.",
            valueName: "file"
        )
    )
    var policy: String?

    func validate() throws {
        guard (key == nil) != (policy == nil) else {
            throw ValidationError("give the log's --key, or a --policy")
        }
        guard policy == nil || (witnesses.isEmpty && quorum == nil) else {
            throw ValidationError("--policy names witnesses and quorum; leave the options out")
        }
        guard let quorum else { return }
        guard quorum >= 1, quorum <= Set(witnesses).count else {
            throw ValidationError(
                "--quorum \(quorum) needs as many different --witness keys"
            )
        }
    }

    /// What the options say, read.
    ///
    /// - Throws: `ValidationError`, 64, and `CommandFailure` when the policy cannot be read.
    func trust() throws -> HeadTrust {
        if let policy {
            do {
                return .policy(
                    try LogPolicy(InputFile.read(policy, limit: LogPolicy.maximumBytes))
                )
            } catch let error as PolicyError {
                throw CommandFailure(
                    .data,
                    Problem(
                        .malformedRequest,
                        "no tlog-policy: \(error.description)",
                        at: policy,
                        try: "see https://c2sp.org/tlog-policy, or eccoe log policy"
                    )
                )
            }
        }
        var keys: [VerifierKey] = []
        for text in witnesses {
            let key = try Self.read(text, option: "--witness")
            if !keys.contains(key) { keys.append(key) }
        }
        return .keys(
            log: try Self.read(key ?? "", option: "--key"),
            witnesses: keys,
            quorum: quorum ?? keys.count
        )
    }

    private static func read(_ text: String, option: String) throws -> VerifierKey {
        do {
            return try VerifierKey(text)
        } catch {
            throw ValidationError("\(option) \(text): \(error.description)")
        }
    }
}

/// Whom a head must be signed and cosigned by.
enum HeadTrust {
    case keys(log: VerifierKey, witnesses: [VerifierKey], quorum: Int)
    case policy(LogPolicy)

    /// The key that must have signed the note.
    ///
    /// - Throws: `CommandFailure`, 1, when the policy lists no log of its origin.
    func logKey(of note: SignedNote) throws -> VerifierKey {
        switch self {
        case .keys(let log, _, _): return log
        case .policy(let policy):
            if let log = policy.log(of: note) { return log.key }
            throw CommandFailure(
                .negative,
                Problem(
                    .unknownOrigin,
                    "the policy lists no log of this checkpoint's origin",
                    at: "checkpoint",
                    try: "add a log line for it, if you trust it"
                )
            )
        }
    }

    /// Checks a verified head against the witnesses.
    ///
    /// - Throws: `CommandFailure`, 1, below quorum; `NoteError` when a line of a witness does not
    ///   verify.
    func check(_ checkpoint: VerifiedCheckpoint) throws -> HeadSummary {
        let found: [Cosignature]
        let standing: HeadStanding
        switch self {
        case .keys(_, let keys, let quorum):
            found = try checkpoint.cosignatures(by: keys)
            standing = HeadStanding(
                cosignatures: found.count,
                witnesses: keys.count,
                quorum: quorum
            )
            guard found.count >= quorum else { throw Self.below(standing) }
        case .policy(let policy):
            found = try checkpoint.cosignatures(by: policy.witnessKeys)
            let verdict = try policy.verdict(on: checkpoint)
            standing = HeadStanding(
                cosignatures: found.count,
                witnesses: policy.witnesses.count,
                quorum: policy.groups.first { $0.name == policy.quorum }?.threshold ?? 1,
                isConfirmed: verdict != .missing && verdict != .notRequired
            )
            guard verdict != .missing else { throw Self.below(standing) }
        }
        return HeadSummary(
            checkpoint: checkpoint.checkpoint,
            cosignatures: found,
            standing: standing
        )
    }

    private static func below(_ standing: HeadStanding) -> CommandFailure {
        CommandFailure(
            .negative,
            Problem(
                .notConfirmed,
                standing.text,
                at: "checkpoint",
                try: "wait until more witnesses have seen this head"
            )
        )
    }
}

/// A verified head as a result.
struct HeadSummary {
    let checkpoint: Checkpoint
    let cosignatures: [Cosignature]
    let standing: HeadStanding

    /// {"origin","size","root","rootHex","cosignatures","confirmation"}.
    var json: JSONObject {
        var object = JSONObject()
        object["origin"] = .string(checkpoint.origin)
        object["size"] = .number(JSONNumber(Int64(checkpoint.size)))
        object["root"] = .string(checkpoint.root.base64)
        object["rootHex"] = .string(checkpoint.root.hex)
        object["cosignatures"] = .array(
            cosignatures.map {
                ["witness": .string($0.witness.name), "time": .string($0.time.text)]
            }
        )
        object["confirmation"] = .string(standing.text)
        return object
    }

    /// For people.
    var pairs: [(String, String)] {
        [
            ("origin", checkpoint.origin), ("size", String(checkpoint.size)),
            ("root", checkpoint.root.base64), ("quorum", standing.text),
        ] + cosignatures.map { ("cosigned by", "\($0.witness.name) at \($0.time)") }
    }

    /// Writes it.
    func write(_ format: OutputFormat) {
        switch format {
        case .table: StandardStream.output.write(TextTable.pairs(pairs))
        case .json, .jsonl: StandardStream.output.write(line: .object(json))
        }
    }
}
