import CanonicalJSON
import Keys
import Testing

@Suite struct `Signatures` {
    private func bytes(_ value: JSON?) throws -> [UInt8] {
        try #require(value?.string.flatMap { Hex.decode($0) })
    }

    @Test(.enabled(if: SharedVectors.arePresent, "shared vectors absent: skipped"))
    func `the keys and signatures of RFC 8032 are reproduced`() throws {
        let vectors = try #require(try SharedVectors.json("rfc8032/ed25519.json").array)
        #expect(vectors.count >= 4)
        for vector in vectors {
            let key = try #require(Ed25519Key(seed: bytes(vector["secret"])))
            let message = try bytes(vector["message"])
            let signature = try bytes(vector["signature"])
            #expect(key.publicKey == .ed25519(try bytes(vector["public"])))
            #expect(key.publicKey.isValid(signature: signature, over: message))
            #expect(!key.publicKey.isValid(signature: signature, over: message + [0]))
            let own = try key.sign(message)
            #expect(key.publicKey.isValid(signature: own, over: message))
        }
    }

    @Test(
        .enabled(if: SharedVectors.arePresent, "shared vectors absent: skipped"),
        arguments: [
            ("ed25519_test.json", 151), ("ecdsa_secp256r1_sha256_p1363_test.json", 262),
        ]
    )
    func `wycheproof's good signatures pass and its bad ones fail`(
        file: String,
        count: Int
    ) throws {
        let groups = try #require(try SharedVectors.json("wycheproof/\(file)")["testGroups"]?.array)
        var seen = 0
        for group in groups {
            let source = try #require(group["publicKey"])
            let key: PublicKey =
                source["pk"] != nil
                ? .ed25519(try bytes(source["pk"])) : .p256(try bytes(source["uncompressed"]))
            if let jwk = group["publicKeyJwk"] { #expect(JWK.decode(jwk) == key) }
            for test in group["tests"]?.array ?? [] {
                let isValid = key.isValid(
                    signature: try bytes(test["sig"]),
                    over: try bytes(test["msg"])
                )
                #expect(
                    isValid == (test["result"]?.string == "valid"),
                    "tcId \(test["tcId"]?.integer ?? 0): \(test["comment"]?.string ?? "")"
                )
                seen += 1
            }
        }
        #expect(seen == count)
    }

    /// RFC 8032 section 7.1, TEST 2.
    private static let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    private static let publicKey =
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    private static let signature =
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"

    @Test func `one changed bit of message, key or signature is noticed`() throws {
        let key = try #require(Hex.decode(Self.publicKey))
        let signature = try #require(Hex.decode(Self.signature))
        let message: [UInt8] = [0x72]
        #expect(PublicKey.ed25519(key).isValid(signature: signature, over: message))
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1
            #expect(!PublicKey.ed25519(key).isValid(signature: changed, over: message))
        }
        for index in key.indices {
            var changed = key
            changed[index] ^= 1
            #expect(!PublicKey.ed25519(changed).isValid(signature: signature, over: message))
        }
        #expect(!PublicKey.ed25519(key).isValid(signature: signature, over: [0x73]))
    }

    @Test func `keys and signatures of a wrong length never verify`() throws {
        let key = try #require(Hex.decode(Self.publicKey))
        let signature = try #require(Hex.decode(Self.signature))
        for count in [0, 1, 63] {
            let short = Array(signature.prefix(count))
            #expect(!PublicKey.ed25519(key).isValid(signature: short, over: [0x72]))
        }
        #expect(!PublicKey.ed25519(key).isValid(signature: signature + [0], over: [0x72]))
        for count in [0, 31] {
            let short = PublicKey.ed25519(Array(key.prefix(count)))
            #expect(!short.isValid(signature: signature, over: [0x72]))
        }
        #expect(!PublicKey.ed25519(key + [0]).isValid(signature: signature, over: [0x72]))
        #expect(!PublicKey.p256(key).isValid(signature: signature, over: [0x72]))
        #expect(!PublicKey.p256([]).isValid(signature: [], over: []))
        #expect(!PublicKey.rsa(key).isValid(signature: signature, over: [0x72]))
        #expect(!PublicKey.rsa([]).isValid(signature: [], over: [], form: .pkcs1))
    }

    @Test func `a key is made of a seed of 32 bytes only`() throws {
        let seed = try #require(Hex.decode(Self.seed))
        let key = try #require(Ed25519Key(seed: seed))
        #expect(key.seed == seed)
        #expect(key.publicKey == .ed25519(try #require(Hex.decode(Self.publicKey))))
        #expect(Ed25519Key(seed: []) == nil)
        #expect(Ed25519Key(seed: Array(seed.dropLast())) == nil)
        #expect(Ed25519Key(seed: seed + [0]) == nil)
    }

    @Test func `new keys and random bytes differ`() throws {
        #expect(Ed25519Key().seed != Ed25519Key().seed)
        #expect(SecureRandom.bytes(0).isEmpty)
        #expect(SecureRandom.bytes(32).count == 32)
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }

    /// Made with OpenSSL for this test; the message is `hello`.
    private static let p256PEM = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvRRS4MvQaRfH3zHbV+ZyZt3X0kbG
        URGohh+XNrN/UHDLhsHAfc8Eq32n6JrlSo264kQTaOm4ZWNfjC3Z2A0a9Q==
        -----END PUBLIC KEY-----
        """
    private static let p256DER =
        "MEUCIH+pGNy7RtZMOTKlpg2UgxCfr+M/M+1lYtmnASKQvrKgAiEAxlbkAWuHaCz/"
        + "UsaB6aqsGztgfeDhap7lwtL0D6//E/Y="

    private static let rsaPEM = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzfxOoSZy8UkpT4IqOhPm
        VOQD7qCxAnww2Ab2wM01PceCTfwbL+rRhhzi+XQLhx/rS+0S4Pf2DgGELrpbAsEv
        c2bBIXIjpZNAX/wNofAfoaLVEq7rDIX64ydzDnAxaiq0wI7Wt3dHVniCARFql7Mm
        gsAOGGp+3SfVC56hfoLb6J2NLm7tX1rF+mYe3JUb5Ve32bHA/vC0umZN+SAsq45E
        bCos2/tzZuS+X7fE8F4exrEnIj92GYMu2n81RCVHcET4hLdvLcO4Kstptas/R6dg
        bDk2H1a3MEu5mcGC+8LrvPn0i19rfKocOQ9J4R088A+XMJa9AzEYM+u00ajOpSH6
        IwIDAQAB
        -----END PUBLIC KEY-----
        """
    private static let rsaPSS = """
        gVFYks6MWlz2jM6fUqTey1EMrRpZtix3jWFH7PxrTspGgk61wqCWS9NIKwsBLJEm
        ODD2IYzkQn3I3YyYfzMUUTbHLgZ0gczikd38H0mdVQwlDmapPYCIrlQZioqa/al1
        ew6eDDcv5MJ7ApZvH7s0dtc7064XFIIYEGUVDErUsx4E5fk98zylnluLX3jxx9nb
        4wXOj7AiY3mBCL84rf2DlDfmjZbOBmUsj9d15YysxJ/gqvj3wEEKpViwSzOOP7YF
        6JtDIpruj4Rl34jXim1ILJyyyhyM1PhdP3EdT6ahe0cUaKHSArw7YhmIX1srTJbL
        cMDvecLUz551Uskk4lUFlQ==
        """
    private static let rsaPKCS1 = """
        guS9XOTFteMKhUs+ylsGoPDb1bCHfIb2/erFljz851ts/A6tI6iGk5ty3jm0rEP3
        RE3kgqMtVcFKvrpqpZZ/8z5JWvcZRYnHPQE+IU1aw0xusTf65X2tJRaRLIP95HFL
        PtsydW7fWD2mSFeBgs1dELVke8EUDVo9Tfa6U/z+CeQW6bwLYw+YfMcmmgnqRYep
        ZC0N8JbIfwavwD7n82uHh8Ujpj2PB6pGN1RQtAKUGrAuWAKXKMZ4At+Ah2WS15P6
        /iZ9xJ3XRDeI8/Q0ej3WwNbU2NN9Mv7aZs+EvA3/5wzlOUnbdm5oavueSzV4Bw8S
        AOfITnP5DEvojUnxSj+gOg==
        """

    @Test func `OpenSSL's P-256 signature verifies in DER and in raw form`() throws {
        let key = try #require(PublicKey.p256(pem: Self.p256PEM))
        let der = try #require(Base64.decode(Self.p256DER))
        let message = Array("hello".utf8)
        #expect(key.isValid(signature: der, over: message, form: .der))
        #expect(!key.isValid(signature: der, over: message))
        #expect(!key.isValid(signature: der, over: message + [0], form: .der))
        let raw = Self.rawSignature(der: der)
        #expect(key.isValid(signature: raw, over: message))
        #expect(!key.isValid(signature: raw, over: message, form: .der))
    }

    @Test func `OpenSSL's RSA signatures verify only in their own form`() throws {
        let key = try #require(PublicKey.rsa(pem: Self.rsaPEM))
        let message = Array("hello".utf8)
        let pss = try #require(Base64.decode(Self.rsaPSS.filter { $0 != "\n" }))
        let pkcs1 = try #require(Base64.decode(Self.rsaPKCS1.filter { $0 != "\n" }))
        #expect(key.isValid(signature: pss, over: message))
        #expect(!key.isValid(signature: pss, over: message, form: .pkcs1))
        #expect(key.isValid(signature: pkcs1, over: message, form: .pkcs1))
        #expect(!key.isValid(signature: pkcs1, over: message))
        #expect(!key.isValid(signature: pss, over: message + [0]))
    }

    @Test func `PEM of another kind is no key`() {
        #expect(PublicKey.p256(pem: Self.rsaPEM) == nil)
        #expect(PublicKey.rsa(pem: Self.p256PEM) == nil)
        #expect(PublicKey.rsa(pem: "") == nil)
        #expect(PublicKey.p256(pem: "-----BEGIN PUBLIC KEY-----") == nil)
    }

    /// r ‖ s of SEQUENCE { INTEGER r, INTEGER s }.
    private static func rawSignature(der: [UInt8]) -> [UInt8] {
        var rest = der.dropFirst(2)
        var raw: [UInt8] = []
        for _ in 0..<2 {
            let length = Int(rest.dropFirst().first ?? 0)
            let number = rest.dropFirst(2).prefix(length).drop { $0 == 0 }
            raw += [UInt8](repeating: 0, count: 32 - number.count) + number
            rest = rest.dropFirst(2 + length)
        }
        return raw
    }
}
