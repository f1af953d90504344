import CanonicalJSON
import Federation
import GRDB
import Keys

/// Answers to requests, by their ids, inside a transaction.
///
/// Of a request whose body and answer follow from the entries that it appended only their place is kept,
/// a quarter of the bytes.
struct RequestTable {
    private let db: GRDB.Database
    private let find: DirectStatement
    private let findPlace: DirectStatement
    private let put: DirectStatement
    private let putPlace: DirectStatement

    init(_ db: GRDB.Database) throws {
        self.db = db
        find = try DirectStatement(db, "SELECT body, answer FROM request WHERE id = ?")
        findPlace = try DirectStatement(db, "SELECT first, count FROM answered WHERE id = ?")
        put = try DirectStatement(
            db, "INSERT INTO request(id, body, answer) VALUES (?, ?, ?)")
        putPlace = try DirectStatement(
            db, "INSERT INTO answered(id, first, count) VALUES (?, ?, ?)")
    }

    /// The highest id; nil when there is none.
    static func newest(_ db: GRDB.Database) throws -> RequestID? {
        try ["request", "answered"].compactMap { table in
            try DirectStatement(db, "SELECT max(id) FROM \(table)").first { $0.bytes(0) }
                .flatMap { $0 }.flatMap { RequestID(uuidBytes: $0) }
        }.max()
    }

    /// Binds a request's id to its body and answer.
    func keep(_ request: AppendRequest, _ body: Digest, _ results: [Appended]) throws {
        if let first = results.first?.index, Self.follows(results, from: request.drafts) {
            try putPlace.bind(1, request.id.bytes)
            try putPlace.bind(2, first)
            try putPlace.bind(3, results.count)
            return try putPlace.run()
        }
        try put.bind(1, request.id.bytes)
        try put.bind(2, body)
        try put.bind(3, Self.encode(results))
        try put.run()
    }

    /// What is stored under an id.
    func answer(to id: RequestID) throws -> (body: Digest?, results: [Appended])? {
        try findPlace.bind(1, id.bytes)
        if let place = try findPlace.first({ ($0.integer(0), $0.integer(1)) }) {
            return try answer(from: place.0, count: place.1)
        }
        try find.bind(1, id.bytes)
        return try find.first { row in (row.digest(0), try Self.decode(row.text(1))) }
    }

    /// Whether entries tell all of it: one for each draft, no content but its payload, and an outcome
    /// that does not depend on what was before.
    private static func follows(_ results: [Appended], from drafts: [Draft]) -> Bool {
        drafts.allSatisfy { $0.content == nil }
            && results.allSatisfy { $0.outcome == .recorded || $0.outcome == .withdrawn }
    }

    private func answer(
        from first: Int, count: Int
    ) throws -> (body: Digest?, results: [Appended]) {
        var body = RequestBody(drafts: count)
        var results: [Appended] = []
        try db.forEachEntry(from: first, to: first + count) { index, entry in
            guard case .leaf(let leaf) = LeafReading(Array(entry)) else {
                throw StoreError.corrupt("entry", reason: "\(index) is no leaf")
            }
            body.add(leaf.type, leaf.subject, leaf.payload ?? leaf.commitment, leaf.references)
            results.append(
                Appended(
                    outcome: leaf.type.ends ? .withdrawn : .recorded, index: index,
                    revision: leaf.revision ?? 0))
        }
        guard results.count == count else {
            throw StoreError.corrupt("answered", reason: "its entries are missing")
        }
        return (body.digest, results)
    }

    /// `[["published",12,1]]`: outcomes are plain words, so nothing needs an escape.
    private static func encode(_ results: [Appended]) -> String {
        let rows = results.map { "[\"\($0.outcome.rawValue)\",\($0.index),\($0.revision)]" }
        return "[" + rows.joined(separator: ",") + "]"
    }

    private static func decode(_ text: String) throws -> [Appended] {
        let rows = try JSON.read(Array(text.utf8), limits: .operatorFile).array ?? []
        return try rows.map { row in
            guard let outcome = row[0]?.string.flatMap(Appended.Outcome.init(rawValue:)),
                let index = row[1]?.integer, let revision = row[2]?.integer
            else { throw StoreError.corrupt("request", reason: "no answer") }
            return Appended(outcome: outcome, index: Int(index), revision: Int(revision))
        }
    }
}
