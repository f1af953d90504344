import CanonicalJSON
import Keys
import Testing

@Suite struct `Forms of keys` {
    /// RFC 8037 appendix A.2 and A.3.
    private static let okp: JSON = [
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    ]
    /// RFC 7515 appendix A.3, with its private member.
    private static let ec: JSON = [
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    ]

    @Test func `the thumbprint of RFC 8037 comes out`() throws {
        let key = try #require(JWK.decode(Self.okp))
        #expect(JWK.thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        #expect(JWK.encode(key) == Self.okp)
    }

    @Test func `a thumbprint covers only the members that make the key`() throws {
        let key = try #require(JWK.decode(Self.ec))
        let text =
            #"{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
            + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
        #expect(JWK.encode(key)?.canonicalText == text)
        #expect(JWK.thumbprint(key) == Base64URL.encode(Digest(of: Array(text.utf8)).bytes))
    }

    @Test func `RSA has neither thumbprint nor multikey here`() {
        #expect(JWK.encode(.rsa([1])) == nil)
        #expect(JWK.thumbprint(.rsa([1])) == nil)
        #expect(Multikey.encode(.rsa([1])) == nil)
        #expect(JWK.encode(.p256([4])) == nil)
    }

    @Test func `a JWK with a missing or wrong member is no key`() throws {
        for name in ["kty", "crv", "x"] {
            for replacement in [nil, "", "Ed448", 1] as [JSON?] {
                var object = try #require(Self.okp.object)
                object[name] = replacement
                #expect(JWK.decode(.object(object)) == nil)
            }
        }
        for name in ["kty", "crv", "x", "y"] {
            var object = try #require(Self.ec.object)
            object[name] = nil
            #expect(JWK.decode(.object(object)) == nil)
        }
        var padded = try #require(Self.okp.object)
        padded["x"] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="
        #expect(JWK.decode(.object(padded)) == nil)
        #expect(JWK.decode(.null) == nil)
    }

    /// did:key specification, test vectors: Ed25519 and P-256.
    static let multikeys = [
        "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
        "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
        "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
    ]

    @Test(arguments: multikeys)
    func `a multikey comes back from its key`(_ text: String) throws {
        let key = try #require(Multikey.decode(text))
        #expect(Multikey.encode(key) == text)
        let jwk = try #require(JWK.encode(key))
        #expect(JWK.decode(jwk) == key)
    }

    @Test func `RFC 8037's key has one multikey`() throws {
        let key = try #require(JWK.decode(Self.okp))
        let text = try #require(Multikey.encode(key))
        #expect(text.hasPrefix("z6Mk"))
        #expect(Multikey.decode(text) == key)
        let own = Ed25519Key().publicKey
        #expect(Multikey.encode(own).flatMap { Multikey.decode($0) } == own)
    }

    @Test func `what is no multikey is refused`() throws {
        let good = Self.multikeys[0]
        let point = [UInt8](repeating: 2, count: 33)
        let texts = [
            "", "z", "Z\(good.dropFirst())", "u\(good.dropFirst())", String(good.dropFirst()),
            String(good.dropLast()), good + "1", good + " ", "z1\(good.dropFirst())",
            "z\u{301}\(good.dropFirst())", "z0\(good.dropFirst(2))",
            // Another codec, wrong lengths, a point that is not on the curve.
            "z" + Base58.encode([0xec, 0x01] + [UInt8](repeating: 1, count: 32)),
            "z" + Base58.encode([0xed] + [UInt8](repeating: 1, count: 32)),
            "z" + Base58.encode([0xed, 0x01] + [UInt8](repeating: 1, count: 31)),
            "z" + Base58.encode([0xed, 0x01] + [UInt8](repeating: 1, count: 33)),
            "z" + Base58.encode([0x80, 0x24, 5] + [UInt8](repeating: 0, count: 32)),
            "z" + Base58.encode([0x80, 0x24, 2] + [UInt8](repeating: 0xff, count: 32)),
            "z" + Base58.encode([0x80, 0x24] + point.dropLast()),
        ]
        for text in texts { #expect(Multikey.decode(text) == nil, "\(text)") }
    }

    @Test func `a compressed point is read only when it lies on the curve`() throws {
        let key = try #require(JWK.decode(Self.ec))
        guard case .p256(let bytes) = key else {
            Issue.record("not a P-256 key")
            return
        }
        let prefix: UInt8 = bytes[64] & 1 == 0 ? 2 : 3
        #expect(PublicKey.p256(compressed: [prefix] + bytes[1..<33]) == key)
        #expect(PublicKey.p256(compressed: bytes) == nil)
        #expect(PublicKey.p256(compressed: []) == nil)
        #expect(PublicKey.p256(compressed: [4] + bytes[1..<33]) == nil)
    }
}
