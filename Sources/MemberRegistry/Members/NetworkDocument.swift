import CanonicalJSON
package import Keys

/// `network.json`: the network's name, the quorum table and the bodies (protocol.md section 5).
package struct NetworkDocument: Equatable, Sendable {
    /// One row of the quorum table.
    package struct Quorum: Equatable, Sendable {
        /// The table to which the row belongs holds from here until the next table begins.
        package let from: Instant
        /// Fewest eligible members for which the row holds.
        package let minimum: Int
        /// Most eligible members for which the row holds; nil: any number.
        package let maximum: Int?
        /// How many witnesses must cosign.
        package let required: Int
        /// How many witnesses a log has.
        package let witnesses: Int

        /// A row as given.
        package init(from: Instant, minimum: Int, maximum: Int?, required: Int, witnesses: Int) {
            self.from = from
            self.minimum = minimum
            self.maximum = maximum
            self.required = required
            self.witnesses = witnesses
        }
    }

    /// A national body or an association that admits members under its suffixes.
    package struct Body: Equatable, Sendable {
        /// One label; also the name of its TUF role and of its folder.
        package let name: String
        /// The ends of its members' domains.
        package let suffixes: [String]

        /// A body as given.
        package init(name: String, suffixes: [String]) {
            self.name = name
            self.suffixes = suffixes
        }
    }

    /// The network's name, 1 to 64 printable ASCII characters.
    package let name: String
    /// All rows, those of past tables too.
    package let quorums: [Quorum]
    /// Up to how many mirrors keep a log.
    package let mirrors: Int
    /// In the order of the document.
    package let bodies: [Body]

    /// A document as given; `problem` tells what is wrong with it, if anything.
    package init(name: String, quorums: [Quorum], mirrors: Int = 5, bodies: [Body]) {
        self.name = name
        self.quorums = quorums
        self.mirrors = mirrors
        self.bodies = bodies
    }

    /// The table of protocol.md section 4, in force from `from`.
    package static func standardQuorums(from: Instant) -> [Quorum] {
        let rows: [(Int, Int?, Int, Int)] = [
            (0, 0, 0, 0), (1, 1, 1, 1), (2, 2, 2, 2), (3, 4, 2, 3), (5, 6, 4, 5), (7, nil, 5, 7),
        ]
        return rows.map {
            Quorum(from: from, minimum: $0.0, maximum: $0.1, required: $0.2, witnesses: $0.3)
        }
    }

    /// The body whose suffix is the longest that ends `domain`; nil when there is none.
    package func body(of domain: String) -> Body? {
        var best: (length: Int, body: Body)?
        for body in bodies {
            for suffix in body.suffixes where MemberDomain.isUnder(domain, suffix: suffix) {
                if suffix.utf8.count > best?.length ?? -1 { best = (suffix.utf8.count, body) }
            }
        }
        return best?.body
    }

    /// The row for `eligible` members at `time`; nil before the first table.
    package func quorum(eligible: Int, at time: Instant) -> Quorum? {
        guard let from = quorums.map(\.from).filter({ $0 <= time }).max() else { return nil }
        return quorums.first {
            $0.from == from && $0.minimum <= eligible && eligible <= $0.maximum ?? .max
        }
    }

    /// What is wrong when this document takes `older`'s place, or nil: tables that were published
    /// stay, a body stays, the name stays.
    package func conflict(with older: NetworkDocument) -> String? {
        if name != older.name { return "the name \"\(older.name)\" became \"\(name)\"" }
        for row in older.quorums where !quorums.contains(row) {
            return "a row of the quorum table from \(row.from) is gone"
        }
        for row in quorums where !older.quorums.contains(row) {
            let isOld = older.quorums.contains { $0.from >= row.from }
            if isOld { return "a row was added to the quorum table from \(row.from)" }
        }
        for body in older.bodies where !bodies.contains(where: { $0.name == body.name }) {
            return "the body \"\(body.name)\" is gone"
        }
        return nil
    }
}

extension NetworkDocument {
    /// Reads the exact bytes of `network.json`.
    ///
    /// - Throws: `DocumentError` with place, reason and remedy.
    package init(reading bytes: [UInt8]) throws(DocumentError) {
        let reader = try ObjectReader(document: bytes)
        try reader.allow(only: ["v", "name", "quorums", "mirrors", "bodies"])
        try reader.version()
        name = try reader.ascii("name")
        guard name.utf8.count <= 64 else {
            throw reader.error("name", "longer than 64 characters", remedy: "shorten it")
        }
        mirrors = Int(try reader.integer("mirrors", atLeast: 0))
        var quorums: [Quorum] = []
        for row in try reader.objects("quorums", limit: 512) { quorums.append(try Quorum(row)) }
        self.quorums = quorums
        var bodies: [Body] = []
        for entry in try reader.objects("bodies", limit: 512) { bodies.append(try Body(entry)) }
        self.bodies = bodies
        if let problem { throw DocumentError("", problem, remedy: "correct network.json") }
    }

    /// The RFC 8785 form.
    package var canonicalBytes: [UInt8] {
        let document: JSON = [
            "v": 1, "name": .string(name), "mirrors": .number(JSONNumber(Int64(mirrors))),
            "quorums": .array(quorums.map(\.json)), "bodies": .array(bodies.map(\.json)),
        ]
        return document.canonicalBytes
    }

    /// What no single row or body shows: tables must cover every number of members once, suffixes
    /// belong to one body. nil when all is well.
    private var problem: String? {
        for from in Set(quorums.map(\.from)).sorted() {
            var next: Int? = 0
            for row in quorums.filter({ $0.from == from }).sorted(by: { $0.minimum < $1.minimum }) {
                guard row.minimum == next else {
                    return "the quorum table from \(from) has a gap or an overlap at \(row.minimum)"
                }
                next = row.maximum.map { $0 + 1 }
            }
            if next != nil { return "the quorum table from \(from) has no row without a maximum" }
        }
        if quorums.isEmpty { return "there is no quorum table" }
        var suffixes: Set<String> = []
        for suffix in bodies.flatMap(\.suffixes) where !suffixes.insert(suffix).inserted {
            return "the suffix \"\(suffix)\" appears twice"
        }
        guard Set(bodies.map(\.name)).count == bodies.count else { return "a body appears twice" }
        return nil
    }
}

extension NetworkDocument.Quorum {
    fileprivate init(_ reader: ObjectReader) throws(DocumentError) {
        try reader.allow(only: ["from", "min", "max", "k", "n"])
        from = try reader.instant("from")
        minimum = Int(try reader.integer("min", atLeast: 0))
        maximum =
            reader.object["max"] == nil
            ? nil : Int(try reader.integer("max", atLeast: Int64(minimum)))
        required = Int(try reader.integer("k", atLeast: 0))
        witnesses = Int(try reader.integer("n", atLeast: 0))
        guard required <= witnesses, witnesses <= minimum else {
            throw reader.error(
                "k",
                "\(required) of \(witnesses) with \(minimum) members",
                remedy: "k must not exceed n, and n not min"
            )
        }
    }

    fileprivate var json: JSON {
        var row: JSONObject = JSONObject()
        row["from"] = .string(from.text)
        row["min"] = .number(JSONNumber(Int64(minimum)))
        row["max"] = maximum.map { .number(JSONNumber(Int64($0))) }
        row["k"] = .number(JSONNumber(Int64(required)))
        row["n"] = .number(JSONNumber(Int64(witnesses)))
        return .object(row)
    }
}

extension NetworkDocument.Body {
    fileprivate init(_ reader: ObjectReader) throws(DocumentError) {
        try reader.allow(only: ["name", "suffixes"])
        name = try reader.string("name")
        guard MemberDomain.isBody(name) else {
            throw reader.error(
                "name",
                "\"\(name)\" is no name of a body",
                remedy: "use one label of lower-case letters, digits and hyphens"
            )
        }
        suffixes = try reader.names("suffixes", limit: 512)
        for (index, suffix) in suffixes.enumerated() where !MemberDomain.isSuffix(suffix) {
            throw DocumentError(
                "\(reader.pointer("suffixes"))/\(index)",
                "\"\(suffix)\" is no domain suffix",
                remedy: "use lower-case A-labels without a leading dot"
            )
        }
    }

    fileprivate var json: JSON {
        ["name": .string(name), "suffixes": .array(suffixes.map { .string($0) })]
    }
}
