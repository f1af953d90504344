import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation
import Foundation
import Keys
import NodeClient

/// `eccoe catalogue import --format <format> <file>`
struct CatalogueImportVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Publish the items of a file, and revise those that changed.",
        discussion: """
            Items that are unchanged append nothing, so an import that was interrupted is finished \
            by running it again. With -o jsonl each line is written only after the daemon has the \
            item on disk.

            Examples:
              eccoe catalogue import --format ob3 achievements.json
              eccoe catalogue import --format nzqa register.csv --dry-run
              eccoe catalogue import --format csv --mapping evaluations.yaml results.csv
            """
    )

    @OptionGroup var source: ImportSource

    @Flag(help: "Tell what would happen, and publish nothing.")
    var dryRun = false

    @Option(help: "Items in one request, at most 256.")
    var batch = 32

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    /// Requests that are under way at the same time.
    private static let parallelism = 2

    func validate() throws {
        guard (1...Limits.publishItems).contains(batch) else {
            throw ValidationError("--batch is between 1 and \(Limits.publishItems)")
        }
    }

    func execute() async throws {
        var reader = try source.reader(
            try source.defaults(node.folder, isMemberNeeded: true)
        )
        var journal = ImportJournal(output.format)
        let progress = ProgressLine()
        let isEvidence = try source.columnMapping()?.isEvidence == true
        do {
            try await node.withDaemon { client in
                if isEvidence {
                    try await addEvidence(&reader, &journal, client)
                    return
                }
                try await OrderedPipeline.run(
                    parallelism: Self.parallelism,
                    next: { try nextBatch(&reader, &journal) },
                    perform: { try await publish($0, client) },
                    handle: { results in
                        journal.acknowledge(results)
                        progress.update("\(journal.acknowledged) items acknowledged")
                    }
                )
            }
        } catch {
            progress.clear()
            throw interrupted(error, after: journal.acknowledged)
        }
        progress.clear()
        journal.summarise(dryRun: dryRun)
        if journal.isFailure { throw ExitCode(ExitStatus.data.rawValue) }
    }

    private func nextBatch(
        _ reader: inout CatalogueImport.Reader,
        _ journal: inout ImportJournal
    ) throws -> JSON? {
        var items: [JSON] = []
        while items.count < batch, let record = try reader.next() {
            for problem in record.problems { journal.note(problem) }
            if let item = record.item { items.append(item.json) }
        }
        guard !items.isEmpty else { return nil }
        return [
            "requestId": .string(FreshRequestID.text), "items": .array(items),
            "dryRun": .bool(dryRun),
        ]
    }

    /// Evidence is added batch by batch, never two at a time: both could be for one item.
    private func addEvidence(
        _ reader: inout CatalogueImport.Reader,
        _ journal: inout ImportJournal,
        _ client: ControlClient
    ) async throws {
        let evidence = EvidenceImport(client: client, dryRun: dryRun)
        while true {
            var rows: [EvidenceImport.Row] = []
            var isRead = false
            while rows.count < batch, let record = try reader.next() {
                isRead = true
                for problem in record.problems { journal.note(problem) }
                if let found = record.evidence { rows.append((record.at, found)) }
            }
            guard isRead else { return }
            let prepared = try await evidence.prepare(rows)
            for problem in prepared.problems { journal.note(problem) }
            journal.acknowledge(try await evidence.publish(prepared.items))
        }
    }

    /// Publishes a batch; while the node is busy the same request is repeated.
    private func publish(_ request: JSON, _ client: ControlClient) async throws -> [JSON] {
        for attempt in 1... {
            do {
                let answer = try await client.call(.cataloguePublish, request)
                return answer["results"]?.array ?? []
            } catch let problem as Problem where problem.slug == .busy && attempt < 20 {
                try await Task.sleep(for: .milliseconds(250))
            }
        }
        return []
    }

    private func interrupted(_ error: any Error, after acknowledged: Int) -> any Error {
        guard let problem = error as? Problem, problem.slug == .unreachable else { return error }
        return Problem(
            .unreachable,
            "\(problem.detail); \(acknowledged) items were acknowledged before that",
            at: problem.pointer,
            try: acknowledged == 0
                ? problem.remedy
                : "start the daemon and run the same import again: it finishes the rest"
        )
    }
}

/// Ids for requests that may be repeated.
enum FreshRequestID {
    /// A UUID version 7 of now.
    static var text: String {
        RequestID(
            milliseconds: Int64(Date().timeIntervalSince1970 * 1000),
            random: SecureRandom.bytes(10)
        ).text
    }
}
