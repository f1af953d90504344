import Keys

/// The ids of items (domain.md section 3.0).
package enum ItemIdentifier {
    /// Whether `id` is 1 to 64 printable ASCII characters without space. Ids are compared as bytes.
    package static func isValid(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }

    /// The id of an item that has `sourceID` in a file of `format`: the source's id when it fits,
    /// otherwise the derived one.
    package static func fitting(format: String, sourceID: String) -> String {
        isValid(sourceID) ? sourceID : derived(format: format, sourceID: [sourceID])
    }

    /// The id, in the catalogue of `domain`, of what a source in `format` calls `sourceID`: its own id
    /// when that is a global id of this catalogue, otherwise one that fits.
    static func adopted(_ sourceID: String, format: ImportFormat, domain: String) -> String {
        local(sourceID, domain: domain) ?? fitting(format: format.rawValue, sourceID: sourceID)
    }

    /// `x-` and the first 32 hexadecimal digits of SHA-256 over format ‖ 0x00 ‖ parts, the parts
    /// joined by 0x00. Where a source has no ids, the parts are what tells its records apart.
    package static func derived(format: String, sourceID parts: [String]) -> String {
        var bytes = Array(format.utf8)
        for part in parts {
            bytes.append(0)
            bytes += Array(part.utf8)
        }
        return "x-" + Digest(of: bytes).hex.prefix(32)
    }

    /// The global id, `https://<domain>/items/<percent-encoded id>`; only the unreserved characters
    /// of RFC 3986 stay as they are.
    package static func global(_ id: String, domain: String) -> String {
        globalPrefix(domain) + PercentEncoding.encode(id)
    }

    /// The id within the catalogue of `domain` that a global id names; nil for anything else.
    package static func local(_ globalID: String, domain: String) -> String? {
        let prefix = globalPrefix(domain)
        guard globalID.hasPrefix(prefix) else { return nil }
        let tail = String(globalID.dropFirst(prefix.count))
        guard let id = PercentEncoding.decode(tail), isValid(id), PercentEncoding.encode(id) == tail
        else { return nil }
        return id
    }

    private static func globalPrefix(_ domain: String) -> String { "https://\(domain)/items/" }
}

/// Percent-encoding (RFC 3986 section 2).
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.append(byte)
            default: result += escape(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    static func decode(_ text: String) -> String? {
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            let digits = String(decoding: bytes.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let decoded = Hex.decode(digits.lowercased()),
                let value = decoded.first
            else { return nil }
            result.append(value)
            bytes = bytes.dropFirst(2)
        }
        return String(validating: result, as: UTF8.self)
    }
}
