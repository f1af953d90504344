import CanonicalJSON
import Federation
import Testing

@testable import NodeClient

struct AddressTests {
    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.1",
        "169.253.255.255", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2a00:1450:4001::1", "2001:4860:4860::8888", "2620:fe::fe", "2003::1", "3ffe::1",
        "2001:200::1",
    ])
    func `public addresses are global`(_ text: String) throws {
        #expect(try #require(IPAddress(text)).isGlobal)
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
        "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
        "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8",
        "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1",
        "2001:20::1", "2001:1ff::1", "2001:db8::1", "2002:808:808::1", "3fff::1", "3fff:fff::1",
        "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "ff02::1",
    ])
    func `special addresses are not global`(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isGlobal)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "0x7f.0.0.1", "2130706433", "127.1", "1.2.3.256", "::1%eth0",
        "[::1", "localhost", "::g",
    ])
    func `other spellings are no addresses`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [("[2001:DB8::1]", "2001:db8::1"), ("10.0.0.1", "10.0.0.1")])
    func `an address is written in its usual form`(_ text: String, _ expected: String) throws {
        #expect(try #require(IPAddress(text)).text == expected)
    }
}

struct OriginTests {
    @Test(arguments: [
        ("https://Node.Uni-A.example:8443/log/1", "https://node.uni-a.example:8443", "/log/1"),
        ("https://uni-a.example", "https://uni-a.example", ""),
        ("https://uni-a.example:443/", "https://uni-a.example", "/"),
        ("HTTP://127.0.0.1:80/x?y=1", "http://127.0.0.1", "/x?y=1"),
        ("https://[::1]:9/", "https://[::1]:9", "/"),
    ])
    func `a URL is read and written anew`(_ url: String, _ origin: String, _ rest: String) throws {
        let read = try #require(HTTPOrigin.read(url))
        #expect(read.origin.url == origin)
        #expect(read.rest == rest)
    }

    @Test(arguments: [
        "", "uni-a.example", "ftp://uni-a.example", "https://", "https:///x",
        "https://user@uni-a.example/", "https://uni-a.example:0/", "https://uni-a.example:70000/",
        "https://uni-a.example:+443/", "https://uni a.example/", "https://ünï.example/",
        "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://[::1/",
        "https://uni-a.example#x", "https://uni-a.example/#x", "https://uni-a.example?x",
        "https://uni-a..example/", "https://uni-a.example/\u{7f}", "https://uni-a.example\\@b/",
        "https://uni-a.example./", "https://127.0.0.1./", "https://.uni-a.example/",
        "https://0177.0.0.1/", "https://0x7f.1/", "https://127.0.1/", "https://017700000001/",
        "https://127.0.0.0x1/", "https://①②⑦.0.0.1/", "https://１２７.0.0.1/",
        "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/", "https://fe80::1/",
        "https://[::ffff:127.1]/", "https://[]/", "https://[::1]x/", "https://[::1]:/",
        "https://uni-a.example:/", "https://uni-a.example:443:8443/", "https://:443/",
        "https://uni-a.example:٤٤٣/", "https://user:secret@uni-a.example/",
        "https://@uni-a.example/",
        "https://uni-a.example%2f@127.0.0.1/", "https://%31%32%37.0.0.1/",
        "https:\\\\uni-a.example/",
        "https://uni-a.example\t/", "https://uni-a.example\r\nHost: x/",
        "https://uni-a\u{00ad}.example/",
        "https://uni-a\u{3002}example/", "https:/uni-a.example/", "file:///etc/passwd",
        "gopher://uni-a.example/", "javascript:alert(1)", "https://uni-a.example/ x",
        "https://" + String(repeating: "a", count: 64) + ".example/",
        "https://" + String(repeating: "a.", count: 125) + "example/",
    ])
    func `an odd URL is refused`(_ url: String) {
        #expect(HTTPOrigin.read(url) == nil)
    }
}

struct OutboundGuardTests {
    private func origin(_ url: String) throws -> HTTPOrigin {
        try #require(HTTPOrigin.read(url)).origin
    }

    private func guardResolving(
        _ addresses: [String],
        allow: [String] = []
    ) -> OutboundGuard {
        OutboundGuard(allow: allow.compactMap { OutboundAllow($0) }) { _ in
            addresses.compactMap { IPAddress($0) }
        }
    }

    @Test(arguments: ["https://a.example", "https://a.example:8443", "https://8.8.8.8"])
    func `a public host is let through at its checked addresses`(_ url: String) async throws {
        let found = try await guardResolving(["8.8.8.8"]).addresses(of: origin(url))
        #expect(found.map(\.text) == ["8.8.8.8"])
    }

    @Test(arguments: [
        "http://a.example", "https://a.example:8444", "https://a.example:22", "https://10.0.0.1",
        "https://[::1]", "https://127.0.0.1:8443", "https://a.example:80",
        "https://a.example:65535",
        "https://[::ffff:8.8.8.8]", "https://[::ffff:10.0.0.1]", "https://[2002:a00:1::1]",
        "https://[64:ff9b::a00:1]", "https://100.64.0.1", "https://[fd00::1]", "https://224.0.0.1",
        "https://[ff02::1]", "https://192.0.2.1", "https://[2001:db8::1]",
        "https://169.254.169.254",
        "https://0.0.0.0", "https://255.255.255.255", "https://[::]",
    ])
    func `another scheme, port or an inner address is refused`(_ url: String) async throws {
        await #expect(throws: Problem.self) {
            try await guardResolving(["8.8.8.8"]).addresses(of: origin(url))
        }
    }

    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "198.51.100.1", "::1", "fc00::1", "fe80::1", "ff0e::1",
        "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001::1", "3fff::1",
    ])
    func `a name that leads to an inner address is refused`(_ address: String) async throws {
        let problem = await #expect(throws: Problem.self) {
            try await guardResolving([address]).addresses(of: origin("https://a.example"))
        }
        #expect(problem?.slug == .unreachable)
        #expect(problem?.detail.contains("no public address") == true)
    }

    @Test func `an A-label is a name like any other`() async throws {
        let found = try await guardResolving(["8.8.8.8"])
            .addresses(of: origin("https://xn--uni-a-kva.example"))
        #expect(found.map(\.text) == ["8.8.8.8"])
    }

    @Test func `one inner address among public ones is enough to refuse`() async throws {
        await #expect(throws: Problem.self) {
            try await guardResolving(["8.8.8.8", "192.168.0.1"])
                .addresses(of: origin("https://a.example"))
        }
    }

    @Test(arguments: [
        ("a.example=127.0.0.1", "https://a.example:9001"),
        ("A.example=127.0.0.1:9001", "https://a.example:9001"),
        ("a.example=[::1]:9001", "https://a.example:9001"),
        ("a.example=::1", "https://a.example"),
    ])
    func `an allowed host stands in for DNS and the port rule`(
        _ entry: String,
        _ url: String
    ) async throws {
        let found = try await guardResolving([], allow: [entry]).addresses(of: origin(url))
        #expect(found.count == 1)
        let address = try #require(found.first)
        #expect(!address.isGlobal)
    }

    @Test func `an entry for another port does not count`() async throws {
        await #expect(throws: Problem.self) {
            try await guardResolving(["127.0.0.1"], allow: ["a.example=127.0.0.1:9001"])
                .addresses(of: origin("https://a.example:9002"))
        }
    }

    @Test(arguments: ["", "a.example", "=127.0.0.1", "a.example=b", "a.example=127.0.0.1:99999"])
    func `an odd entry is refused`(_ text: String) {
        #expect(OutboundAllow(text) == nil)
    }

    @Test func `an entry survives its JSON form`() throws {
        let entry = try #require(OutboundAllow("a.example=127.0.0.1:9001"))
        #expect(OutboundAllow(json: entry.json) == entry)
        #expect(OutboundAllow(json: ["host": "a.example", "address": "x"]) == nil)
    }
}
