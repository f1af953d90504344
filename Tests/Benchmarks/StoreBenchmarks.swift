import Federation
import Foundation
import Keys
import NodeStore
import TransparencyLog

/// Opening a large log: from the file to the point where it answers and appends.
struct RestartBenchmark: Benchmark {
    let leaves: Int
    let name = "restart"

    func run(in workspace: Workspace) async throws -> [Row] {
        let sample = try SampleLog("restart", in: workspace)
        try sample.grow(by: leaves)
        let copy = workspace.file("restarted.sqlite")
        // As a crash leaves it: with the write-ahead log beside it.
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: sample.path + suffix, toPath: copy + suffix)
        }
        var seconds = 0.0
        for _ in 0..<1 {
            seconds = try Clock.seconds {
                let log = try LogStore(path: copy, key: sample.signer.key, create: false)
                let request = SampleLog.request(leaves)
                _ = try log.commit([request], at: SampleLog.at, signer: sample.signer)
            }
        }
        let note = String(
            format: "%.0f ms with %d leaves, one append included", seconds * 1e3, leaves)
        return [Row(name: name, note: note)]
    }
}

/// Recomputing tiles and root, as `eccoe log verify` does.
struct AuditBenchmark: Benchmark {
    let leaves: Int
    let name = "audit of tiles"

    func run(in workspace: Workspace) async throws -> [Row] {
        let sample = try SampleLog("audit", in: workspace)
        try sample.grow(by: leaves)
        let folder = workspace.file("tiles")
        try export(sample, to: folder)
        guard let head = sample.log.head else { throw Absent(reason: "no head") }
        let stranger = XMod(folder: folder, key: sample.signer.key)
        var own: [Double] = []
        var theirs: [Double] = []
        // Interleaved, since the machine may be shared.
        for _ in 0..<3 {
            own.append(
                try Clock.seconds {
                    var audit = LogAudit(checkpoint: head)
                    while let tile = audit.next {
                        try audit.receive(
                            Array(Data(contentsOf: URL(fileURLWithPath: folder + "/" + tile.path))))
                    }
                    try audit.finish()
                })
            if let seconds = try stranger.audit() { theirs.append(seconds) }
        }
        let rows = [("audit of tiles", own), ("x/mod audit", theirs)]
        return rows.compactMap { name, samples in
            samples.min().map { Row(name: name, perSecond: Double(leaves) / $0) }
        }
    }

    private func export(_ sample: SampleLog, to folder: String) throws {
        guard let head = sample.log.head else { throw Absent(reason: "no head") }
        func write(_ bytes: [UInt8], _ name: String) throws {
            let url = URL(fileURLWithPath: folder + "/" + name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        var audit = LogAudit(checkpoint: head)
        while let tile = audit.next {
            guard let bytes = try sample.log.resource(tile) else {
                throw Absent(reason: tile.path)
            }
            try write(bytes, tile.path)
            try audit.receive(bytes)
        }
        try write(head.note.bytes, "checkpoint")
    }
}

/// The scrub: everything that the file holds, the fold included.
struct StoredAuditBenchmark: Benchmark {
    let leaves: Int
    let name = "audit of the store"

    func run(in workspace: Workspace) async throws -> [Row] {
        let sample = try SampleLog("scrub", in: workspace)
        try sample.grow(by: leaves)
        let seconds = try Clock.seconds {
            let report = try LogReader(path: sample.path)
                .audit(witnesses: [], views: workspace.file("none")) { _, _ in }
            guard report.isSound, report.size == leaves else {
                throw Absent(reason: "the audit found \(report.found) faults")
            }
        }
        return [Row(name: name, perSecond: Double(leaves) / seconds)]
    }
}

/// What a log takes on disk, beside the bytes of its entries.
struct SpaceBenchmark: Benchmark {
    let leaves: Int
    let name = "space"

    func run(in workspace: Workspace) async throws -> [Row] {
        let sample = try SampleLog("space", in: workspace)
        for first in stride(from: 0, to: leaves, by: 1000) {
            try sample.grow(by: 1000, from: first)
            while try sample.log.bundleUp() {}
        }
        let first = try sample.log.entry(leaves / 2)?.count ?? 0
        let entries = try sample.log.entries(from: 0, to: leaves).reduce(0) { $0 + $1.count }
        let whole = try workspace.size(of: "space.sqlite")
        let file = try workspace.size(of: "space.sqlite-")
        let note = String(
            format: "%.2f bytes on disk for each byte of entry (%d bytes), %.2f without the WAL",
            Double(whole) / Double(entries), first, Double(whole - file) / Double(entries))
        return [Row(name: name, note: note)]
    }
}

/// Taking over another's log: bundles checked, folded and stored, payloads included.
struct CopyBenchmark: Benchmark {
    let leaves: Int
    let name = "copy to an empty store"

    func run(in workspace: Workspace) async throws -> [Row] {
        let sample = try SampleLog("source", in: workspace)
        try sample.grow(by: leaves)
        guard let head = sample.log.head else { throw Absent(reason: "no head") }
        let path = workspace.file("copy.sqlite")
        let copy = try LogStore(path: path, key: sample.signer.key, create: true)
        let seconds = try Clock.seconds {
            var step = LogExtension(from: copy.range, to: head)
            while let tile = step.next {
                guard let bytes = try sample.log.resource(tile) else {
                    throw Absent(reason: tile.path)
                }
                try step.receive(bytes)
            }
            try copy.extend(by: step)
        }
        return [Row(name: name, perSecond: Double(leaves) / seconds)]
    }
}
