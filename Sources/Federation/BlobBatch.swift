import CanonicalJSON
package import Keys

/// `POST /v1/blobs/batch`: many payloads in one round trip.
package struct BlobBatch: Sendable, Equatable {
    /// Bytes of an answer: every payload at its largest would be more, so a server stops adding
    /// before it, and what is left is asked for again.
    package static let maximumAnswer = 16 << 20
    /// Length that stands for an absent payload.
    private static let absent: UInt32 = 0xffff_ffff

    /// The hashes asked for, at most 256.
    package let digests: [Digest]

    /// A request for these hashes.
    package init(digests: [Digest]) {
        self.digests = digests
    }

    /// The request's body.
    package var bytes: [UInt8] {
        (["v": 1, "sha256": .array(digests.map { .string($0.hex) })] as JSON).canonicalBytes
    }

    /// Reads a request.
    ///
    /// - Throws: `Problem` with a JSON pointer.
    package init(_ bytes: [UInt8]) throws(Problem) {
        let json: JSON
        do {
            json = try JSON.read(bytes)
        } catch { throw Problem(.malformedRequest, error.description) }
        guard json["v"]?.integer == 1, let list = json["sha256"]?.array else {
            throw Problem(.malformedRequest, "expected v 1 and sha256", at: "/sha256")
        }
        guard list.count <= Limits.batchHashes else {
            throw Problem(.tooLarge, "at most \(Limits.batchHashes) hashes", at: "/sha256")
        }
        var digests: [Digest] = []
        for (index, value) in list.enumerated() {
            guard let digest = value.string.flatMap({ Digest(hex: $0) }) else {
                throw Problem(
                    .malformedRequest,
                    "not 64 lower-case hexadecimal digits",
                    at: "/sha256/\(index)"
                )
            }
            digests.append(digest)
        }
        self.digests = digests
    }

    /// Writes an answer: per hash, in order, a big-endian length (ffffffff = absent) and the bytes.
    package static func encode(_ payloads: [[UInt8]?]) -> [UInt8] {
        var answer: [UInt8] = []
        for payload in payloads {
            let fits = answer.count + (payload?.count ?? 0) + 4 * payloads.count <= maximumAnswer
            let length = payload.flatMap { fits ? UInt32($0.count) : nil } ?? absent
            answer += (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * $0)) }
            if length != absent { answer += payload ?? [] }
        }
        return answer
    }

    /// Reads an answer.
    ///
    /// - Throws: `Problem` when it does not hold `count` payloads or one is larger than 256 KiB.
    package static func decode(_ bytes: [UInt8], count: Int) throws(Problem) -> [[UInt8]?] {
        var payloads: [[UInt8]?] = []
        var position = 0
        for _ in 0..<count {
            guard position + 4 <= bytes.count else {
                throw Problem(.malformedRequest, "the answer is cut off")
            }
            let length = bytes[position..<(position + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            position += 4
            if length == absent {
                payloads.append(nil)
                continue
            }
            guard length <= UInt32(Limits.payloadBytes), position + Int(length) <= bytes.count
            else { throw Problem(.malformedRequest, "a payload is too large or cut off") }
            payloads.append(Array(bytes[position..<(position + Int(length))]))
            position += Int(length)
        }
        return payloads
    }
}
