import Foundation
import Glibc

/// The steps of which durable writes of whole files are made. A data folder carries them, so that a
/// simulation can let any of them fail, or the machine stop between two.
package protocol FileSteps: Sendable {
    /// Makes a file that was not there and returns its descriptor.
    ///
    /// - Throws: `StoreError.file`.
    func create(_ path: String, mode: Int) throws -> Int32

    /// Writes bytes at the end of an open file.
    ///
    /// - Throws: `StoreError.file`.
    func append(_ bytes: [UInt8], to descriptor: Int32, at path: String) throws

    /// Returns when what was written to an open file is on the disk.
    ///
    /// - Throws: `StoreError.file`.
    func sync(_ descriptor: Int32, at path: String) throws

    /// Gives a file another name; what has that name is replaced.
    ///
    /// - Throws: `StoreError.file`.
    func rename(_ path: String, to target: String) throws

    /// Removes a file; fine when there is none.
    ///
    /// - Throws: `StoreError.file`.
    func remove(_ path: String) throws

    /// Returns when the names in a folder are on the disk.
    ///
    /// - Throws: `StoreError.file`.
    func syncFolder(_ folder: String) throws
}

/// The steps as the operating system takes them.
package struct SystemFiles: FileSteps {
    /// The only one.
    package init() {}

    package func create(_ path: String, mode: Int) throws -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw StoreError.file(path, errno) }
        return descriptor
    }

    package func append(_ bytes: [UInt8], to descriptor: Int32, at path: String) throws {
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard written > 0 else { throw StoreError.file(path, errno) }
            offset += written
        }
    }

    package func sync(_ descriptor: Int32, at path: String) throws {
        guard fsync(descriptor) == 0 else { throw StoreError.file(path, errno) }
    }

    package func rename(_ path: String, to target: String) throws {
        guard Glibc.rename(path, target) == 0 else { throw StoreError.file(target, errno) }
    }

    package func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw StoreError.file(path, errno) }
    }

    package func syncFolder(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.file(folder, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw StoreError.file(folder, errno) }
    }
}
