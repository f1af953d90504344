import Keys
import Testing

@testable import Credentials

@Suite struct `The host names of a certificate` {
    private func names(_ names: [String]) throws -> CertificateHostNames {
        let start = Instant(secondsSince1970: 1_795_456_800)
        let authority = try OwnAuthority.make(
            name: "uni-a.example",
            keySeed: Array(repeating: 1, count: 32),
            serialNumber: Array(repeating: 2, count: 16),
            from: start,
            until: start + 86_400
        )
        let server = try authority.serverCertificate(
            names: try names.map { try #require(ServerName($0)) },
            keySeed: Array(repeating: 3, count: 32),
            serialNumber: Array(repeating: 4, count: 16),
            from: start,
            until: start + 86_400
        )
        return try CertificateHostNames(der: server.certificate.der)
    }

    @Test func `are those of subjectAltName, without addresses and common name`() throws {
        let names = try names(["node.uni-a.example", "127.0.0.1", "Uni-A.example"])
        #expect(names.patterns == ["node.uni-a.example", "uni-a.example"])
        #expect(names.include("node.uni-a.example"))
        #expect(names.include("NODE.uni-a.EXAMPLE"))
        for other in [
            "127.0.0.1", "uni-b.example", "x.node.uni-a.example", "example", "", ".",
            "node.uni-a.example.", "node", "anode.uni-a.example", "*.uni-a.example",
        ] { #expect(!names.include(other), "\(other)") }
    }

    @Test func `are none where there are only addresses`() throws {
        let names = try names(["127.0.0.1", "::1"])
        #expect(names.patterns.isEmpty)
        #expect(!names.include("localhost") && !names.include("127.0.0.1"))
        #expect(throws: X509Error.self) { _ = try CertificateHostNames(der: [1, 2, 3]) }
    }

    @Test(arguments: [
        ("*.uni-a.example", "node.uni-a.example", true),
        ("*.uni-a.example", "uni-a.example", false),
        ("*.uni-a.example", "a.node.uni-a.example", false),
        ("*.example", "uni-a.example", false), ("*", "localhost", false),
        ("n*.uni-a.example", "node.uni-a.example", false),
        ("node.*.example", "node.uni-a.example", false),
    ])
    func `may have a star for a whole first label`(
        _ pattern: String, _ host: String, _ matches: Bool
    ) {
        #expect(CertificateHostNames(patterns: [pattern]).include(host) == matches)
    }
}
