import ArgumentParser
import Catalogue
import Federation
import Foundation
import MemberRegistry
import NodeClient
import NodeStore

extension ImportFormat: ExpressibleByArgument {}

/// Where items are read from, in one of the formats.
struct ImportSource: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A file, a folder of files, or an http(s) URL; - is standard input.",
            valueName: "source"
        )
    )
    var file: String

    @Option(
        help: ArgumentHelp(
            "How the source is written: "
                + ImportFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "format"
        )
    )
    var format: ImportFormat?

    @Option(
        help: ArgumentHelp(
            "Language of texts that name none (default: that of the institution's name).",
            valueName: "tag"
        )
    )
    var language: String?

    @Option(
        help: ArgumentHelp(
            "How the columns of a sheet are read, in YAML or JSON (needed by --format csv).",
            valueName: "file"
        )
    )
    var mapping: String?

    @OptionGroup var harvest: HarvestOptions
    @OptionGroup var authority: AuthorityOptions

    /// Whether it is fetched.
    var isURL: Bool { file.hasPrefix("https://") || file.hasPrefix("http://") }

    /// Whether a repository is harvested: a URL that asks for one answer is fetched like a file.
    var isHarvest: Bool { format == .oaiPMH && isURL && !file.contains("verb=") }

    func validate() throws {
        if harvest.isGiven && !isHarvest {
            throw ValidationError(
                "--set, --from, --until, --prefix, --pause and --again only go with --format oai-pmh "
                    + "and the address of a repository")
        }
        if format == .csv && mapping == nil {
            throw ValidationError(
                "--format csv needs --mapping <file>; Config/ of the project holds examples"
            )
        }
        if format != .csv && mapping != nil {
            throw ValidationError("--mapping only goes with --format csv")
        }
    }

    /// The mapping file; nil where the format needs none.
    ///
    /// - Throws: `CommandFailure`, 65 for one that cannot be used, 66 or 77 as for every file.
    func columnMapping() throws -> ColumnMapping? {
        guard let mapping else { return nil }
        do {
            return try ColumnMapping(bytes: try InputFile.read(mapping))
        } catch let fault as MappingFault {
            throw CommandFailure(
                Problem(
                    .malformedRequest,
                    fault.message,
                    at: "\(mapping): \(fault.at)",
                    try: fault.remedy
                )
            )
        }
    }

    /// What is assumed where the file does not say: the institution of the data folder.
    ///
    /// - Parameter isMemberNeeded: whether it is an error that there is none.
    func defaults(_ folder: DataFolder, isMemberNeeded: Bool) throws -> ImportDefaults {
        do {
            let member = try OwnMember.read(folder)
            let name = member.names.sorted { $0.key < $1.key }.first
            return ImportDefaults(
                domain: member.domain,
                institutionName: name?.value ?? member.domain,
                language: language ?? name?.key ?? "en",
                country: member.country == "ZZ" ? nil : member.country
            )
        } catch let failure as CommandFailure where !isMemberNeeded && failure.status == .noInput {
            return ImportDefaults(
                domain: "institution.invalid",
                institutionName: "This institution",
                language: language ?? "en"
            )
        }
    }

    /// The format.
    ///
    /// - Throws: `ValidationError` when none was named.
    func requiredFormat() throws -> ImportFormat {
        guard let format else {
            throw ValidationError(
                "--format is missing; one of "
                    + ImportFormat.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return format
    }

    /// A reader of one file, chunk by chunk.
    ///
    /// - Throws: `CommandFailure`, 66 or 77.
    func reader(_ defaults: ImportDefaults) throws -> CatalogueImport.Reader {
        let source = try ChunkedFile(file)
        return CatalogueImport.Reader(
            format: try requiredFormat(),
            mapping: try columnMapping(),
            defaults: defaults
        ) { try source.next() }
    }

    /// The records of all that was named: of a file, of the files of a folder in the order of their
    /// names, of what is fetched, or of a repository.
    ///
    /// - Parameters:
    ///   - folder: holds the addresses of hosts that DNS does not know.
    ///   - memory: what is known of earlier imports; a harvest goes on from it.
    /// - Throws: `CommandFailure`, 66 or 77; `Problem` for what cannot be fetched.
    func records(
        _ defaults: ImportDefaults, _ folder: DataFolder, memory: ImportMemory? = nil,
        progress: ProgressLine
    ) async throws -> any RecordSource {
        let format = try requiredFormat()
        let client = try FetchClient(
            authorityPEM: authority.pem(), allow: try OutboundFile.read(folder))
        if isHarvest {
            return HarvestedRecords(
                address: file, plan: try harvest.plan(since: memory?.nextFrom),
                defaults: defaults, client: client, progress: progress)
        }
        var files = [SourceFile(path: file, label: nil)]
        if isURL {
            let place = try await DownloadedFile.fetch(
                file, accept: format.accept, by: client, progress: progress)
            files = [SourceFile(path: place.path, label: nil, downloaded: place)]
        } else if file != "-" {
            files = try SourceFile.all(at: file, format: format)
        }
        await client.shutdown()
        return FileRecords(
            files: files, format: format, mapping: try columnMapping(), defaults: defaults)
    }
}
