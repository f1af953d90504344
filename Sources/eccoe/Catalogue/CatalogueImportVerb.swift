import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation
import NodeClient

/// `eccoe catalogue import --format <format> <file>`
struct CatalogueImportVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Publish the items of a source, and revise those that changed.",
        discussion: """
            Items that are unchanged append nothing, so an import that was interrupted is finished \
            by running it again. With -o jsonl each line is written only after the daemon has the \
            item on disk. What an earlier import took from the same source and is no longer in it is \
            shown; it is withdrawn only by whoever says so.

            Examples:
              eccoe catalogue import --format ob3 achievements.json
              eccoe catalogue import --format nzqa register.csv --dry-run
              eccoe catalogue import --format csv --mapping evaluations.yaml results.csv
              eccoe catalogue import --format lom folder/
              eccoe catalogue import --format elm https://www.uni-a.example/courses.jsonld
              eccoe catalogue import --format oai-pmh https://repository.example/oai --set courses
            """
    )

    @OptionGroup var source: ImportSource

    @Flag(help: "Tell what would happen, and publish nothing.")
    var dryRun = false

    @Flag(help: "Withdraw what an earlier import took from this source and is no longer in it.")
    var withdrawRemoved = false

    @Flag(help: "Keep what is no longer in the source, without asking.")
    var keepRemoved = false

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
        _ = try source.requiredFormat()
        if withdrawRemoved && keepRemoved {
            throw ValidationError("--withdraw-removed and --keep-removed say the opposite")
        }
    }

    func execute() async throws {
        let defaults = try source.defaults(node.folder, isMemberNeeded: true)
        let isEvidence = try source.columnMapping()?.isEvidence == true
        var memory =
            ImportMemory.isPossible(for: source) && !isEvidence
            ? try ImportMemory.read(source, in: node.folder) : nil
        var journal = ImportJournal(output.format)
        let progress = ProgressLine()
        let records = try await source.records(
            defaults, node.folder, memory: memory, progress: progress)
        do {
            try await node.withDaemon { client in
                if isEvidence {
                    try await addEvidence(records, &journal, client)
                    return
                }
                try await OrderedPipeline.run(
                    parallelism: Self.parallelism,
                    next: { try await nextBatch(records, &journal) },
                    perform: { try await publish($0, client) },
                    handle: { results in
                        journal.acknowledge(results)
                        let bar = records.bar.map { $0 + " " } ?? ""
                        progress.update(bar + "\(journal.acknowledged) items acknowledged")
                    }
                )
                progress.clear()
                try await look(for: &memory, records, &journal, client)
            }
            await records.close()
        } catch {
            progress.clear()
            await records.close()
            throw interrupted(error, after: journal.acknowledged)
        }
        progress.clear()
        if let memory, !dryRun { remember(memory) }
        journal.summarise(dryRun: dryRun)
        if journal.isFailure { throw ExitCode(ExitStatus.data.rawValue) }
    }

    /// Looks for what is gone from the source, has a person decide, and brings `memory` up to it.
    private func look(
        for memory: inout ImportMemory?, _ records: any RecordSource,
        _ journal: inout ImportJournal, _ client: ControlClient
    ) async throws {
        guard var known = memory else { return }
        let current = records.ids
        // What the source itself says is certain; what is only missing is not when a record could not
        // be read: it may be that one.
        let told = journal.removed.union(records.isWhole ? [] : known.gone).subtracting(current)
        let missing =
            records.isWhole
            ? known.ids.union(known.gone).subtracting(current).subtracting(told) : []
        let isDoubtful = journal.isIncomplete && !missing.isEmpty
        if isDoubtful {
            StandardStream.error.write(
                "some records could not be read, so it is not known what is gone from the source\n"
                    + "  try: mend them and import again\n")
        }
        let gone = isDoubtful ? told : told.union(missing)
        let removed = try await RemovedItems.find(gone, client)
        let choice: Bool? = withdrawRemoved ? true : keepRemoved ? false : nil
        let withdraws = removed.decide(choice, dryRun: dryRun)
        if withdraws { try await removed.withdraw(client) }
        let ids = removed.items.map(\.id)
        journal.note(removed: ids, areWithdrawn: withdraws)
        known.ids = known.ids.subtracting(gone).union(current)
        known.gone = (isDoubtful ? known.gone.subtracting(current) : [])
            .subtracting(ids).union(withdraws ? [] : ids)
        known.nextFrom = records.nextFrom ?? known.nextFrom
        memory = known
    }

    /// What cannot be written is said: all items are published all the same.
    private func remember(_ memory: ImportMemory) {
        do {
            try memory.write(in: node.folder)
        } catch {
            StandardStream.error.write(
                "what was imported could not be written down (\(error)): the next import of this "
                    + "source will not see what is gone from it\n")
        }
    }

    private func nextBatch(
        _ records: any RecordSource,
        _ journal: inout ImportJournal
    ) async throws -> JSON? {
        var items: [JSON] = []
        while items.count < batch, let record = try await records.next() {
            journal.take(record)
            if let item = record.item { items.append(item.json) }
        }
        guard !items.isEmpty else { return nil }
        return WriteRequest.publish(items, dryRun: dryRun, skipsRefused: true)
    }

    /// Evidence is added batch by batch, never two at a time: both could be for one item.
    private func addEvidence(
        _ records: any RecordSource,
        _ journal: inout ImportJournal,
        _ client: ControlClient
    ) async throws {
        let evidence = EvidenceImport(client: client, dryRun: dryRun)
        while true {
            var rows: [EvidenceImport.Row] = []
            var isRead = false
            while rows.count < batch, let record = try await records.next() {
                isRead = true
                journal.take(record)
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
