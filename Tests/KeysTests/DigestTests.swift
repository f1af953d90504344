import Keys
import Testing

@Suite struct `Digests` {
    /// FIPS 180-4 examples.
    static let digests: [(text: String, hex: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test(arguments: digests)
    func `SHA-256 is that of FIPS 180-4`(text: String, hex: String) throws {
        let digest = Digest(of: Array(text.utf8))
        #expect(digest.hex == hex)
        #expect(digest.description == hex)
        #expect(Digest(of: Array("--\(text)".utf8)[2...]) == digest)
        #expect(Digest(hex: hex) == digest)
        #expect(Digest(base64: digest.base64) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
    }

    @Test func `leaf and node are hashed as RFC 6962 says`() {
        let left = Digest(of: Array("left".utf8))
        let right = Digest(of: Array("right".utf8))
        #expect(Digest.ofLeaf(Array("entry".utf8)) == Digest(of: [0] + Array("entry".utf8)))
        #expect(Digest.ofLeaf([UInt8]()) == Digest(of: [0] as [UInt8]))
        #expect(Digest.ofNode(left, right) == Digest(of: [1] + left.bytes + right.bytes))
        #expect(Digest.ofNode(left, right) != Digest.ofNode(right, left))
    }

    @Test func `only 32 bytes are a digest`() throws {
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
        #expect(Digest(bytes: []) == nil)
        let hex = String(repeating: "ab", count: 32)
        #expect(Digest(hex: hex)?.hex == hex)
        #expect(Digest(hex: hex.uppercased()) == nil)
        #expect(Digest(hex: String(hex.dropLast(2))) == nil)
        #expect(Digest(hex: hex + "ab") == nil)
        let base64 = try #require(Digest(hex: hex)).base64
        #expect(base64.utf8.count == 44)
        #expect(Digest(base64: base64.dropLast()) == nil)
        #expect(Digest(base64: Base64.encode([UInt8](repeating: 1, count: 31))) == nil)
        #expect(Digest(base64: Base64.encode([UInt8](repeating: 1, count: 33))) == nil)
    }

    @Test func `digests are ordered as their hexadecimal text`() throws {
        var digests = (0..<200).map { Digest(of: [UInt8($0)]) }
        for position in 0..<32 {
            var bytes = [UInt8](repeating: 0x7f, count: 32)
            bytes[position] = 0x80
            digests.append(try #require(Digest(bytes: bytes)))
        }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
        #expect(Set(digests).count == digests.count)
        for digest in digests { #expect(!(digest < digest)) }
    }

    /// RFC 4231 sections 4.2 to 4.8, without the truncated one.
    static let codes: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xcd, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size "
                    + "data. The key needs to be hashed before being used by the HMAC algorithm.")
                    .utf8
            ),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: codes)
    func `HMAC is that of RFC 4231`(key: [UInt8], message: [UInt8], code: String) {
        #expect(MAC.sha256(key: key, message: message)?.hex == code)
    }
}
