import Federation
import Foundation
import Keys
import Logging
import Node
import NodeStore
import ServiceLifecycle
import Synchronization
import Testing
import TransparencyLog

@Suite(.serialized) struct `The sequencer` {
    private let folder: SequencerFolder
    private let log: LogStore
    private let heads = Heard()
    private let sequencer: Sequencer

    init() throws {
        folder = try SequencerFolder()
        let signer = try LogForger(domain: TestFederation.a).signer
        log = try LogStore(path: folder.path + "/1.sqlite", key: signer.key, create: true)
        sequencer = Sequencer(
            log: log,
            signer: signer,
            time: ManualClock().time,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { [heads] head in heads.add(head) }
    }

    private func request(_ name: String, drafts count: Int = 1) -> AppendRequest {
        AppendRequest(
            id: RequestID(milliseconds: 1, random: SecureRandom.bytes(10)),
            drafts: (0..<count).map {
                Draft(
                    type: .itemPublished,
                    subject: "\(name)-\($0)",
                    payload: Array("\(name) \($0)".utf8)
                )
            }
        )
    }

    /// Runs the sequencer while `body` runs, then shuts it down gracefully.
    private func running(_ body: @Sendable () async throws -> Void) async throws {
        let group = ServiceGroup(
            services: [sequencer],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Sends all requests at once and waits for all answers.
    private func appendAll(
        _ requests: [AppendRequest]
    ) async throws -> [Sequencer.Acknowledgement] {
        try await withThrowingTaskGroup(of: Sequencer.Acknowledgement.self) { tasks in
            for request in requests { tasks.addTask { try await sequencer.append(request) } }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `acknowledges many requests at once, each under its own index`() async throws {
        try await running {
            let answers = try await appendAll((0..<1500).map { request("r\($0)") })
            let indexes = answers.flatMap { $0.results.map(\.index) }
            #expect(indexes.sorted() == Array(0..<1500))
            for answer in answers {
                #expect(answer.head.checkpoint.size > answer.results[0].index)
            }
        }
        #expect(log.size == 1500)
        // Fewer commits than requests: what waits is taken together.
        #expect(heads.sizes.count < 500)
        #expect(heads.sizes == heads.sizes.sorted())
        #expect(heads.sizes.last == 1500)
        var audit = LogAudit(checkpoint: try #require(log.head))
        while let resource = audit.next {
            try audit.receive(try #require(try log.resource(resource)))
        }
        try audit.finish()
    }

    @Test func `keeps the drafts of a request together and in order`() async throws {
        try await running {
            let answers = try await appendAll((0..<40).map { request("r\($0)", drafts: 7) })
            for answer in answers {
                let first = try #require(answer.results.first).index
                #expect(answer.results.map(\.index) == Array(first..<(first + 7)))
            }
        }
        #expect(log.size == 280)
    }

    /// Fills the pool while nothing runs, and calls `then` once it is full: of all requests the one
    /// that came last was refused.
    ///
    /// - Returns: how the others ended.
    private func filled(
        then: @Sendable @escaping () async throws -> Void
    ) async throws -> [Result<Sequencer.Acknowledgement, Problem>] {
        let each = 64
        let requests = (0...(Limits.poolDrafts / each)).map { request("r\($0)", drafts: each) }
        return try await withThrowingTaskGroup(
            of: Result<Sequencer.Acknowledgement, Problem>?.self
        ) { tasks in
            for request in requests {
                tasks.addTask {
                    do {
                        return .success(try await sequencer.append(request))
                    } catch let problem as Problem {
                        return .failure(problem)
                    }
                }
            }
            guard case .failure(let problem)?? = try await tasks.next() else {
                Issue.record("the pool has no limit")
                return []
            }
            #expect(problem.slug == .busy)
            #expect(problem.status == 503)
            tasks.addTask {
                try await then()
                return nil
            }
            return try await tasks.reduce(into: []) { results, result in
                if let result { results.append(result) }
            }
        }
    }

    @Test func `refuses what its pool cannot hold and commits the rest piece by piece`()
        async throws
    {
        let results = try await filled {
            try await running {
                while log.size < Limits.poolDrafts { await Task.yield() }
            }
        }
        #expect(results.count == 128)
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        let steps = zip(heads.sizes, [0] + heads.sizes).map { $0 - $1 }
        #expect(steps.reduce(0, +) == Limits.poolDrafts)
        #expect(steps.allSatisfy { $0 <= Limits.batchLeaves })
    }

    @Test func `answers everything that waits before it shuts down`() async throws {
        let results = try await filled {
            try await running {
                while heads.sizes.isEmpty { await Task.yield() }
            }
        }
        #expect(results.count == 128)
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        #expect(log.size == Limits.poolDrafts)
        let late = await #expect(throws: Problem.self) {
            try await sequencer.append(request("late"))
        }
        #expect(late?.slug == .readOnly)
    }

    @Test func `tells everybody when the log cannot be written`() async throws {
        // Another writer's head on the disk: the next commit is fatal.
        let signer = try LogForger(domain: TestFederation.a).signer
        let other = try LogStore(path: folder.path + "/1.sqlite", key: signer.key, create: false)
        _ = try other.commit(
            [request("other")],
            at: ManualClock.start,
            signer: signer
        )
        let results = try await filled {
            await #expect(throws: (any Error).self) { try await sequencer.run() }
        }
        #expect(results.count == 128)
        for result in results {
            guard case .failure(let problem) = result else {
                Issue.record("acknowledged what is not on disk")
                continue
            }
            #expect(problem.slug == .readOnly)
        }
        #expect(heads.sizes.isEmpty)
        #expect(log.size == 1)
    }

    @Test func `answers a bad request and goes on`() async throws {
        try await running {
            let good = request("a")
            let first = try await sequencer.append(good)
            let reused = AppendRequest(id: good.id, drafts: request("b").drafts)
            let problem = await #expect(throws: Problem.self) {
                try await sequencer.append(reused)
            }
            #expect(problem?.slug == .requestIDReused)
            let withdrawal = AppendRequest(
                id: RequestID(milliseconds: 2, random: SecureRandom.bytes(10)),
                drafts: [Draft(type: .itemWithdrawn, subject: "none", payload: [1])]
            )
            let missing = await #expect(throws: Problem.self) {
                try await sequencer.append(withdrawal)
            }
            #expect(missing?.slug == .notFound)
            let again = try await sequencer.append(good)
            #expect(again.results == first.results)
            #expect(try await sequencer.append(request("c")).results.map(\.index) == [1])
        }
        #expect(heads.sizes == [1, 2])
    }
}

/// A folder that goes with its test.
final class SequencerFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/eccoe-log-\(UUID().uuidString)"
        try DurableFile.makeFolder(path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// The heads that a sequencer told of.
final class Heard: Sendable {
    private let heads = Mutex<[VerifiedCheckpoint]>([])

    var sizes: [Int] { heads.withLock { $0.map(\.checkpoint.size) } }

    func add(_ head: VerifiedCheckpoint) {
        heads.withLock { $0.append(head) }
    }
}
