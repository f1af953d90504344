import CanonicalJSON
import Federation
import Foundation

/// Standard output and error, written without a buffer: what was written is out.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Whether a person looks at it.
    var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Writes all bytes; a reader that has gone away ends the program as the shell expects.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.write(rawValue, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes a text.
    func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes a value as one line of RFC 8785 JSON.
    func write(line json: JSON) {
        write(json.canonicalBytes + [0x0a])
    }
}

/// Files that a person names on the command line.
enum InputFile {
    /// The bytes of a file; `-` is standard input.
    ///
    /// - Throws: `CommandFailure`, 66 or 77.
    static func read(_ path: String, limit: Int = 1 << 30) throws -> [UInt8] {
        let isInput = path == "-"
        let descriptor = isInput ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure(systemError: errno, at: path) }
        defer { if !isInput { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw CommandFailure(systemError: errno, at: path)
            }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else {
                throw CommandFailure(
                    .data,
                    Problem(.tooLarge, "larger than \(limit) bytes", at: path)
                )
            }
        }
    }
}

/// Paths that stay right when the daemon is started elsewhere.
enum AbsolutePath {
    /// The path from the root.
    static func of(_ path: String) -> String { URL(fileURLWithPath: path).standardized.path }
}
