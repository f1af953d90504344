extension LogPolicy {
    /// Reads a policy file.
    ///
    /// - Throws: `PolicyError` with the line.
    public init(_ bytes: [UInt8]) throws(PolicyError) {
        guard bytes.count <= Self.maximumBytes else {
            throw PolicyError(line: nil, reason: "larger than \(Self.maximumBytes) bytes")
        }
        guard bytes.last == 0x0a else {
            throw PolicyError(line: nil, reason: "the last line does not end with a newline")
        }
        self.init()
        var hasQuorum = false
        let lines = bytes.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            do throws(PolicyError) {
                guard line.allSatisfy(Self.isAllowed) else {
                    throw PolicyError(line: nil, reason: "a control character")
                }
                let words = line.split { $0 == 0x20 || $0 == 0x09 }.map { Array($0) }
                guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
                try read(first, Array(words.dropFirst()), hasQuorum: &hasQuorum)
            } catch { throw PolicyError(line: index + 1, reason: error.reason) }
        }
        guard hasQuorum else { throw PolicyError(line: nil, reason: "there is no quorum line") }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte == 0x09 || (0x20...0x7e).contains(byte) || byte >= 0x80
    }

    private mutating func read(
        _ keyword: [UInt8],
        _ words: [[UInt8]],
        hasQuorum: inout Bool
    ) throws(PolicyError) {
        switch (String(decoding: keyword, as: UTF8.self), words.count) {
        case ("log", 1...2):
            try add(Log(key: Self.key(words[0]), url: Self.text(words, 1)))
        case ("witness", 2...3):
            try add(Witness(name: words[0], key: Self.key(words[1]), url: Self.text(words, 2)))
        case ("group", 3...):
            let members = Array(words.dropFirst(2))
            let threshold = try Self.threshold(words[1], of: members.count)
            try add(Group(name: words[0], threshold: threshold, members: members))
        case ("quorum", 1):
            guard !hasQuorum else { throw PolicyError(line: nil, reason: "a second quorum line") }
            hasQuorum = true
            guard words[0] != Self.none else { return }
            guard isDefined(words[0]) else { throw Self.undefined(words[0]) }
            quorum = words[0]
        case ("log", _), ("witness", _), ("group", _), ("quorum", _):
            throw PolicyError(line: nil, reason: "too few or too many words")
        case (let other, _): throw PolicyError(line: nil, reason: "unknown keyword \(other)")
        }
    }

    mutating func add(_ log: Log) throws(PolicyError) {
        guard log.key.type == .ed25519 else {
            throw PolicyError(line: nil, reason: "a log's key has signature type 01")
        }
        guard !logs.contains(where: { $0.key.publicKey == log.key.publicKey }) else {
            throw PolicyError(line: nil, reason: "a second log with this key")
        }
        logs.append(log)
        try checkLimit(logs.count, "logs")
    }

    mutating func add(_ witness: Witness) throws(PolicyError) {
        guard witness.key.type == .cosignature else {
            throw PolicyError(line: nil, reason: "a witness's key has signature type 04")
        }
        guard !witnesses.contains(where: { $0.key.publicKey == witness.key.publicKey }) else {
            throw PolicyError(line: nil, reason: "a second witness with this key")
        }
        try define(witness.name)
        witnesses.append(witness)
        try checkLimit(witnesses.count, "witnesses")
    }

    mutating func add(_ group: Group) throws(PolicyError) {
        try define(group.name)
        guard (1...max(1, group.members.count)).contains(group.threshold), !group.members.isEmpty
        else {
            throw PolicyError(line: nil, reason: "the threshold is not within 1 and the members")
        }
        var taken = Set(groups.flatMap(\.members))
        for member in group.members {
            guard isDefined(member) else { throw Self.undefined(member) }
            guard taken.insert(member).inserted else {
                throw PolicyError(line: nil, reason: "a name is listed as a member twice")
            }
        }
        groups.append(group)
        try checkLimit(groups.count, "groups")
    }

    private func isDefined(_ name: Name) -> Bool {
        witnesses.contains { $0.name == name } || groups.contains { $0.name == name }
    }

    private func define(_ name: Name) throws(PolicyError) {
        guard name != Self.none else {
            throw PolicyError(line: nil, reason: "the name none is taken")
        }
        guard !isDefined(name) else {
            throw PolicyError(line: nil, reason: "a second definition of this name")
        }
    }

    private func checkLimit(_ count: Int, _ what: String) throws(PolicyError) {
        guard count <= Self.maximumEntries else {
            throw PolicyError(line: nil, reason: "more than \(Self.maximumEntries) \(what)")
        }
    }

    private static func undefined(_ name: Name) -> PolicyError {
        PolicyError(
            line: nil,
            reason: "\(String(decoding: name, as: UTF8.self)) is not defined before"
        )
    }

    private static func key(_ word: [UInt8]) throws(PolicyError) -> VerifierKey {
        guard let text = String(validating: word, as: UTF8.self) else {
            throw PolicyError(line: nil, reason: "the key is not UTF-8")
        }
        do {
            return try VerifierKey(text)
        } catch { throw PolicyError(line: nil, reason: error.description) }
    }

    private static func text(_ words: [[UInt8]], _ index: Int) -> String? {
        words.count > index ? String(decoding: words[index], as: UTF8.self) : nil
    }

    private static func threshold(_ word: [UInt8], of count: Int) throws(PolicyError) -> Int {
        switch String(decoding: word, as: UTF8.self) {
        case "any": return 1
        case "all": return count
        case let text:
            guard let number = Int(decimal: text) else {
                throw PolicyError(line: nil, reason: "the threshold is not any, all or a number")
            }
            return number
        }
    }
}
