import Catalogue
import Federation
import Foundation
import Glibc
import NodeClient

/// One of the files that an import reads.
struct SourceFile {
    /// Where it lies; `-` is standard input.
    let path: String
    /// How its places are told apart from those of other files; nil for the only one.
    let label: String?
    /// Deletes what was downloaded when it is no longer needed.
    var downloaded: DownloadedFile?

    /// A file itself, or all files of a folder and the folders in it that may be in `format`, in the
    /// order of their names; hidden ones are left out.
    ///
    /// - Throws: `CommandFailure` 66 when there is none.
    static func all(at path: String, format: ImportFormat) throws -> [SourceFile] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        else { return [SourceFile(path: path, label: nil)] }
        guard let names = FileManager.default.enumerator(atPath: path) else {
            throw CommandFailure(systemError: EACCES, at: path)
        }
        var found: [String] = []
        for case let name as String in names {
            let parts = name.split(separator: "/")
            guard !parts.contains(where: { $0.hasPrefix(".") }), let last = parts.last,
                let dot = last.lastIndex(of: "."),
                format.fileExtensions.contains(last[last.index(after: dot)...].lowercased())
            else { continue }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            found.append(name)
        }
        guard !found.isEmpty else {
            let endings = format.fileExtensions.map { "." + $0 }.joined(separator: ", ")
            throw CommandFailure(
                .noInput,
                Problem(
                    .notFound, "the folder holds no file that ends in \(endings)", at: path,
                    try: "name a file, or another format"))
        }
        return found.sorted().map { SourceFile(path: "\(path)/\($0)", label: $0) }
    }
}

/// A file that was fetched, in the folder for temporary files; it goes with this object.
final class DownloadedFile {
    /// Where it lies.
    let path: String

    private init(path: String) {
        self.path = path
    }

    deinit { unlink(path) }

    /// Fetches a URL.
    ///
    /// - Throws: `Problem`; also for a full disk.
    static func fetch(
        _ url: String, accept: String, by client: FetchClient, progress: ProgressLine
    ) async throws -> DownloadedFile {
        var template = Array((NSTemporaryDirectory() + "/eccoe-import-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        let path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else {
            throw CommandFailure(systemError: errno, at: NSTemporaryDirectory())
        }
        defer { close(descriptor) }
        let file = DownloadedFile(path: path)
        let count = ByteCount(progress)
        do {
            try await client.download(url, headers: [("Accept", accept)]) { piece in
                var rest = piece[...]
                while !rest.isEmpty {
                    let written = rest.withUnsafeBytes {
                        Foundation.write(descriptor, $0.baseAddress, $0.count)
                    }
                    guard written > 0 || errno == EINTR else {
                        throw Problem(
                            .internalError, String(cString: strerror(errno)), at: path,
                            try: "make room, or set TMPDIR to a folder with more of it")
                    }
                    rest = rest.dropFirst(max(0, written))
                }
                count.add(piece.count)
            }
        } catch {
            progress.clear()
            await client.shutdown()
            throw error
        }
        progress.clear()
        return file
    }
}

/// Tells how much was fetched.
private final class ByteCount: @unchecked Sendable {
    private let progress: ProgressLine
    private var count = 0

    init(_ progress: ProgressLine) {
        self.progress = progress
    }

    /// Pieces come one after the other.
    func add(_ more: Int) {
        count += more
        progress.update("\(count >> 10) KiB fetched")
    }
}

/// A file that is read as far as it is needed.
final class ChunkedFile {
    private let path: String
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// Bytes read so far.
    private(set) var done = 0

    init(_ path: String) throws {
        self.path = path
        descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure(systemError: errno, at: path) }
    }

    /// Bytes of a regular file; 0 for anything else.
    static func size(of path: String) -> Int {
        guard path != "-",
            let state = try? FileManager.default.attributesOfItem(atPath: path),
            state[.type] as? FileAttributeType == .typeRegular
        else { return 0 }
        return (state[.size] as? NSNumber)?.intValue ?? 0
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    func next() throws -> [UInt8]? {
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                done += count
                return Array(buffer.prefix(count))
            }
            if count == 0 { return nil }
            if errno != EINTR { throw CommandFailure(systemError: errno, at: path) }
        }
    }
}
