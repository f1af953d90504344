import ArgumentParser
import CanonicalJSON
import Federation
import NodeStore
import TransparencyLog

/// `eccoe log init`
struct LogInit: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create the own log, once, after the registry has admitted the institution.",
        discussion: """
            A log is never created by itself: a key that is restored without its log must not begin \
            a second history.

            Example:  eccoe log init
            """
    )

    @Flag(
        help: "This key has never had a log, though no other node can be asked whether it knows it."
    )
    var unseen = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.logInit, ["unseen": .bool(unseen)])
        output.write(answer) {
            TextTable.pairs([
                ("origin", TextTable.cell($0["origin"])), ("size", TextTable.cell($0["size"])),
                ("key", TextTable.cell($0["vkey"])),
            ]) + "\nThe log exists. Publish: eccoe catalogue import --format json items.json\n"
        }
    }
}

/// `eccoe log show`
struct LogShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the head of the own log, or of one that the node follows.",
        discussion: "Example:  eccoe log show --origin uni-b.example/eccoe/1"
    )

    @Option(
        help: ArgumentHelp("The log's origin (default: the own log).", valueName: "origin")
    )
    var origin: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var body = JSONObject()
        body["origin"] = origin.map { .string($0) }
        let answer = try await node.ask(.logShow, .object(body))
        output.write(answer) { answer in
            let confirmed =
                answer["confirmed"]?["size"].map {
                    "\(TextTable.cell($0)) entries at \(TextTable.cell(answer["confirmed"]?["time"]))"
                } ?? "not yet"
            return TextTable.pairs([
                ("origin", TextTable.cell(answer["origin"])),
                ("size", TextTable.cell(answer["size"])),
                ("root", TextTable.cell(answer["root"])),
                ("newest head", TextTable.cell(answer["confirmation"])),
                ("confirmed", confirmed), ("key", TextTable.cell(answer["vkey"])),
            ])
        }
    }
}

/// `eccoe log key`
struct LogKey: Verb {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Print the verifier key of the own log.",
        discussion: """
            Reads the data folder; needs no daemon.

            Example:  eccoe log verify ./copy --key "$(eccoe log key)"
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let key = try OwnLog(node.folder).key()
        switch output.format {
        case .table: StandardStream.output.write(key.text + "\n")
        case .json, .jsonl:
            StandardStream.output.write(line: [
                "origin": .string(key.name), "vkey": .string(key.text),
            ])
        }
    }
}

/// `eccoe log export <folder>`
struct LogExport: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the own log as a tree of static files (C2SP tlog-tiles).",
        discussion: """
            Reads the data folder; needs no daemon. The checkpoint is written last, so that a \
            folder that is served meanwhile never names what is not there.

            Example:  eccoe log export /srv/www/log && eccoe log verify /srv/www/log --key ...
            """
    )

    @Argument(help: "Where to write; created if it is not there.")
    var target: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let log = try OwnLog(node.folder)
        let head = try log.head()
        let checkpoint = head.checkpoint
        let progress = ProgressLine()
        var written = 0
        for tile in AuditResources(size: checkpoint.size) {
            try write(log.resource(tile), to: tile.path)
            written += 1
            progress.update("wrote \(written) files")
        }
        try write(head.note.bytes, to: "checkpoint")
        progress.clear()
        HeadSummary(
            checkpoint: checkpoint,
            cosignatures: [],
            standing: HeadStanding(cosignatures: 0, witnesses: 0, quorum: 0)
        ).write(output.format)
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let path = target + "/" + name
        try DurableFile.makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
        try DurableFile.write(bytes, to: path)
    }
}
