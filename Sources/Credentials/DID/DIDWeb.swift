public import CanonicalJSON
public import Keys

/// The method `did:web`: the document is a file at an https address (W3C CCG, "did:web Method").
public enum DIDWeb {
    /// A key that an institution shows in its document.
    public struct NamedKey: Equatable, Sendable {
        /// The fragment of the method's id.
        public let kid: String
        /// The key itself.
        public let key: PublicKey

        /// A key under a name.
        public init(kid: String, key: PublicKey) {
            self.kid = kid
            self.key = key
        }
    }

    /// `did:web:<domain>`.
    public static func did(domain: String) -> String {
        "did:web:" + domain
    }

    /// The https address of the document of a `did:web`, or nil when it is none: a host name
    /// (never an IP address), a port as `%3A8443`, path segments behind colons.
    public static func url(_ did: String) -> String? {
        let prefix = "did:web:"
        guard did.utf8.starts(with: prefix.utf8) else { return nil }
        let parts = did.dropFirst(prefix.count)
            .split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let authority = parts.first.flatMap(authority) else { return nil }
        let path = parts.dropFirst()
        guard path.allSatisfy(isSegment) else { return nil }
        let folder = path.isEmpty ? ".well-known" : path.joined(separator: "/")
        return "https://\(authority)/\(folder)/did.json"
    }

    /// The document of a domain with its credential keys, each as `<did>#<kid>` of type Multikey
    /// and allowed to assert.
    ///
    /// - Returns: nil when a key has no Multikey form (RSA) or a kid is used twice.
    public static func document(domain: String, keys: [NamedKey]) -> JSON? {
        let did = did(domain: domain)
        var methods: [JSON] = []
        for named in keys {
            guard let multikey = Multikey.encode(named.key) else { return nil }
            methods.append([
                "controller": .string(did), "id": .string(did + "#" + named.kid),
                "publicKeyMultibase": .string(multikey), "type": "Multikey",
            ])
        }
        guard Set(keys.map(\.kid)).count == keys.count else { return nil }
        return [
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "assertionMethod": .array(keys.map { .string(did + "#" + $0.kid) }),
            "id": .string(did),
            "verificationMethod": .array(methods),
        ]
    }

    /// `host` or `host%3Aport` decoded and in lower case; nil for anything else.
    private static func authority(_ text: String) -> String? {
        guard let decoded = percentDecoded(text) else { return nil }
        let parts = decoded.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), isHost(String(parts[0])) else { return nil }
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...5).contains(digits.count), digits.allSatisfy(DIDURL.isDigit),
                let port = Int(parts[1]), (1...65_535).contains(port)
            else { return nil }
        }
        return decoded.lowercased()
    }

    private static func isHost(_ host: String) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, let last = labels.last,
            !last.utf8.allSatisfy(DIDURL.isDigit)
        else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.last != UInt8(ascii: "-")
                && label.utf8.allSatisfy {
                    DIDURL.isLetter($0) || DIDURL.isDigit($0) || $0 == UInt8(ascii: "-")
                }
        }
    }

    /// A path segment of idchars (DID 1.0 section 3.1) that stays one segment when decoded.
    private static func isSegment(_ text: String) -> Bool {
        guard let decoded = percentDecoded(text), !decoded.isEmpty, decoded != ".", decoded != ".."
        else { return false }
        let isIdentifier = text.utf8.allSatisfy {
            DIDURL.isLetter($0) || DIDURL.isDigit($0) || [0x25, 0x2d, 0x2e, 0x5f].contains($0)
        }
        return isIdentifier && decoded.utf8.allSatisfy { $0 > 0x20 && $0 != 0x2f && $0 != 0x5c }
    }

    /// nil for a `%` without two hexadecimal digits or a result that is not UTF-8.
    private static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let decoded = Hex.decode(
                    String(decoding: rest.prefix(2), as: UTF8.self).lowercased()
                )
            else { return nil }
            bytes += decoded
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
