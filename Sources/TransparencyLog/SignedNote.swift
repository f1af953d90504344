import Keys

/// A C2SP signed note as it arrived: well formed, believed by nobody yet.
public struct SignedNote: Sendable, Equatable {
    /// Bytes that a note may have (protocol limit; the specification asks only for some limit).
    public static let maximumBytes = 64 << 10
    /// Signature lines that a note may have; C2SP asks to accept at least as many.
    public static let maximumSignatures = 16

    /// The whole note, byte for byte.
    public let bytes: [UInt8]
    /// The signed text, with its final newline.
    public let text: [UInt8]
    /// The signature lines in order, those of unknown types included.
    public let signatures: [NoteSignature]

    /// Reads a note.
    ///
    /// - Throws: `NoteError` when it is too large, not UTF-8, has control characters, or is not of
    ///   the form text, blank line, signature lines.
    public init(_ bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLarge(limit: Self.maximumBytes) }
        guard let whole = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        if let control = whole.unicodeScalars.first(where: { $0.value < 0x20 && $0 != "\n" }) {
            throw .controlCharacter(UInt8(control.value))
        }
        guard let split = Self.lastBlankLine(bytes) else { throw .noSignatureBlock }
        guard bytes.last == UInt8(ascii: "\n") else { throw .missingFinalNewline }
        let lines = bytes[(split + 2)...].dropLast().split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        )
        guard lines.count <= Self.maximumSignatures else {
            throw .tooManySignatures(limit: Self.maximumSignatures)
        }
        var signatures: [NoteSignature] = []
        for line in lines { signatures.append(try NoteSignature(line: Array(line))) }
        self.bytes = bytes
        self.text = Array(bytes[...split])
        self.signatures = signatures
    }

    /// Composes a note; `text` must end with a newline.
    ///
    /// - Throws: `NoteError` when the result would not be a well-formed note.
    public init(text: [UInt8], signatures: [NoteSignature]) throws(NoteError) {
        var bytes = text + [UInt8(ascii: "\n")]
        for signature in signatures { bytes += signature.line }
        try self.init(bytes)
    }

    /// The same note with more signature lines; lines that are there already are not repeated.
    ///
    /// - Throws: `NoteError.tooManySignatures` or `.tooLarge`.
    public func adding(_ more: [NoteSignature]) throws(NoteError) -> SignedNote {
        let new = more.filter { !signatures.contains($0) }
        return try SignedNote(text: text, signatures: signatures + new)
    }

    /// Offset of the newline that ends the text before the last blank line.
    private static func lastBlankLine(_ bytes: [UInt8]) -> Int? {
        let newline = UInt8(ascii: "\n")
        guard bytes.count >= 3 else { return nil }
        var index = bytes.count - 2
        while index >= 0 {
            if bytes[index] == newline, bytes[index + 1] == newline {
                return index + 2 < bytes.count ? index : nil
            }
            index -= 1
        }
        return nil
    }
}

/// One signature line of a note.
public struct NoteSignature: Sendable, Equatable {
    /// The name of the key.
    public let name: String
    /// The first four bytes of the line's base64, big-endian: the key id.
    public let keyID: UInt32
    /// What follows the key id; its form depends on the key's type.
    public let signature: [UInt8]

    /// A signature line from its parts.
    public init(name: String, keyID: UInt32, signature: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.signature = signature
    }

    /// Reads a line without its newline.
    ///
    /// - Throws: `NoteError.malformedSignature`.
    public init(line: [UInt8]) throws(NoteError) {
        let dash: [UInt8] = [0xe2, 0x80, 0x94, 0x20]
        let parts = line.dropFirst(4).split(
            separator: UInt8(ascii: " "),
            omittingEmptySubsequences: false
        )
        guard line.starts(with: dash), parts.count == 2,
            let name = String(validating: parts[0], as: UTF8.self), VerifierKey.isName(name),
            let text = String(validating: parts[1], as: UTF8.self),
            let bytes = Base64.decode(text), bytes.count > 4
        else { throw .malformedSignature(String(decoding: line.prefix(80), as: UTF8.self)) }
        self.name = name
        keyID = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        signature = Array(bytes.dropFirst(4))
    }

    /// The line with its newline.
    public var line: [UInt8] {
        let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) }
        return Array("— \(name) \(Base64.encode(id + signature))\n".utf8)
    }

    public static func == (left: NoteSignature, right: NoteSignature) -> Bool {
        left.keyID == right.keyID && left.signature == right.signature
            && left.name.utf8.elementsEqual(right.name.utf8)
    }
}

/// Why a note is refused.
public enum NoteError: Error, Equatable, Sendable {
    case tooLarge(limit: Int)
    case notUTF8
    case controlCharacter(UInt8)
    case noSignatureBlock
    case missingFinalNewline
    case tooManySignatures(limit: Int)
    case malformedSignature(String)
    case malformedKey(String)
    /// No line was made by a key that the reader knows.
    case notSignedBy(String)
    /// A line names a known key but does not verify: the whole note is refused.
    case invalidSignature(by: String)
    case malformedCheckpoint(String)
    case wrongOrigin(expected: String, found: String)
}

extension NoteError: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .tooLarge(let limit): "the note is larger than \(limit) bytes"
        case .notUTF8: "the note is not UTF-8"
        case .controlCharacter(let byte):
            "the note has a control character 0x\(String(byte, radix: 16))"
        case .noSignatureBlock: "the note has no blank line followed by signatures"
        case .missingFinalNewline: "the note does not end with a newline"
        case .tooManySignatures(let limit): "the note has more than \(limit) signatures"
        case .malformedSignature(let line): "malformed signature line: \(line)"
        case .malformedKey(let reason): "malformed verifier key: \(reason)"
        case .notSignedBy(let name): "the note is not signed by \(name)"
        case .invalidSignature(let name): "the signature of \(name) does not verify"
        case .malformedCheckpoint(let reason): "malformed checkpoint: \(reason)"
        case .wrongOrigin(let expected, let found):
            "the checkpoint is of \(found), expected \(expected)"
        }
    }
}
