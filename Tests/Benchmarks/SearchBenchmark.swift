import CanonicalJSON
import Catalogue
import Federation
import Foundation
import Keys
import NodeStore

/// The catalogue of a large federation: how quickly it is taken in, what it takes, and how quickly it is
/// searched, against PostgreSQL's full-text search on the same rows.
struct SearchBenchmark: Benchmark {
    let items: Int
    let queries: Int
    let hasPeer: Bool
    let name = "search"

    private var catalogue: SyntheticCatalogue {
        SyntheticCatalogue(items: items, institutions: min(500, items))
    }

    func run(in workspace: Workspace) async throws -> [Row] {
        let before = ResidentMemory.bytes()
        let views = try ViewsStore(path: workspace.file("views.sqlite"))
        let seconds = try fill(views)
        let taken = try workspace.size(of: "views.sqlite")
        Report.progress("  \(items) items in \(Int(seconds)) s")
        let opened = try ViewsStore(path: workspace.file("views.sqlite"))
        let first = try Clock.seconds { _ = try opened.search(CatalogueQuery("")) }
        let note = String(
            format:
                "%d items: %.0f MiB on disk, first search after a start %.2f s, resident +%.0f MiB",
            items, Double(taken) / 1_048_576, first,
            Double(ResidentMemory.bytes() - before) / 1_048_576)
        var rows = [Row(name: "search, import", perSecond: Double(items) / seconds, note: note)]
        let peer = try hasPeer ? PostgreSQLCatalogue(catalogue, in: workspace) : nil
        if let peer { rows.append(peer.row) }
        return try rows + measure(opened, peer, in: workspace)
    }

    /// How long it takes to fold all items in, without the time that it takes to think of them.
    private func fill(_ views: ViewsStore) throws -> Double {
        let catalogue = catalogue
        var seconds = 0.0
        for first in stride(from: 0, to: items, by: catalogue.perInstitution) {
            let end = min(first + catalogue.perInstitution, items)
            for start in stride(from: first, to: end, by: 1000) {
                seconds += try fold(
                    start..<min(start + 1000, end), from: start - first, into: views)
            }
        }
        return seconds
    }

    private func fold(
        _ numbers: Range<Int>, from: Int, into views: ViewsStore
    ) throws -> Double {
        let domain = catalogue.domain(of: numbers.lowerBound)
        var documents: [Digest: ViewDocument] = [:]
        let verdicts = numbers.enumerated().map { offset, number in
            let item = catalogue.item(number)
            let json = item.json.canonicalBytes
            let digest = Digest(of: json)
            documents[digest] = .item(
                json: json, title: item.searchableTitle, body: item.searchableBody, sameAs: [],
                facets: ItemFacets(item))
            let leaf = Leaf(
                type: .itemPublished, at: SampleLog.at + Int64(number % 100_000), subject: item.id,
                revision: from + offset + 1, payload: digest)
            return FoldVerdict(accepted: leaf.bytes, index: from + offset)
        }
        return try Clock.seconds {
            try views.fold(
                domain: domain, origin: domain + "/eccoe/1", from: from, entries: verdicts,
                payload: { $0.bytes }, document: { Digest(bytes: $0).flatMap { documents[$0] } })
        }
    }

    /// Both by turns, since the machine may be shared.
    private func measure(
        _ views: ViewsStore, _ peer: PostgreSQLCatalogue?, in workspace: Workspace
    ) throws -> [Row] {
        let catalogue = catalogue
        let all = (0..<queries).map { BenchmarkQuery($0, of: catalogue) }
        var own: [String: [Double]] = [:]
        var theirs: [String: [Double]] = [:]
        var differing: [String: Int] = [:]
        for chunk in stride(from: 0, to: all.count, by: 40) {
            let questions = all[chunk..<min(chunk + 40, all.count)]
            Report.progress("  \(chunk) of \(all.count) questions")
            let answers = try peer?.ask(questions)
            for (place, question) in questions.enumerated() {
                var found: SearchPage?
                let seconds = try Clock.seconds { found = try views.search(question.own) }
                own[question.kind, default: []].append(seconds)
                guard let page = found, let answer = answers?[place] else { continue }
                theirs[question.kind, default: []].append(answer.seconds)
                if question.isComparable, !page.isAtLeast, page.total != answer.total {
                    differing[question.kind, default: 0] += 1
                    Report.progress(
                        "  \(question.own.words.terms.map(\.words)): \(page.total) here, "
                            + "\(answer.total) there")
                }
            }
        }
        return rows(own, theirs, differing: differing)
    }

    private func rows(
        _ own: [String: [Double]], _ theirs: [String: [Double]], differing: [String: Int]
    ) -> [Row] {
        var rows: [Row] = []
        for kind in BenchmarkQuery.kinds {
            rows.append(Row(name: "search, \(kind)", durations: own[kind] ?? []))
            guard let times = theirs[kind] else { continue }
            rows.append(Row(name: "PostgreSQL, \(kind)", durations: times))
        }
        rows.append(Row(name: "search, all", durations: own.values.flatMap(\.self)))
        guard !theirs.isEmpty else { return rows }
        let note =
            "found another number of items: "
            + (differing.isEmpty
                ? "never" : differing.map { "\($0) \($1)" }.joined(separator: ", "))
        rows.append(
            Row(
                name: "PostgreSQL search, all", durations: theirs.values.flatMap(\.self), note: note
            ))
        return rows
    }
}

/// The same rows in PostgreSQL, with a `tsvector` and an index for each thing that is asked.
struct PostgreSQLCatalogue {
    let row: Row
    private let server: PostgreSQLServer
    private let workspace: Workspace

    private static let table = """
        CREATE EXTENSION pg_trgm;
        CREATE TABLE item(id int PRIMARY KEY, domain text, countries text[], fields text[], level int,
        bucket text, languages text[], modes text[], types text[], skills text[], quality text[], at int,
        title text, body text, doc text, tsv tsvector);
        """
    private static let indexes = """
        -- A word between them: no phrase runs from a title into the text.
        UPDATE item SET tsv = setweight(to_tsvector('simple', title), 'A')
        || to_tsvector('simple', 'endoftitle') || setweight(to_tsvector('simple', body), 'B');
        VACUUM FULL item;
        CREATE INDEX ON item USING gin(tsv);
        CREATE INDEX ON item USING gin(countries); CREATE INDEX ON item USING gin(modes);
        CREATE INDEX ON item(level); CREATE INDEX ON item(at);
        CREATE TABLE vocabulary AS SELECT word, ndoc FROM ts_stat('SELECT tsv FROM item');
        CREATE INDEX ON vocabulary USING gist(word gist_trgm_ops);
        ANALYZE;
        """

    init(_ catalogue: SyntheticCatalogue, in workspace: Workspace) throws {
        self.workspace = workspace
        server = try PostgreSQLServer(
            in: workspace,
            settings: [
                "shared_buffers=1GB", "work_mem=64MB", "maintenance_work_mem=512MB",
                "max_wal_size=8GB", "jit=off",
            ])
        let file = workspace.file("items.tsv")
        try Self.write(catalogue, to: file)
        let server = server
        let seconds = try Clock.seconds {
            try server.sql(["-c", Self.table])
            try server.sql(["-c", "\\copy item FROM '\(file)'"])
            for statement in Self.indexes.split(separator: ";\n") {
                try server.sql(["-c", String(statement)])
            }
        }
        try FileManager.default.removeItem(atPath: file)
        let note = String(format: "%.0f MiB on disk", Double(try server.size()) / 1_048_576)
        row = Row(
            name: "PostgreSQL search, import", perSecond: Double(catalogue.items) / seconds,
            note: note)
    }

    private static func write(_ catalogue: SyntheticCatalogue, to file: String) throws {
        _ = FileManager.default.createFile(
            atPath: file, contents: nil, attributes: [.posixPermissions: 0o644])
        guard let handle = FileHandle(forWritingAtPath: file) else { throw Absent(reason: file) }
        for start in stride(from: 0, to: catalogue.items, by: 1000) {
            let lines = (start..<min(start + 1000, catalogue.items)).map { line($0, of: catalogue) }
            try handle.write(contentsOf: Data(lines.joined().utf8))
        }
        try handle.close()
    }

    private static func line(_ number: Int, of catalogue: SyntheticCatalogue) -> String {
        let item = catalogue.item(number)
        let facets = ItemFacets(item)
        func list(_ dimension: FacetDimension) -> String {
            "{" + facets.values(dimension).joined(separator: ",") + "}"
        }
        func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\n", with: " ").replacing("\t", with: " ")
        }
        return [
            "\(number)", catalogue.domain(of: number), list(.country), list(.field),
            "\(facets.level ?? 0)", facets.values(.credits).first ?? "", list(.language),
            list(.mode), list(.type), list(.skill), list(.quality),
            "\(SampleLog.at.secondsSince1970 + Int64(number % 100_000))",
            escaped(item.searchableTitle), escaped(item.searchableBody),
            escaped(item.json.canonicalText), "\\N",
        ].joined(separator: "\t") + "\n"
    }

    /// Seconds and number of results of each question, by one session.
    func ask(
        _ questions: some Collection<BenchmarkQuery>
    ) throws -> [(seconds: Double, total: Int)] {
        let file = workspace.file("queries.sql")
        let text = "\\timing on\n" + questions.map { $0.sql + "\\echo end\n" }.joined()
        _ = FileManager.default.createFile(
            atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o644])
        let output = try server.sql(["-f", file])
        return output.components(separatedBy: "end\n").dropLast().map { answer in
            let lines = answer.split(separator: "\n")
            let times = lines.filter { $0.hasPrefix("Time: ") }
                .compactMap { Double($0.split(separator: " ")[1]) }
            let last = lines.last { !$0.hasPrefix("Time: ") }
            let total = last?.split(separator: "|").last.flatMap { Int($0) } ?? 0
            return (times.reduce(0, +) / 1000, total)
        }
    }
}

/// What this program takes now.
enum ResidentMemory {
    /// Bytes in memory now.
    static func bytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096
    }
}
