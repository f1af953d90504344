import Federation
import Foundation
import Keys
import Logging
import Node
import NodeStore
import TransparencyLog

/// Durable appends of entries of about 512 bytes.
struct AppendBenchmark: Benchmark {
    enum Kind {
        /// The store alone, so many requests a commit.
        case commits
        /// Through the sequencer, so many clients that each wait for their answer.
        case clients
        /// Through the sequencer, so many a second, whether or not the earlier ones are answered; an
        /// append ends when a reader would be given a signed checkpoint that covers it.
        case paced
    }

    let kind: Kind
    let batch: Int
    let leaves: Int

    static func all(_ options: Options) -> [any Benchmark] {
        let sizes: [(Kind, Int, Int)] = [
            (.clients, 1, 2000), (.commits, 1, 2000), (.commits, 64, 40_000),
            (.commits, 1024, 200_000), (.clients, 64, 40_000), (.clients, 4096, 200_000),
            (.paced, 1000, 10_000),
        ]
        let own: [any Benchmark] = sizes.map { kind, batch, leaves in
            AppendBenchmark(kind: kind, batch: batch, leaves: options.scaled(leaves))
        }
        return own + [RawSQLiteBenchmark(batch: 4096, rows: options.scaled(400_000))]
    }

    var name: String {
        switch (kind, batch) {
        case (.clients, 1): "own log, 1 client"
        case (.clients, 4096): "own log, 4,096 in flight"
        case (.clients, _): "own log, \(batch) clients"
        case (.paced, _): "own log, \(batch) a second, until a checkpoint covers it"
        case (.commits, 1024): "own log, 1,024 a commit"
        case (.commits, _): "own log, \(batch) a commit"
        }
    }

    func run(in workspace: Workspace) async throws -> [Row] {
        let sample = try SampleLog("append-\(batch)-\(kind)", in: workspace)
        switch kind {
        case .commits: return [try commits(sample)]
        case .clients: return [try await clients(sample)]
        case .paced: return [try await paced(sample)]
        }
    }

    private func commits(_ sample: SampleLog) throws -> Row {
        let requests = (0..<leaves).map { SampleLog.request($0) }
        try sample.log.prepareForCommits()
        let samples = try Clock.samples(leaves / batch) { number in
            let part = Array(requests[(number * batch)..<((number + 1) * batch)])
            _ = try sample.log.commit(part, at: SampleLog.at, signer: sample.signer)
        }
        let rate = Double(leaves / batch * batch) / samples.reduce(0, +)
        return Row(name: name, perSecond: rate, durations: samples)
    }

    private func paced(_ sample: SampleLog) async throws -> Row {
        let sequencer = Sequencer(
            log: sample.log, signer: sample.signer, time: SystemTime(),
            logger: Logger(label: "benchmark")
        ) { _ in }
        let requests = (0..<leaves).map { SampleLog.request($0) }
        let step = Duration.seconds(1) / batch
        let log = sample.log
        return try await withThrowingTaskGroup(of: Void.self) { service in
            service.addTask { try await sequencer.run() }
            let start = ContinuousClock.now
            let samples = try await withThrowingTaskGroup(of: Double.self) { group in
                for (number, request) in requests.enumerated() {
                    let due = start + step * number
                    try await Task.sleep(until: due, tolerance: .zero)
                    group.addTask {
                        // From when it should have begun: a late start is the append's fault.
                        let done = try await sequencer.append(request)
                        guard log.size >= done.head.checkpoint.size else {
                            throw Absent(reason: "answered before a checkpoint covers it")
                        }
                        return (ContinuousClock.now - due) / .seconds(1)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            service.cancelAll()
            return Row(name: name, perSecond: Double(leaves) / seconds, durations: samples)
        }
    }

    private func clients(_ sample: SampleLog) async throws -> Row {
        let sequencer = Sequencer(
            log: sample.log, signer: sample.signer, time: SystemTime(),
            logger: Logger(label: "benchmark")
        ) { _ in }
        let requests = (0..<leaves).map { SampleLog.request($0) }
        let (batch, leaves) = (batch, leaves)
        return try await withThrowingTaskGroup(of: Void.self) { service in
            service.addTask { try await sequencer.run() }
            var samples: [Double] = []
            let seconds = try await Clock.seconds {
                samples = try await withThrowingTaskGroup(of: [Double].self) { group in
                    for client in 0..<batch {
                        group.addTask {
                            var samples: [Double] = []
                            for number in stride(from: client, to: leaves, by: batch) {
                                samples.append(
                                    try await Clock.seconds {
                                        _ = try await sequencer.append(requests[number])
                                    })
                            }
                            return samples
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
            }
            service.cancelAll()
            return Row(name: name, perSecond: Double(leaves) / seconds, durations: samples)
        }
    }
}
