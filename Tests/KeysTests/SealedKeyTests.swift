import CanonicalJSON
import Keys
import Testing

@Suite struct `Keys sealed with a passphrase` {
    private static let passphrase = Array("correct horse battery".utf8)

    /// The cheapest that a reader accepts.
    private func seal(_ passphrase: [UInt8] = passphrase) throws -> (Ed25519Key, SealedKey) {
        let key = try #require(Ed25519Key(seed: [UInt8](repeating: 7, count: 32)))
        let cost = try #require(SealedKey.Cost(n: 1 << 10, r: 8, p: 1))
        return (
            key,
            try SealedKey(
                sealing: key, passphrase: passphrase, salt: [UInt8](repeating: 1, count: 32),
                nonce: [UInt8](repeating: 2, count: 12), cost: cost)
        )
    }

    @Test func `open with it and with no other`() throws {
        let (key, sealed) = try seal()
        let read = try SealedKey(json: sealed.json)
        #expect(try read.open(passphrase: Self.passphrase).seed == key.seed)
        #expect(read.publicKey == key.publicKey)
        #expect(!sealed.json.canonicalText.contains(Base64URL.encode(key.seed)))
        var other = Self.passphrase
        other[0] ^= 1
        #expect(throws: SealedKey.Failure.wrongPassphrase) { try read.open(passphrase: other) }
        #expect(throws: SealedKey.Failure.shortPassphrase) {
            try seal(Array(Self.passphrase.prefix(11)))
        }
    }

    /// Computed by a program of its own: Python's hashlib.scrypt and the package cryptography.
    @Test func `have the bytes that others compute`() throws {
        let (_, sealed) = try seal()
        #expect(sealed.json["sealed"]?.string == Self.golden)
    }

    private static let golden = "9Thvyo-FvtToJsLVD21bA35g9L8U1S0K0gzFJvVNCdH-UD-oArIk9mJJZ9BujbsI"

    @Test func `every part of the file is authenticated`() throws {
        let (_, sealed) = try seal()
        let stranger = try #require(JWK.encode(Ed25519Key().publicKey))
        for (name, value) in [
            ("nonce", JSON.string(Base64URL.encode([UInt8](repeating: 3, count: 12)))),
            ("sealed", .string(Base64URL.encode([UInt8](repeating: 3, count: 48)))),
            ("jwk", stranger),
        ] {
            var object = try #require(sealed.json.object)
            object[name] = value
            let changed = try SealedKey(json: .object(object))
            #expect(throws: SealedKey.Failure.wrongPassphrase, "\(name)") {
                try changed.open(passphrase: Self.passphrase)
            }
        }
    }

    @Test(arguments: [
        (1 << 10, 8, 1, true), (1 << 9, 8, 1, false), (1 << 20, 8, 1, true),
        (1 << 21, 8, 1, false), (1 << 20, 9, 1, false), ((1 << 10) + 1, 8, 1, false),
        (1 << 10, 17, 1, false), (1 << 10, 0, 1, false), (1 << 10, 8, 5, false),
        (1 << 10, 8, 4, true), (-1024, 8, 1, false),
    ])
    func `a file cannot ask for more than the reader gives`(
        n: Int, r: Int, p: Int, isGood: Bool
    ) throws {
        #expect((SealedKey.Cost(n: n, r: r, p: p) != nil) == isGood)
        var object = try #require(try seal().1.json.object)
        object["kdf"] = [
            "name": "scrypt", "n": .number(JSONNumber(Int64(n))),
            "r": .number(JSONNumber(Int64(r))), "p": .number(JSONNumber(Int64(p))),
            "salt": .string(Base64URL.encode([UInt8](repeating: 1, count: 32))),
        ]
        #expect(((try? SealedKey(json: .object(object))) != nil) == isGood)
    }

    @Test(arguments: ["kind", "v", "cipher", "kdf", "jwk", "nonce", "sealed"])
    func `a part that is missing is told`(name: String) throws {
        var object = try #require(try seal().1.json.object)
        object[name] = nil
        #expect(throws: SealedKey.Failure.self) { try SealedKey(json: .object(object)) }
    }
}
