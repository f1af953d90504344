/// Ids that hold across institutions.
package enum GlobalID {
    /// `https://<domain>/items/<percent-encoded id>`.
    package static func item(domain: String, id: String) -> String {
        "https://\(domain)/items/\(percentEncoded(id))"
    }

    /// RFC 3986: everything but unreserved characters is encoded.
    package static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += "%" + (hex.utf8.count == 1 ? "0" + hex : hex)
            }
        }
        return result
    }
}
