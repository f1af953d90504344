package import CanonicalJSON
package import Keys

/// The digest by which a credential is named in records and lookups (protocol.md section 6).
package enum CredentialDigest {
    private static let prefix = Array("eccoe-credential/1".utf8) + [0]

    /// Of a credential with Data Integrity proofs:
    /// SHA-256("eccoe-credential/1" ‖ 0x00 ‖ RFC 8785 of the secured document).
    package static func of(document: JSON) -> Digest {
        Digest(of: prefix + document.canonicalBytes)
    }

    /// Of a JWT or SD-JWT: SHA-256("eccoe-credential/1" ‖ 0x00 ‖ the compact string), without
    /// the disclosures behind the first `~`.
    package static func of(jwt: String) -> Digest {
        Digest(of: prefix + jwt.utf8.prefix { $0 != UInt8(ascii: "~") })
    }

    /// Of a credential as it was handed over; white space around a JWT does not count.
    ///
    /// - Throws: `JSONError` when it is neither a compact JWT nor JSON.
    package static func of(text: [UInt8]) throws(JSONError) -> Digest {
        let token = text.drop { $0 <= 0x20 }.prefix { $0 > 0x20 }
        let rest = text.drop { $0 <= 0x20 }.dropFirst(token.count)
        let dots = token.prefix { $0 != UInt8(ascii: "~") }.count { $0 == UInt8(ascii: ".") }
        if dots == 2, token.first != UInt8(ascii: "{"), rest.allSatisfy({ $0 <= 0x20 }) {
            return of(jwt: String(decoding: token, as: UTF8.self))
        }
        return of(document: try JSON.read(text, limits: .outsideCredential))
    }
}
