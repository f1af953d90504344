import CanonicalJSON
package import TransparencyLog

/// `POST /v1/heads`: an author's new heads, as whole notes so that the receiver verifies at once.
package struct Announcement: Sendable, Equatable {
    /// Between 1 and 64 notes, not verified.
    package let checkpoints: [SignedNote]

    /// An announcement of these notes.
    package init(checkpoints: [SignedNote]) {
        self.checkpoints = checkpoints
    }

    /// The body.
    package var bytes: [UInt8] {
        let notes = checkpoints.map { JSON.string(String(decoding: $0.bytes, as: UTF8.self)) }
        return (["v": 1, "checkpoints": .array(notes)] as JSON).canonicalBytes
    }

    /// Reads a body.
    ///
    /// - Throws: `Problem` with a JSON pointer.
    package init(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.count <= Limits.announcementBytes else {
            throw Problem(
                .tooLarge,
                "an announcement has at most \(Limits.announcementBytes) bytes"
            )
        }
        let json: JSON
        do {
            json = try JSON.read(bytes)
        } catch { throw Problem(.malformedRequest, error.description) }
        guard json["v"]?.integer == 1, let notes = json["checkpoints"]?.array else {
            throw Problem(.malformedRequest, "expected v 1 and checkpoints", at: "/checkpoints")
        }
        guard (1...Limits.announcementCheckpoints).contains(notes.count) else {
            throw Problem(
                notes.isEmpty ? .malformedRequest : .tooLarge,
                "between 1 and \(Limits.announcementCheckpoints) checkpoints",
                at: "/checkpoints"
            )
        }
        var checkpoints: [SignedNote] = []
        for (index, note) in notes.enumerated() {
            do {
                checkpoints.append(try SignedNote(Array((note.string ?? "").utf8)))
            } catch {
                throw Problem(
                    .invalidCheckpoint,
                    error.description,
                    at: "/checkpoints/\(index)"
                )
            }
        }
        self.checkpoints = checkpoints
    }
}
