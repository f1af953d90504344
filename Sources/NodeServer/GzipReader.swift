import CZlib
import Federation

/// Decompresses a gzip body (RFC 1952, of one member or several) while it arrives, piece by piece:
/// whoever takes the pieces decides when there are enough, so a small body that swells costs no
/// more than one of them.
final class GzipReader {
    /// Bytes of a piece.
    static let pieceBytes = 64 << 10

    private let stream: UnsafeMutablePointer<z_stream>
    private var pending: ArraySlice<UInt8> = []
    private var total = 0
    /// Whether what has arrived so far ends with a whole member.
    private var isAtEnd = false
    /// Whether the last piece was filled, so that more may come without further input.
    private var isFilled = false

    /// A reader at the beginning of a body.
    ///
    /// - Throws: `Problem` `busy` when there is no memory.
    init() throws(Problem) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 16 asks for the gzip format, 15 for the largest window.
        let status = inflateInit2_(
            stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw Problem(.busy, "no memory to decompress a body") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes the next bytes of the body.
    ///
    /// - Throws: `Problem` `too-large` when the body is longer even than what it may contain.
    func receive(_ bytes: some Sequence<UInt8>) throws(Problem) {
        let before = pending.count
        pending.append(contentsOf: bytes)
        total += pending.count - before
        guard total <= Limits.addEntriesBytes else {
            throw Problem(
                .tooLarge, "the compressed body is longer than \(Limits.addEntriesBytes) bytes")
        }
    }

    /// The next decompressed piece, never empty; nil while more bytes are needed.
    ///
    /// - Throws: `Problem` `malformed-request` for bytes that are no gzip.
    func next() throws(Problem) -> [UInt8]? {
        while !pending.isEmpty || isFilled {
            if isAtEnd {
                inflateReset(stream)
                isAtEnd = false
            }
            let (piece, status) = inflatePiece()
            switch status {
            case Z_STREAM_END: isAtEnd = true
            case Z_OK, Z_BUF_ERROR: break
            default:
                throw Problem(
                    .malformedRequest, "the body is not the gzip that Content-Encoding promises",
                    at: "content-encoding", try: "send it as it is, or compress it anew")
            }
            isFilled = status == Z_OK && piece.count == Self.pieceBytes
            if !piece.isEmpty { return piece }
            if status == Z_BUF_ERROR { return nil }
        }
        return nil
    }

    private func inflatePiece() -> (piece: [UInt8], status: Int32) {
        var status = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { output, count in
            pending.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                status = inflate(stream, Z_NO_FLUSH)
            }
            count = Self.pieceBytes - Int(stream.pointee.avail_out)
        }
        pending = pending.suffix(Int(stream.pointee.avail_in))
        return (piece, status)
    }
}
