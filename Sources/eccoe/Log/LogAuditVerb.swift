import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore
import TransparencyLog

/// `eccoe log audit [<origin>]`
struct LogAuditVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Recompute a stored log and compare everything that is kept of it.",
        discussion: """
            Hashes every entry again and compares tiles, every stored checkpoint and cosignature, \
            payloads, the fold's tables and the views. Reads the data folder in one read \
            transaction a log; a daemon may go on writing meanwhile. Exit status 1 when anything \
            is wrong, with the place and what to do.

            Example:  eccoe log audit --all
            """
    )

    @Argument(help: "The log's origin (default: the own log).")
    var origin: String?

    @Flag(help: "Audit every log that the node holds: its own epochs and its copies of others.")
    var all = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard origin == nil || !all else {
            throw ValidationError("an origin and --all exclude each other")
        }
    }

    func execute() async throws {
        let witnesses = try Self.witnesses(node.folder)
        let audits = try logs().map { log in
            try AuditedLog(log, witnesses: witnesses ?? [], in: node.folder)
        }
        write(audits, hasRegistry: witnesses != nil)
        guard audits.allSatisfy(\.report.isSound) else {
            let count = audits.reduce(0) { $0 + $1.report.found }
            throw CommandFailure(
                .negative,
                Problem(
                    .invalidProof,
                    "\(count) finding\(count == 1 ? "" : "s") in \(audits.count) audited "
                        + "log\(audits.count == 1 ? "" : "s")",
                    at: audits.first { !$0.report.isSound }?.log.path,
                    try: "see what stands beside each finding; keep a copy of the damaged file"
                )
            )
        }
    }

    private func logs() throws -> [StoredLog] {
        let folder = node.folder
        let all = try StoredLog.all(in: folder)
        let asked: [StoredLog]
        if self.all {
            asked = all
        } else if let origin {
            asked = all.filter { $0.origin == origin }
        } else {
            asked = all.filter(\.isOwn).suffix(1)
        }
        guard !asked.isEmpty else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .noLog,
                    origin.map { "the node holds no log \($0)" } ?? "there is no log to audit",
                    at: folder.path,
                    try: "name the data folder with --data; eccoe status lists the logs"
                )
            )
        }
        return asked
    }

    /// Every cosigner's key that the accepted registry lists; nil without a registry.
    private static func witnesses(_ folder: DataFolder) throws -> [VerifierKey]? {
        try RegistryFiles(folder: folder).accepted()?.cosignerKeys.compactMap {
            try? VerifierKey($0.text)
        }
    }

    private func write(_ audits: [AuditedLog], hasRegistry: Bool) {
        switch output.format {
        case .table: StandardStream.output.write(Self.text(audits, hasRegistry: hasRegistry))
        case .json:
            StandardStream.output.write(line: [
                "logs": .array(audits.map(\.json)),
                "sound": .bool(audits.allSatisfy(\.report.isSound)),
            ])
        case .jsonl: for audit in audits { StandardStream.output.write(line: audit.json) }
        }
    }

    private static func text(_ audits: [AuditedLog], hasRegistry: Bool) -> String {
        var text = TextTable.rows(
            ["LOG", "ENTRIES", "CHECKPOINTS", "COSIGNATURES", "PAYLOADS", "ENTRIES/S", "RESULT"],
            audits.map { audit in
                let report = audit.report
                return [
                    report.origin, "\(report.size)", "\(report.checkpoints)",
                    "\(report.cosignatures)"
                        + (report.unknownLines > 0 ? " (\(report.unknownLines) not verified)" : ""),
                    "\(report.payloads)", "\(audit.perSecond)",
                    report.isSound ? "sound" : "\(report.found) findings",
                ]
            })
        if !hasRegistry {
            text += "\nThere is no registry here: no cosignature was verified.\n"
        }
        for audit in audits where !audit.report.isSound {
            text += "\n\(audit.log.path)\n"
            for finding in audit.report.findings {
                text += "  \(PlainText.line("\(finding.place): \(finding.reason)"))\n"
            }
            let more = audit.report.found - audit.report.findings.count
            if more > 0 { text += "  and \(more) more\n" }
            for remedy in audit.remedies { text += "  try: \(remedy)\n" }
        }
        return text
    }
}

/// A log's file in a data folder.
struct StoredLog {
    let origin: String
    let path: String
    let isOwn: Bool

    /// The own epochs in order, then the copies.
    static func all(in folder: DataFolder) throws -> [StoredLog] {
        let epochs = try DurableFile.list(folder.file("log"))
            .compactMap { $0.hasSuffix(".sqlite") ? Int($0.dropLast(7)) : nil }.sorted()
        let copies = try DurableFile.list(folder.file("mirror")).filter { $0.hasSuffix(".sqlite") }
        let own = try epochs.compactMap { try StoredLog(folder.log(epoch: $0), isOwn: true) }
        return try own
            + copies.compactMap { try StoredLog(folder.file("mirror/\($0)"), isOwn: false) }
    }

    /// nil for a copy that holds nothing yet.
    private init?(_ path: String, isOwn: Bool) throws {
        guard let head = try LogReader(path: path).head() else { return nil }
        origin = try VerifierKey(head.vkey).name
        self.path = path
        self.isOwn = isOwn
    }
}

/// The audit of one log, and how long it took.
struct AuditedLog {
    let log: StoredLog
    let report: AuditReport
    let seconds: Double

    /// Audits a log.
    init(_ log: StoredLog, witnesses: [VerifierKey], in folder: DataFolder) throws {
        self.log = log
        let clock = ContinuousClock()
        let start = clock.now
        func elapsed() -> Double { (clock.now - start) / .seconds(1) }
        let progress = ProgressLine()
        report = try LogReader(path: log.path)
            .audit(witnesses: witnesses, views: folder.viewsDatabase) { done, total in
                let bar = ProgressLine.bar(done, of: total)
                let rate = Int(Double(done) / max(elapsed(), 0.001))
                progress.update("\(bar) \(done) of \(total) entries, \(rate)/s  \(log.origin)")
            }
        progress.clear()
        seconds = elapsed()
    }

    var perSecond: Int { Int(Double(report.size) / max(seconds, 0.001)) }

    /// What an operator can do about the findings.
    var remedies: [String] {
        var remedies: [String] = []
        if report.findings.contains(where: { $0.store == .log }) {
            remedies.append(
                log.isOwn
                    ? "stop the daemon, keep this file aside, and restore the log from a backup"
                    : "stop the daemon and move this file away: the copy is fetched anew")
        }
        if report.findings.contains(where: { $0.store == .views }) {
            remedies.append("stop the daemon and delete views.sqlite: it is computed anew")
        }
        return remedies
    }

    var json: JSON {
        [
            "origin": .string(report.origin), "file": .string(log.path),
            "size": Self.number(report.size), "checkpoints": Self.number(report.checkpoints),
            "cosignatures": Self.number(report.cosignatures),
            "linesNotVerified": Self.number(report.unknownLines),
            "payloads": Self.number(report.payloads), "views": .bool(report.views),
            "milliseconds": Self.number(Int(seconds * 1000)),
            "entriesPerSecond": Self.number(perSecond), "sound": .bool(report.isSound),
            "found": Self.number(report.found),
            "findings": .array(
                report.findings.map {
                    [
                        "store": .string($0.store.rawValue), "place": .string($0.place),
                        "reason": .string($0.reason),
                    ]
                }),
            "remedies": .array(remedies.map { .string($0) }),
        ]
    }

    private static func number(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }
}
