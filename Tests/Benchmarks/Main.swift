import CanonicalJSON
import Federation
import Foundation
import Glibc
import Keys
import NodeStore
import TransparencyLog

/// `swift run -c release Benchmarks [--json]`: what the log costs, against the disk's own floor.
///
/// Every figure is taken in one run, the floor before and after, since the machine may be shared.
@main
struct Benchmarks {
    static func main() throws {
        let folder = NSTemporaryDirectory() + "eccoe-benchmarks-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let floorBefore = try DiskFloor.measure(folder: folder, writes: 500)
        var rows: [Row] = []
        for batch in [1, 64, 1024] {
            rows.append(try AppendBenchmark.run(folder: folder, batch: batch))
        }
        rows.append(try AppendBenchmark.audit(folder: folder, leaves: 20_000))
        let floorAfter = try DiskFloor.measure(folder: folder, writes: 500)
        let floor = (floorBefore + floorAfter) / 2
        if CommandLine.arguments.contains("--json") {
            report(json: rows, before: floorBefore, after: floorAfter)
        } else {
            report(table: rows, before: floorBefore, after: floorAfter, floor: floor)
        }
    }

    private static func report(table rows: [Row], before: Double, after: Double, floor: Double) {
        func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
        say(
            String(
                format: "fdatasync of 512 bytes, p50: %.0f us before, %.0f us after%@",
                before * 1e6,
                after * 1e6,
                abs(before - after) > 0.2 * floor ? " (differ by more than 20 %: noisy)" : ""
            )
        )
        for row in rows {
            let ratio = row.syncs ? String(format: "%.2f x floor", row.p50 / floor) : "-"
            say(
                String(
                    format: "%@: %.0f leaves/s, p50 %.0f us a commit, %@",
                    row.name,
                    row.perSecond,
                    row.p50 * 1e6,
                    ratio
                )
            )
        }
    }

    private static func report(json rows: [Row], before: Double, after: Double) {
        var lines: [JSON] = []
        for row in rows {
            lines.append([
                "name": .string(row.name), "leavesPerSecond": .string("\(row.perSecond)"),
                "p50Seconds": .string("\(row.p50)"),
            ])
        }
        let report: JSON = [
            "floorBeforeSeconds": .string("\(before)"), "floorAfterSeconds": .string("\(after)"),
            "rows": .array(lines),
        ]
        FileHandle.standardOutput.write(Data(report.canonicalBytes + [0x0a]))
    }
}

/// One line of the table.
struct Row {
    let name: String
    /// Leaves a second.
    let perSecond: Double
    /// Median duration of a step in seconds.
    let p50: Double
    /// Whether a step waits for the disk.
    let syncs: Bool
}

/// The machine's limit: writing and syncing 512 bytes at a time.
enum DiskFloor {
    static func measure(folder: String, writes: Int) throws -> Double {
        let path = folder + "/floor"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw StoreError.file(path, errno) }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 7, count: 512)
        return Clock.median(of: writes) {
            _ = write(descriptor, block, block.count)
            fdatasync(descriptor)
        }
    }
}

/// Median durations by the monotonic clock.
enum Clock {
    static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let duration = try clock.measure(work)
        return Double(duration.components.seconds)
            + Double(duration.components.attoseconds) / 1e18
    }

    static func median(of count: Int, _ work: () throws -> Void) rethrows -> Double {
        var samples: [Double] = []
        for _ in 0..<count { samples.append(try seconds(work)) }
        return samples.sorted()[count / 2]
    }
}

/// Durable appends through the store that the daemon uses, in process.
enum AppendBenchmark {
    static func run(folder: String, batch: Int) throws -> Row {
        let (log, signer) = try makeLog(folder: folder, name: "append-\(batch)")
        let commits = max(20, min(1000, 40_000 / batch))
        var number = 0
        var samples: [Double] = []
        for _ in 0..<commits {
            let requests = (0..<batch).map { _ in
                number += 1
                return request(number)
            }
            samples.append(
                try Clock.seconds { _ = try log.commit(requests, at: at, signer: signer) }
            )
        }
        let total = samples.reduce(0, +)
        return Row(
            name: "append, \(batch) request\(batch == 1 ? "" : "s") a commit",
            perSecond: Double(commits * batch) / total,
            p50: samples.sorted()[commits / 2],
            syncs: true
        )
    }

    static func audit(folder: String, leaves: Int) throws -> Row {
        let (log, signer) = try makeLog(folder: folder, name: "audit")
        for start in stride(from: 0, to: leaves, by: 1000) {
            let requests = (start..<(start + 1000)).map(request)
            _ = try log.commit(requests, at: at, signer: signer)
        }
        guard let head = log.head else { throw StoreError.missing(folder) }
        let seconds = try Clock.seconds {
            var audit = LogAudit(checkpoint: head)
            while let tile = audit.next {
                guard let bytes = try log.resource(tile) else {
                    throw StoreError.missing(tile.path)
                }
                try audit.receive(bytes)
            }
            try audit.finish()
        }
        return Row(
            name: "audit of \(leaves) leaves",
            perSecond: Double(leaves) / seconds,
            p50: seconds,
            syncs: false
        )
    }

    private static let at = Instant(secondsSince1970: 1_795_000_000)

    private static func makeLog(
        folder: String,
        name: String
    ) throws -> (LogStore, NoteSigner) {
        guard
            let signer = NoteSigner(
                name: "uni-a.example/eccoe/1",
                type: .ed25519,
                signer: Ed25519Key()
            )
        else { throw StoreError.missing(name) }
        return (
            try LogStore(path: "\(folder)/\(name).sqlite", key: signer.key, create: true), signer
        )
    }

    /// A decision: a leaf of some 280 bytes without payload.
    private static func request(_ number: Int) -> AppendRequest {
        let seed = Digest(of: Array("\(number)".utf8))
        return AppendRequest(
            id: RequestID(milliseconds: Int64(number), random: Array(seed.bytes.prefix(10))),
            drafts: [
                Draft(
                    type: .decisionRecorded,
                    subject: Hex.encode(seed.bytes.prefix(16)),
                    commitment: seed
                )
            ]
        )
    }
}
