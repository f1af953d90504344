import CanonicalJSON
import Foundation
import Glibc

/// One line of the table.
struct Row {
    let name: String
    /// Operations a second; nil for rows that are no rate.
    var perSecond: Double?
    /// Durations of single operations, in seconds.
    var durations: [Double] = []
    /// What else was measured, with its unit.
    var note = ""
    /// The median duration of a synced write of 512 bytes, before and after.
    var floorBefore = 0.0
    var floorAfter = 0.0

    var floor: Double { (floorBefore + floorAfter) / 2 }
    var isNoisy: Bool { abs(floorBefore - floorAfter) > 0.2 * floor }

    func percentile(_ share: Double) -> Double? {
        guard !durations.isEmpty else { return nil }
        let sorted = durations.sorted()
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
}

/// Everything that was measured.
struct Table {
    var rows: [Row] = []
    /// What could not be measured, with the reason.
    var absent: [String] = []
    /// Ratios between rows.
    var ratios: [String] = []

    /// Works out the ratios that performance goals are about.
    mutating func compare() {
        let single = row("own log, 1 client")
        if let single, let p50 = single.percentile(0.5) {
            ratios.append(format("single durable append p50 / floor: %.2f", p50 / single.floor))
        }
        for (name, label) in [
            ("own node, 1 client", "single publish at the daemon p50 / floor"),
            ("publish to quorum of 3 nodes", "publish to quorum of 3 nodes p50 / floor"),
        ] {
            guard let row = row(name), let p50 = row.percentile(0.5) else { continue }
            ratios.append(format("\(label): %.2f", p50 / row.floor))
        }
        for (own, other, label) in [
            ("own log, 64 clients", "PostgreSQL, 64 clients", "64 clients: own / PostgreSQL"),
            ("own node, 64 clients", "PostgreSQL, 64 clients", "64 clients: daemon / PostgreSQL"),
            ("own node, checkpoint", "nginx, checkpoint", "HTTPS, checkpoint: own / nginx"),
            ("own node, full tile", "nginx, full tile", "HTTPS, full tile: own / nginx"),
            ("own node, full bundle", "nginx, full bundle", "HTTPS, full bundle: own / nginx"),
            ("own node, item", "nginx, item", "HTTPS, item: own / nginx"),
            ("own log, 64 clients", "etcd, 64 clients", "64 clients: own / etcd"),
            ("own log, 64 clients", "NATS JetStream, 64 clients", "64 clients: own / NATS"),
            ("own log, 1,024 a commit", "aics-tlog, 1,024 a commit", "1,024: own / aics-tlog"),
            ("own log, 4,096 in flight", "raw SQLite, 4,096 a commit", "4,096: own / raw SQLite"),
            ("audit of tiles", "x/mod audit", "audit: own / golang.org/x/mod"),
            ("copy to an empty store", "git fetch", "replication: own / git fetch"),
            ("witness, 1 log", "aics-witness", "witness, one log: own / aics-witness"),
            ("witness, 64 logs", "aics-witness", "witness, 64 logs: own / aics-witness, one log"),
            ("witness, 64 logs", "Ed25519 verify", "cosignatures / Ed25519 verifications"),
        ] {
            guard let a = row(own)?.perSecond, let b = row(other)?.perSecond else { continue }
            ratios.append(format("\(label): %.2f", a / b))
        }
    }

    /// How much longer PostgreSQL takes over a search.
    mutating func compareSearches() {
        for row in rows where row.name.hasPrefix("search, ") {
            let kind = row.name.dropFirst("search, ".count)
            let peer = self.row(kind == "all" ? "PostgreSQL search, all" : "PostgreSQL, \(kind)")
            for share in [0.5, 0.99] {
                guard let own = row.percentile(share), let other = peer?.percentile(share) else {
                    continue
                }
                let label = "search, \(kind), p\(Int(share * 100)): PostgreSQL / own"
                ratios.append(format("\(label): %.2f", other / own))
            }
        }
    }

    private func row(_ name: String) -> Row? { rows.first { $0.name == name } }

    private func format(_ pattern: String, _ value: Double) -> String {
        String(format: pattern, value)
    }
}

/// Writes the table.
enum Report {
    static func progress(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    static func write(_ table: Table, to file: String?) {
        var text = pad("", 34) + "      /s    p50 us    p99 us   x floor  floor us\n"
        for row in table.rows { text += line(row) }
        for ratio in table.ratios { text += "ratio   \(ratio)\n" }
        for absent in table.absent { text += "absent  \(absent)\n" }
        FileHandle.standardOutput.write(Data(text.utf8))
        guard let file else { return }
        let json = json(table).canonicalBytes + [0x0a]
        _ = FileManager.default.createFile(atPath: file, contents: Data(json))
    }

    static func line(_ row: Row) -> String {
        func number(_ value: Double?, _ digits: Int = 0) -> String {
            let text = value.map { String(format: "%.\(digits)f", $0) } ?? "-"
            return String(repeating: " ", count: max(1, 10 - text.count)) + text
        }
        let p50 = row.percentile(0.5)
        return pad(row.name, 34) + number(row.perSecond).dropFirst(2) + number(p50.map { $0 * 1e6 })
            + number(row.percentile(0.99).map { $0 * 1e6 })
            + number(p50.map { $0 / row.floor }, 2) + number(row.floor * 1e6)
            + (row.isNoisy ? "  noisy: the floor moved" : "")
            + (row.note.isEmpty ? "" : "  \(row.note)") + "\n"
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func json(_ table: Table) -> JSON {
        func text(_ value: Double?) -> JSON { value.map { .string("\($0)") } ?? .null }
        let rows: [JSON] = table.rows.map { row in
            [
                "name": .string(row.name), "perSecond": text(row.perSecond),
                "p50Seconds": text(row.percentile(0.5)), "p99Seconds": text(row.percentile(0.99)),
                "floorBeforeSeconds": text(row.floorBefore),
                "floorAfterSeconds": text(row.floorAfter), "note": .string(row.note),
            ]
        }
        return [
            "rows": .array(rows), "ratios": .array(table.ratios.map { .string($0) }),
            "absent": .array(table.absent.map { .string($0) }),
        ]
    }
}

/// Durations by the monotonic clock.
enum Clock {
    static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        return try clock.measure(work) / .seconds(1)
    }

    static func seconds(_ work: () async throws -> Void) async rethrows -> Double {
        let clock = ContinuousClock()
        return try await clock.measure(work) / .seconds(1)
    }

    /// Each duration of so many runs.
    static func samples(_ count: Int, _ work: (Int) throws -> Void) rethrows -> [Double] {
        try (0..<count).map { number in try seconds { try work(number) } }
    }
}

/// A folder for everything that is written; gone at the end.
final class Workspace {
    let folder: String

    init() throws {
        // Not TMPDIR: that may lie in memory, or where PostgreSQL's user cannot look.
        folder = "/var/tmp/eccoe-benchmarks-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func file(_ name: String) -> String { folder + "/" + name }

    /// The machine's limit: the median time to write and sync 512 bytes.
    func floor() throws -> Double {
        let path = file("floor")
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw Absent(reason: "\(path) cannot be written") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 7, count: 512)
        let samples = Clock.samples(200) { _ in
            _ = write(descriptor, block, block.count)
            fdatasync(descriptor)
        }
        return samples.sorted()[samples.count / 2]
    }

    /// Bytes of all files whose names begin so.
    func size(of prefix: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix(prefix) }
            .reduce(0) { sum, name in
                let found = try FileManager.default.attributesOfItem(atPath: file(name))
                return sum + (found[.size] as? Int ?? 0)
            }
    }
}
