import ArgumentParser
import Catalogue
import Federation
import Foundation
import Keys
import NodeClient

/// Records of an import, one after the other.
protocol RecordSource: AnyObject {
    /// The next record; nil at the end.
    func next() async throws -> ImportRecord?
    /// The ids of all items that were taken.
    var ids: Set<String> { get }
    /// Whether all that the source has was read: what is not in `ids` then is not in the source.
    var isWhole: Bool { get }
    /// From when on the next import may go on, where that is possible.
    var nextFrom: Instant? { get }
    /// How much of it was read, as a bar; nil where nobody knows how much there is.
    var bar: String? { get }
    /// Lets connections go.
    func close() async
}

/// The records of files.
final class FileRecords: RecordSource {
    private var files: ArraySlice<SourceFile>
    private let format: ImportFormat
    private let mapping: ColumnMapping?
    private let defaults: ImportDefaults
    private var current: (file: SourceFile, source: ChunkedFile, reader: CatalogueImport.Reader)?
    private var seen = SeenItems()
    private let total: Int
    private var done = 0

    init(
        files: [SourceFile], format: ImportFormat, mapping: ColumnMapping?,
        defaults: ImportDefaults
    ) {
        self.files = files[...]
        total = files.reduce(0) { $0 + ChunkedFile.size(of: $1.path) }
        self.format = format
        self.mapping = mapping
        self.defaults = defaults
    }

    var ids: Set<String> { seen.ids }
    var isWhole: Bool { true }
    var nextFrom: Instant? { nil }
    func close() async {}

    var bar: String? {
        guard total > 0 else { return nil }
        return ProgressLine.bar(min(total, done + (current?.source.done ?? 0)), of: total)
    }

    func next() async throws -> ImportRecord? {
        while true {
            if current == nil {
                guard let file = files.popFirst() else { return nil }
                let source = try ChunkedFile(file.path)
                current = (
                    file, source,
                    CatalogueImport.Reader(
                        format: format, mapping: mapping, defaults: defaults, label: file.label,
                        seen: seen
                    ) { try source.next() }
                )
            }
            if let record = try current?.reader.next() { return record }
            if let current {
                seen = current.reader.seen
                done += current.source.done
            }
            current = nil
        }
    }
}

/// What a harvest may be told.
struct HarvestOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Harvest only this set of the repository.", valueName: "setSpec"))
    var setSpec: String?

    @Option(
        help: ArgumentHelp(
            "Harvest only what changed since; inclusive (default: since the last harvest of it).",
            valueName: "time"
        )
    )
    var from: String?

    @Option(help: ArgumentHelp("Harvest only what changed until; inclusive.", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "Take records in this format, LOM or Dublin Core under whatever name; may be repeated, "
                + "the dearest first (default: lom, oai_dc).",
            valueName: "metadataPrefix"
        )
    )
    var prefix: [String] = []

    @Option(help: ArgumentHelp("Seconds between requests (default: 1).", valueName: "seconds"))
    var pause: Int64?

    @Flag(help: "Harvest all from the beginning, though it was harvested before.")
    var again = false

    var isGiven: Bool {
        setSpec != nil || from != nil || until != nil || !prefix.isEmpty || pause != nil || again
    }

    func validate() throws {
        for (name, text) in [("--from", from), ("--until", until)] {
            if let text, Self.time(text) == nil {
                throw ValidationError(
                    "\(name) is no time: write 2026-11-27 or 2026-11-27T10:00:00Z")
            }
        }
        if let pause, !(0...3600).contains(pause) {
            throw ValidationError("--pause is between 0 and 3600 seconds")
        }
    }

    private static func time(_ text: String) -> Instant? { Instant(text) ?? Instant(date: text) }

    /// What to harvest.
    func plan(since last: Instant?) throws -> OAIHarvest.Plan {
        var plan = OAIHarvest.Plan()
        plan.set = setSpec
        plan.from = from.flatMap(Self.time) ?? (again ? nil : last)
        plan.until = until.flatMap(Self.time)
        if !prefix.isEmpty { plan.prefixes = prefix }
        if let pause { plan.pause = pause }
        return plan
    }
}

/// The records of a repository that is harvested.
final class HarvestedRecords: RecordSource {
    private let address: String
    private let plan: OAIHarvest.Plan
    private var harvest: OAIHarvest
    private let defaults: ImportDefaults
    private let client: FetchClient
    private let progress: ProgressLine
    private var effects: ArraySlice<OAIHarvest.Effect>
    private var records: ArraySlice<OAIRecord> = []
    private var seen = SeenItems()
    private var summary: OAIHarvest.Summary?
    private var told = 0

    /// Bytes of one answer.
    static let maximumBytes = 64 << 20

    init(
        address: String, plan: OAIHarvest.Plan, defaults: ImportDefaults, client: FetchClient,
        progress: ProgressLine
    ) {
        self.address = address
        self.plan = plan
        self.defaults = defaults
        self.client = client
        self.progress = progress
        harvest = OAIHarvest(plan)
        effects = harvest.start()[...]
    }

    var ids: Set<String> { seen.ids }
    var isWhole: Bool { summary != nil && plan.from == nil && plan.until == nil }
    var nextFrom: Instant? { plan.until == nil ? summary?.nextFrom : nil }
    func close() async { await client.shutdown() }
    var bar: String? { nil }

    func next() async throws -> ImportRecord? {
        while true {
            if let record = records.popFirst() {
                told += 1
                let read = OAIRecordMapping.record(of: record, defaults: defaults)
                return seen.withoutDuplicate(read.labelled(PlainText.line(record.identifier)))
            }
            guard let effect = effects.popFirst() else { return nil }
            switch effect {
            case .request(let request, let seconds): try await ask(request, after: seconds)
            case .take(let page, _): records = page[...]
            case .finish(let summary): self.summary = summary
            case .fail(let failure):
                throw Problem(.unreachable, failure.message, at: address, try: failure.remedy)
            }
        }
    }

    private func ask(_ request: OAIRequest, after seconds: Int64) async throws {
        if seconds > 2 {
            progress.update("\(told) records; the next request in \(seconds) s")
        } else {
            progress.update("\(told) records; asking for more")
        }
        if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
        let more: [OAIHarvest.Effect]
        do {
            let separator = address.contains("?") ? "&" : "?"
            let answer = try await client.send(
                "GET", address + separator + request.query,
                headers: [("Accept", ImportFormat.oaiPMH.accept)],
                maximumBytes: Self.maximumBytes)
            more = harvest.receive(
                status: answer.status, retryAfter: answer.headers["retry-after"],
                body: answer.body, at: CommandClock.now)
        } catch let problem as Problem where problem.slug == .unreachable {
            more = harvest.lose(problem.detail)
        }
        effects += more
    }
}
