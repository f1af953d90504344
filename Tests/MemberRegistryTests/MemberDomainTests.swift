import MemberRegistry
import Testing

@Suite struct `A member's domain` {
    @Test(arguments: [
        "uni-a.example", "a.b", "xn--mnchen-3ya.example", "1.example", "a.1b", "a.b-c.d",
        String(repeating: "a", count: 63) + ".example",
    ])
    func `is two or more labels`(_ text: String) {
        #expect(MemberDomain.isDomain(text) && Self.isDomainInBytes(text))
    }

    @Test(arguments: [
        "", ".", "a", "a.", ".a", "a..b", "-a.b", "a-.b", "a.-b", "a.b-", "A.b", "a_b.c", "a.1",
        "127.0.0.1", "ü.example", "a.b c", String(repeating: "a", count: 64) + ".example",
        String(repeating: "a.", count: 126) + "bb",
    ])
    func `is nothing else`(_ text: String) {
        #expect(!MemberDomain.isDomain(text) && !Self.isDomainInBytes(text))
    }

    private static func isDomainInBytes(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { MemberDomain.isDomain($0) }
    }
}
