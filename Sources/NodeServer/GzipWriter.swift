import CZlib
import Federation

/// Compresses an answer as gzip (RFC 1952), piece by piece.
final class GzipWriter {
    /// Half of the effort there is: most of what it saves, for little of the time.
    private static let level: Int32 = 5
    private static let pieceBytes = 64 << 10

    private let stream: UnsafeMutablePointer<z_stream>

    /// A writer at the beginning of an answer.
    ///
    /// - Throws: `Problem` `busy` when there is no memory.
    init() throws(Problem) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 16 asks for the gzip format, 15 for the largest window, 8 for the usual memory.
        let status = deflateInit2_(
            stream, Self.level, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            throw Problem(.busy, "no memory to compress an answer")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// What the next bytes become; often nothing yet.
    func write(_ bytes: [UInt8]) -> [UInt8] { run(bytes, Z_NO_FLUSH) }

    /// What was kept back, and the end.
    func finish() -> [UInt8] { run([], Z_FINISH) }

    /// A whole answer.
    static func pack(_ bytes: [UInt8]) throws(Problem) -> [UInt8] {
        let writer = try GzipWriter()
        return writer.write(bytes) + writer.finish()
    }

    private func run(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var input = bytes
        var output: [UInt8] = []
        input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            var isFilled = true
            while isFilled {
                output += [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { piece, count in
                    stream.pointee.next_out = piece.baseAddress
                    stream.pointee.avail_out = UInt32(Self.pieceBytes)
                    deflate(stream, flush)
                    count = Self.pieceBytes - Int(stream.pointee.avail_out)
                }
                isFilled = stream.pointee.avail_out == 0
            }
        }
        return output
    }
}
