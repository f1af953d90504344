import Federation
import HummingbirdCore
import NIOCore
import Node
import Synchronization

/// The body of a whole catalogue, made part by part while it is sent, so that memory holds one part at
/// a time. A part is made when the one before has been taken.
struct BodyStream: Sendable {
    let file: CatalogueFile
    /// Given back when the last copy of the answer is gone, whether anything was sent or not.
    let seat: OwnCatalogue.Seat

    /// As Hummingbird sends it. What cannot be made to its end is cut off, so that nobody takes it for
    /// whole.
    func body(coding: String?) -> ResponseBody {
        ResponseBody { writer in
            try await run(coding: coding) { try await writer.write(ByteBuffer(bytes: $0)) }
            try await writer.finish(nil)
        }
    }

    /// How many bytes it has: for a HEAD, which tells it.
    func length(coding: String?) async throws -> Int {
        var length = 0
        try await run(coding: coding) { length += $0.count }
        return length
    }

    private func run(
        coding: String?, _ send: ([UInt8]) async throws -> Void
    ) async throws {
        let source = try Source(file, coding: coding)
        while let part = try await elsewhere({ try source.next() }) {
            if !part.isEmpty { try await send(part) }
        }
    }

    /// Owns: how far the parts have come. One task at a time asks it.
    private final class Source: Sendable {
        private struct State {
            var parts: CatalogueFile.Parts
            let packer: GzipWriter?
            var isAtEnd = false
        }

        private let state: Mutex<State>

        init(_ file: CatalogueFile, coding: String?) throws(Problem) {
            let packer = coding == "gzip" ? try GzipWriter() : nil
            state = Mutex(State(parts: file.parts(), packer: packer))
        }

        func next() throws -> [UInt8]? {
            try state.withLock { state in
                guard !state.isAtEnd else { return nil }
                if let part = try state.parts.nextPart() {
                    return state.packer?.write(part) ?? part
                }
                state.isAtEnd = true
                return state.packer?.finish()
            }
        }
    }
}
