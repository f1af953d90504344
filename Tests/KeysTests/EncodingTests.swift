import Keys
import Testing

@Suite struct `Encodings of bytes` {
    /// RFC 4648 section 10.
    static let foobar: [(text: String, base64: String, base64url: String, hex: String)] = [
        ("", "", "", ""), ("f", "Zg==", "Zg", "66"), ("fo", "Zm8=", "Zm8", "666f"),
        ("foo", "Zm9v", "Zm9v", "666f6f"), ("foob", "Zm9vYg==", "Zm9vYg", "666f6f62"),
        ("fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261"),
        ("foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"),
    ]

    @Test(arguments: foobar)
    func `the examples of RFC 4648 hold`(
        text: String,
        base64: String,
        base64url: String,
        hex: String
    ) {
        let bytes = Array(text.utf8)
        #expect(Base64.encode(bytes) == base64)
        #expect(Base64.decode(base64) == bytes)
        #expect(Base64URL.encode(bytes) == base64url)
        #expect(Base64URL.decode(base64url) == bytes)
        #expect(Hex.encode(bytes) == hex)
        #expect(Hex.decode(hex) == bytes)
    }

    @Test func `the last two characters of the alphabets differ`() {
        #expect(Base64.encode([0xfb, 0xff, 0xbf]) == "+/+/")
        #expect(Base64URL.encode([0xfb, 0xff, 0xbf]) == "-_-_")
        #expect(Base64.decode("-_-_") == nil)
        #expect(Base64URL.decode("+/+/") == nil)
    }

    @Test(arguments: [
        "A", "AA", "AAA", "AA=", "A===", "====", "=", "AA==AA==", "AAA=A", "AAAA=", "AAAA==",
        "AAAA====", "AB==", "AAB=", "AA= =", " AAAA", "AAAA\n", "AA\nAA", "AA-A", "AAÄA",
        "Zg==\r\n",
    ])
    func `another spelling is not base64`(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["A", "AAAAA", "AA==", "AB", "AAB", "AA AA", "AA\n", "A+AA", "é"])
    func `another spelling is not base64url`(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: ["0", "000", "0G", "0x", "AA", "aA", " 00", "00 ", "é0", "-1", "+1"])
    func `another spelling is not hexadecimal`(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }

    /// draft-msporny-base58-03 section 5, and leading zeros.
    static let base58: [(bytes: [UInt8], text: String)] = [
        ([], ""), ([0], "1"), ([0, 0, 0], "111"), ([0x39], "z"), ([0x3a], "21"),
        (Array("Hello World!".utf8), "2NEpo7TZRRrLZSi2U"),
        (
            Array("The quick brown fox jumps over the lazy dog.".utf8),
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"
        ),
        ([0, 0, 0x28, 0x7f, 0xb4, 0xcd], "11233QC4"), ([0xff, 0xff], "LUv"),
    ]

    @Test(arguments: base58)
    func `the examples of base 58 hold`(bytes: [UInt8], text: String) {
        #expect(Base58.encode(bytes) == text)
        #expect(Base58.decode(text) == bytes)
    }

    @Test(arguments: ["0", "O", "I", "l", "1 1", "z\n", "é", "+"])
    func `a character outside the alphabet is not base 58`(_ text: String) {
        #expect(Base58.decode(text) == nil)
    }

    @Test func `base 58 is read up to 1,024 characters`() {
        #expect(Base58.decode(String(repeating: "1", count: 1024))?.count == 1024)
        #expect(Base58.decode(String(repeating: "1", count: 1025)) == nil)
    }

    @Test func `every length comes back from every encoding`() {
        for count in 0..<70 {
            for bytes in [
                SecureRandom.bytes(count), [UInt8](repeating: 0, count: count),
                [UInt8](repeating: 0xff, count: count),
            ] {
                #expect(Hex.decode(Hex.encode(bytes)) == bytes)
                #expect(Base64.decode(Base64.encode(bytes)) == bytes)
                #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
                #expect(Base58.decode(Base58.encode(bytes)) == bytes)
            }
        }
    }
}
