import Foundation
import Glibc
import Keys

/// Files that are either whole and on disk, or not there.
package enum DurableFile {
    /// Writes `bytes` under a temporary name, syncs, renames over `path` and syncs the folder.
    ///
    /// - Throws: `StoreError.file`.
    package static func write(
        _ bytes: [UInt8], to path: String, mode: Int = 0o644,
        by steps: any FileSteps = SystemFiles()
    ) throws {
        let temporary = path + ".new"
        try steps.remove(temporary)
        let descriptor = try steps.create(temporary, mode: mode)
        defer { close(descriptor) }
        try steps.append(bytes, to: descriptor, at: temporary)
        try steps.sync(descriptor, at: temporary)
        try steps.rename(temporary, to: path)
        try steps.syncFolder(folder(of: path))
    }

    /// The bytes of a file; nil when there is none.
    ///
    /// - Throws: `StoreError.file` when it cannot be read or is larger than `limit`.
    package static func read(_ path: String, limit: Int = 64 << 20) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw StoreError.file(path, errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw StoreError.file(path, errno) }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else { throw StoreError.file(path, EFBIG) }
        }
    }

    /// Creates a folder and its parents; fine when it is there.
    ///
    /// - Throws: `StoreError.file`.
    package static func makeFolder(_ path: String, mode: Int = 0o755) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: mode]
            )
        } catch {
            throw StoreError.file(path, EACCES)
        }
    }

    /// Syncs the folder that holds `path`, so that the file's name is on disk too.
    static func syncFolder(of path: String) throws {
        try SystemFiles().syncFolder(folder(of: path))
    }

    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }
}

/// Why a store cannot do what it was asked.
package enum StoreError: Error, Sendable, Equatable {
    /// A file operation failed with this errno.
    case file(String, Int32)
    /// There is something where nothing may be.
    case exists(String)
    /// Something that must be there is not.
    case missing(String)
    /// A file or database does not hold what it must.
    case corrupt(String, reason: String)
    /// The database was written by a newer version.
    case newer(String, found: Int, known: Int)
    /// Another process holds the data folder.
    case locked(String)
    /// A private key that its owner may write, or others may read: not of mode 0400.
    case exposedKey(String)
    /// The stored head is not the one in memory: somebody else wrote. Stop.
    case headChanged
    /// A leaf's bytes changed between admission and binding: broken memory. Stop.
    case hashChanged(index: Int)
}

extension StoreError: CustomStringConvertible {
    /// One sentence.
    package var description: String {
        switch self {
        case .file(let path, let code): "\(path): \(String(cString: strerror(code)))"
        case .exists(let path): "\(path) exists already"
        case .missing(let path): "\(path) is missing"
        case .corrupt(let path, let reason): "\(path) is damaged: \(reason)"
        case .newer(let path, let found, let known):
            "\(path) has schema \(found), this program knows \(known)"
        case .locked(let path): "another process uses \(path)"
        case .exposedKey(let path): "\(path) is a private key and not of mode 0400"
        case .headChanged: "the stored head is not the one in memory"
        case .hashChanged(let index): "leaf \(index) changed in memory before it was written"
        }
    }
}

extension DurableFile {
    /// Names of the files in a folder, sorted; none when there is no such folder.
    package static func list(_ folder: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }
}

extension DurableFile {
    /// Whether there is a file.
    package static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Gives a file another name in the same folder; what has that name is replaced.
    ///
    /// - Throws: `StoreError.file`.
    package static func move(
        _ path: String, to target: String, by steps: any FileSteps = SystemFiles()
    ) throws {
        try steps.rename(path, to: target)
        try steps.syncFolder(folder(of: target))
    }

    /// Removes a file; fine when there is none.
    ///
    /// - Throws: `StoreError.file`.
    package static func remove(_ path: String) throws {
        try SystemFiles().remove(path)
    }
}

extension DurableFile {
    /// Hands the bytes of a file on, piece by piece.
    ///
    /// - Throws: `StoreError.file`, and what `body` throws.
    static func readPieces(_ path: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.file(path, errno) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw StoreError.file(path, errno) }
            if count == 0 { return }
            try body(buffer[..<count])
        }
    }

    /// The permissions of a file, such as 0o400.
    ///
    /// - Throws: `StoreError.file`.
    package static func mode(_ path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw StoreError.file(path, errno) }
        return Int(status.st_mode & 0o777)
    }

    /// Size, permissions and SHA-256 of a file.
    ///
    /// - Throws: `StoreError.file`.
    static func describe(_ path: String) throws -> (size: Int, mode: Int, digest: Digest) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw StoreError.file(path, errno) }
        var digest = RunningDigest()
        var size = 0
        try readPieces(path) { piece in
            digest.update(piece)
            size += piece.count
        }
        return (size, Int(status.st_mode & 0o777), digest.value)
    }

    /// Copies a file of any size; whole and on disk when this returns.
    ///
    /// - Throws: `StoreError.file`.
    static func copy(_ source: String, to path: String, mode: Int) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw StoreError.file(path, errno) }
        defer { close(descriptor) }
        try readPieces(source) { piece in
            var rest = piece
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress, $0.count)
                }
                guard written > 0 else { throw StoreError.file(path, errno) }
                rest = rest.dropFirst(written)
            }
        }
        guard fchmod(descriptor, mode_t(mode)) == 0, fsync(descriptor) == 0 else {
            throw StoreError.file(path, errno)
        }
        try syncFolder(of: path)
    }

    /// Paths of the regular files below a folder, relative to it and sorted; none when there is no
    /// such folder. Halves of a write that never came to its end are left out.
    static func tree(_ folder: String) throws -> [String] {
        guard let found = FileManager.default.enumerator(atPath: folder) else { return [] }
        var names: [String] = []
        while let name = found.nextObject() as? String {
            guard found.fileAttributes?[.type] as? FileAttributeType == .typeRegular,
                !name.hasSuffix(".new")
            else { continue }
            names.append(name)
        }
        return names.sorted()
    }
}
