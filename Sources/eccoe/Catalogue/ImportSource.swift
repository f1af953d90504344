import ArgumentParser
import Catalogue
import Federation
import Foundation
import MemberRegistry
import NodeStore

extension ImportFormat: ExpressibleByArgument {}

/// A file in one of the formats that items are read from.
struct ImportSource: ParsableArguments {
    @Argument(help: "The file to read; - is standard input.")
    var file: String

    @Option(help: "How the file is written.")
    var format: ImportFormat

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

    func validate() throws {
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

    /// A reader of the file, chunk by chunk.
    ///
    /// - Throws: `CommandFailure`, 66 or 77.
    func reader(_ defaults: ImportDefaults) throws -> CatalogueImport.Reader {
        let source = try ChunkedFile(file)
        return CatalogueImport.Reader(
            format: format,
            mapping: try columnMapping(),
            defaults: defaults
        ) { try source.next() }
    }
}

/// A file that is read as far as it is needed.
private final class ChunkedFile {
    private let path: String
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(_ path: String) throws {
        self.path = path
        descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure(systemError: errno, at: path) }
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    func next() throws -> [UInt8]? {
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { return Array(buffer.prefix(count)) }
            if count == 0 { return nil }
            if errno != EINTR { throw CommandFailure(systemError: errno, at: path) }
        }
    }
}
