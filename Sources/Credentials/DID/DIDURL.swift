/// The address of a verification method: the document that holds it and its fragment (DID 1.0
/// section 3.2, Controlled Identifiers 1.0 section 3.3).
struct DIDURL: Equatable {
    /// What comes before `#`: a DID, or the https address of a controlled identifier document.
    let document: String
    /// What comes after `#`; nil when there is no `#` or nothing behind it.
    let fragment: String?

    init(_ text: String) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        document = String(parts.first ?? "")
        fragment = parts.count == 2 && !parts[1].isEmpty ? String(parts[1]) : nil
    }

    /// Whether `text` looks like an absolute URL: a scheme, a colon and something without white
    /// space or control characters behind it.
    static func isAbsolute(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            colon < bytes.count - 1, isLetter(bytes[0]),
            bytes[..<colon].allSatisfy({ isLetter($0) || isDigit($0) || [43, 45, 46].contains($0) })
        else { return false }
        return bytes.allSatisfy { $0 > 0x20 && $0 != 0x7f }
    }

    /// Equality of identifiers by their bytes, never by Unicode equivalence.
    static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte)
    }
}
