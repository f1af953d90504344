import CanonicalJSON
import Keys
import MemberRegistry
import Testing

@Suite struct `OLPC canonical JSON` {
    /// The golden bytes are what securesystemslib 1.6.0 writes for the same value.
    @Test func `a value of every kind has the bytes of securesystemslib`() throws {
        let text =
            #"{"b":[1,-2,12345678901234567890,true,null,false],"a":"q\"b\\s\u00e9\u20ac\n\ud83d\ude00","#
            + #""\ud83d\ude00":1,"\uffee":2,"":{}}"#
        let golden =
            "7b22223a7b7d2c2261223a22715c22625c5c73c3a9e282ac0af09f9880222c2262223a5b312c2d322c"
            + "31323334353637383930313233343536373839302c747275652c6e756c6c2c66616c73655d2c22"
            + "efbfae223a322c22f09f9880223a317d"
        let bytes = try JSON.read(Array(text.utf8)).olpcBytes()
        #expect(Hex.encode(bytes) == golden)
    }

    @Test func `minus zero is written as zero`() throws {
        #expect(try JSON.read(Array("[-0]".utf8)).olpcBytes() == Array("[0]".utf8))
    }

    @Test(arguments: ["1.0", "1e2", "-0.5"])
    func `a number that is no integer is refused with its place`(token: String) throws {
        let value = try JSON.read(Array(#"{"a":[0,\#(token)]}"#.utf8))
        let error = #expect(throws: DocumentError.self) { try value.olpcBytes() }
        #expect(error?.place == "/a/1")
    }

    /// The key of RFC 8032's first test; the id is what securesystemslib computes.
    @Test func `a key id is that of securesystemslib`() throws {
        let key = try #require(
            Hex.decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        )
        #expect(
            RoleKey(.ed25519(key))?.keyID
                == "74c181c7ad8a0855d4b55e44d2ba87aabdddb196832571f15f92fece332e4916"
        )
    }
}
