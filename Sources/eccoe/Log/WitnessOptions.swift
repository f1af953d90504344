import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import TransparencyLog

/// Whose signatures a head must carry.
struct WitnessOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The log's verifier key.", valueName: "vkey"))
    var key: String

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

    func validate() throws {
        guard let quorum else { return }
        guard quorum >= 1, quorum <= Set(witnesses).count else {
            throw ValidationError(
                "--quorum \(quorum) needs as many different --witness keys"
            )
        }
    }

    /// The log's key.
    ///
    /// - Throws: `ValidationError`, 64.
    func logKey() throws -> VerifierKey { try Self.read(key, option: "--key") }

    /// Checks a verified head against the witnesses.
    ///
    /// - Returns: the cosignatures that were found.
    /// - Throws: `CommandFailure`, 1, below quorum or when a line of a witness does not verify.
    func check(_ checkpoint: VerifiedCheckpoint) throws -> [Cosignature] {
        var keys: [VerifierKey] = []
        for text in witnesses {
            let key = try Self.read(text, option: "--witness")
            if !keys.contains(key) { keys.append(key) }
        }
        let found = try checkpoint.cosignatures(by: keys)
        let needed = quorum ?? keys.count
        guard found.count >= needed else {
            throw CommandFailure(
                .negative,
                Problem(
                    .notConfirmed,
                    "\(found.count) of \(keys.count) witnesses have cosigned, \(needed) must",
                    at: "checkpoint",
                    try: "wait until more witnesses have seen this head"
                )
            )
        }
        return found
    }

    private static func read(_ text: String, option: String) throws -> VerifierKey {
        do {
            return try VerifierKey(text)
        } catch {
            throw ValidationError("\(option) \(text): \(error.description)")
        }
    }
}

/// A verified head as a result.
struct HeadSummary {
    let checkpoint: Checkpoint
    let cosignatures: [Cosignature]

    /// {"origin","size","root","rootHex","cosignatures"}.
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
        return object
    }

    /// For people.
    var pairs: [(String, String)] {
        [
            ("origin", checkpoint.origin), ("size", String(checkpoint.size)),
            ("root", checkpoint.root.base64),
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
