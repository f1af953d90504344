package import TransparencyLog

/// Where a mirror stands (`text/x.tlog.mirror-info` of C2SP tlog-mirror).
package struct MirrorInfo: Sendable, Equatable {
    /// The content type.
    package static let contentType = "text/x.tlog.mirror-info"

    /// The size of a pending checkpoint to which an upload may lead.
    package let pendingSize: Int
    /// The first entry that the mirror lacks.
    package let nextEntry: Int

    /// What a mirror says of itself; its tickets are empty.
    package init(pendingSize: Int, nextEntry: Int) {
        self.pendingSize = pendingSize
        self.nextEntry = nextEntry
    }

    /// The three lines.
    package var bytes: [UInt8] { Array("\(pendingSize)\n\(nextEntry)\n\n".utf8) }

    /// Reads the three lines; nil when they are not well formed. The ticket is base64 and is not
    /// kept.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= 4096, let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty, let size = Self.number(lines[0]),
            let next = Self.number(lines[1])
        else { return nil }
        pendingSize = size
        nextEntry = next
    }

    private static func number(_ text: Substring) -> Int? {
        guard let value = Int(text), String(value) == text, value >= 0 else { return nil }
        return value
    }
}

/// What a mirror answers to add-entries.
package enum AddEntriesVerdict: Sendable, Equatable {
    /// 200: the upload is complete, and the mirror has cosigned.
    case stored(NoteSignature)
    /// 202: something was stored, more is to come.
    case accepted(MirrorInfo)
    /// 400: nothing was stored before the body ended.
    case malformed(String)
    /// 403: the log is closed, or its author no member any more.
    case forbidden(String)
    /// 404: no log that this mirror follows.
    case unknownOrigin(String)
    /// 409: start or end do not fit what the mirror has.
    case conflict(MirrorInfo)
    /// 422: the proof of a package does not verify.
    case inconsistent(String)
}
