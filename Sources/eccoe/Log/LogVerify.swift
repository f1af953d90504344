import ArgumentParser
import Keys
import TransparencyLog

/// `eccoe log verify <folder or URL>`
struct LogVerify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a whole log from its tiles and entry bundles alone.",
        discussion: """
            Recomputes every hash of a C2SP tlog-tiles log and compares tiles, root and signature. \
            Exit status 1 when anything does not fit, with the file that is wrong.

            Example:  eccoe log verify https://node.uni-a.example:8443/log/1 --key "$(eccoe log key)"
            """
    )

    @Argument(help: "A folder or URL that holds checkpoint and tile/.")
    var log: String

    @OptionGroup var witness: WitnessOptions

    @Option(
        help: ArgumentHelp(
            "An earlier checkpoint of the log that it must extend.",
            valueName: "note file"
        )
    )
    var old: String?

    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let trust = try witness.trust()
        let oldNote = try old.map { try InputFile.read($0, limit: SignedNote.maximumBytes) }
        let location = try LogLocation(log, authority: authority)
        do {
            let summary = try await verify(location, by: trust, oldNote: oldNote)
            await location.close()
            summary.write(output.format)
        } catch {
            await location.close()
            throw error
        }
    }

    private func verify(
        _ location: LogLocation,
        by trust: HeadTrust,
        oldNote: [UInt8]?
    ) async throws -> HeadSummary {
        let note = try await location.checkpoint()
        let key = try trust.logKey(of: note)
        let earlier = try oldNote.map { try VerifiedCheckpoint($0, key: key) }
        let head = try VerifiedCheckpoint(note, key: key)
        let summary = try trust.check(head)
        var audit = LogAudit(checkpoint: head, old: earlier)
        let size = head.checkpoint.size
        let progress = ProgressLine()
        var resources = AuditResources(size: size).makeIterator()
        try await OrderedPipeline.run(
            parallelism: location.parallelism,
            next: { resources.next() },
            perform: { try await location.resource($0) },
            handle: { bytes throws in
                try audit.receive(bytes)
                progress.update("verified \(audit.range.size) of \(size) entries")
            }
        )
        progress.clear()
        try audit.finish()
        return summary
    }
}

/// The resources of a log in the order in which an audit asks for them.
struct AuditResources: Sequence {
    /// Leaves.
    let size: Int

    func makeIterator() -> some IteratorProtocol<TileCoordinate> {
        let full = TileCoordinate.fullWidth
        let bundles = (size + full - 1) / full
        return (0..<bundles).lazy.flatMap { index in
            let width = Swift.min(full, size - index * full)
            return [TileCoordinate(.entries, index: index, width: width)] + tiles(after: index)
        }.makeIterator()
    }

    /// Hash tiles that are complete, or final, once bundle `index` was read.
    private func tiles(after index: Int) -> [TileCoordinate] {
        let full = TileCoordinate.fullWidth
        let entries = Swift.min((index + 1) * full, size)
        var complete: [TileCoordinate] = []
        var partial: [TileCoordinate] = []
        for level in 0..<8 {
            let before = TileCoordinate.widths(level: level, size: index * full)
            let after = TileCoordinate.widths(level: level, size: entries)
            if after.full > before.full {
                complete.append(TileCoordinate(.hashes(level: level), index: before.full))
            }
            if after.partial > 0, entries == size {
                partial.append(
                    TileCoordinate(
                        .hashes(level: level),
                        index: after.full,
                        width: after.partial
                    )
                )
            }
        }
        return complete + partial
    }
}
