public import Keys

/// A C2SP tlog-policy: which logs count, and whose cosignatures make a checkpoint valid.
public struct LogPolicy: Sendable, Equatable {
    /// Logs, witnesses and groups that a policy may have, each; C2SP asks for at least as many.
    public static let maximumEntries = 32
    /// Bytes that a policy file may have.
    public static let maximumBytes = 64 << 10

    /// A name of the file, an opaque string of octets.
    public typealias Name = [UInt8]

    /// A log whose checkpoints are accepted.
    public struct Log: Sendable, Equatable {
        /// Its name is the log's origin.
        public let key: VerifierKey
        /// Where the log is; what it means is the application's.
        public let url: String?

        /// A log from its parts.
        public init(key: VerifierKey, url: String? = nil) {
            self.key = key
            self.url = url
        }
    }

    /// A witness.
    public struct Witness: Sendable, Equatable {
        /// Its name within this file.
        public let name: Name
        /// Verifies its cosignatures.
        public let key: VerifierKey
        /// Its submission prefix.
        public let url: String?

        /// A witness from its parts.
        public init(name: Name, key: VerifierKey, url: String? = nil) {
            self.name = name
            self.key = key
            self.url = url
        }
    }

    /// A group witnesses what at least `threshold` of its members do.
    public struct Group: Sendable, Equatable {
        /// Its name within this file.
        public let name: Name
        /// From 1 to the number of members.
        public let threshold: Int
        /// Witnesses and groups that stand before this one.
        public let members: [Name]

        /// A group from its parts.
        public init(name: Name, threshold: Int, members: [Name]) {
            self.name = name
            self.threshold = threshold
            self.members = members
        }
    }

    /// In the order of the file.
    public internal(set) var logs: [Log] = []
    /// In the order of the file.
    public internal(set) var witnesses: [Witness] = []
    /// In the order of the file.
    public internal(set) var groups: [Group] = []
    /// The witness or group that must have witnessed; nil: nobody must (`quorum none`).
    public internal(set) var quorum: Name?

    init() {}

    /// One log of which `required` of the witnesses must have cosigned; 0 asks for none.
    ///
    /// - Throws: `PolicyError` when a key, name or number is not one that a policy may have.
    public init(log: Log, witnesses: [Witness], required: Int) throws(PolicyError) {
        var policy = LogPolicy()
        try policy.add(log)
        for witness in witnesses { try policy.add(witness) }
        if required > 0 {
            let group = Group(
                name: Array("witnesses".utf8),
                threshold: required,
                members: witnesses.map(\.name)
            )
            try policy.add(group)
            policy.quorum = group.name
        }
        self = policy
    }

    /// The file.
    public var bytes: [UInt8] {
        var lines: [[[UInt8]]] = []
        func word(_ text: String) -> [UInt8] { Array(text.utf8) }
        for log in logs {
            lines.append([word("log"), word(log.key.text)] + (log.url.map { [word($0)] } ?? []))
        }
        for witness in witnesses {
            lines.append(
                [word("witness"), witness.name, word(witness.key.text)]
                    + (witness.url.map { [word($0)] } ?? [])
            )
        }
        for group in groups {
            lines.append([word("group"), group.name, word("\(group.threshold)")] + group.members)
        }
        lines.append([word("quorum"), quorum ?? Self.none])
        return lines.flatMap { Array($0.joined(separator: word(" "))) + word("\n") }
    }

    static let none = Array("none".utf8)
}

/// What a policy makes of the cosignatures of a checkpoint.
public enum QuorumVerdict: Sendable, Equatable {
    /// The policy asks for none.
    case notRequired
    /// The quorum had cosigned by this time.
    case reached(Instant)
    /// Too few have cosigned.
    case missing
}

extension LogPolicy {
    /// Keys of all witnesses.
    public var witnessKeys: [VerifierKey] { witnesses.map(\.key) }

    /// Judges a checkpoint's cosignatures; whether its log is one of the policy's is not asked.
    ///
    /// - Throws: `NoteError.invalidSignature` when a line of one of the witnesses does not verify.
    public func verdict(on checkpoint: VerifiedCheckpoint) throws(NoteError) -> QuorumVerdict {
        guard let quorum else { return .notRequired }
        let found = try checkpoint.cosignatures(by: witnessKeys)
        var times: [Name: Instant] = [:]
        for witness in witnesses {
            times[witness.name] = found.first { $0.witness == witness.key }?.time
        }
        // Groups name only what stands before them, so one pass is enough.
        for group in groups {
            let reached = group.members.compactMap { times[$0] }.sorted()
            if reached.count >= group.threshold { times[group.name] = reached[group.threshold - 1] }
        }
        return times[quorum].map { .reached($0) } ?? .missing
    }

    /// The policy's log of this note: by its origin, and among keys of one origin by the signature.
    public func log(of note: SignedNote) -> Log? {
        guard let origin = try? Checkpoint(text: note.text).origin else { return nil }
        let named = logs.filter { $0.key.name.utf8.elementsEqual(origin.utf8) }
        return named.first { note.signatures.contains(where: $0.key.matches) } ?? named.first
    }
}

/// Why a policy is refused.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// From 1; nil for the file as a whole.
    public let line: Int?
    /// One sentence.
    public let reason: String

    /// Line and reason.
    public var description: String { (line.map { "line \($0): " } ?? "") + reason }
}
