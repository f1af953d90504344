import Foundation
import Keys
import Testing

@testable import Credentials

@Suite struct OwnAuthorityTests {
    private static let start = Instant(secondsSince1970: 1_795_456_800)
    private static let end = start + 90 * 86_400
    private static let openssl = "/usr/bin/openssl"

    private func authority(seed: UInt8 = 1) throws -> OwnAuthority {
        try OwnAuthority.make(
            name: "eccoe authority of uni-a.example",
            keySeed: Array(repeating: seed, count: 32),
            serialNumber: Array(repeating: 0xff, count: 20),
            from: Self.start,
            until: Self.end + 86_400
        )
    }

    private func server(
        of authority: OwnAuthority,
        names: [String]
    ) throws -> OwnAuthority.ServerCertificate {
        try authority.serverCertificate(
            names: try names.map { try #require(ServerName($0)) },
            keySeed: SecureRandom.bytes(32),
            serialNumber: SecureRandom.bytes(16),
            from: Self.start,
            until: Self.end
        )
    }

    @Test func `both certificates read back in both forms with their period`() throws {
        let authority = try authority()
        #expect(authority.certificate.isAuthority)
        #expect(authority.certificate.notBefore == Self.start)
        #expect(authority.certificate.notAfter == Self.end + 86_400)
        #expect(try CertificateText(pem: authority.certificate.pem) == authority.certificate)
        #expect(try CertificateText(der: authority.certificate.der) == authority.certificate)
        let server = try server(of: authority, names: ["uni-a.example"])
        #expect(!server.certificate.isAuthority)
        #expect(server.certificate.notAfter == Self.end)
        #expect(server.privateKeyPEM.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    }

    @Test func `an authority that was written is the same one when read`() throws {
        let authority = try authority()
        let again = try OwnAuthority(
            certificatePEM: authority.certificate.pem,
            privateKeyPEM: authority.privateKeyPEM
        )
        #expect(again.certificate == authority.certificate)
        let server = try server(of: again, names: ["uni-a.example"])
        #expect(server.certificate.der.count > 300)
    }

    @Test func `a foreign key, a server's certificate and garbage are refused`() throws {
        let authority = try authority()
        let server = try server(of: authority, names: ["uni-a.example"])
        #expect(throws: X509Error.keyMismatch) {
            try OwnAuthority(
                certificatePEM: authority.certificate.pem,
                privateKeyPEM: server.privateKeyPEM
            )
        }
        #expect(throws: X509Error.notAnAuthority) {
            try OwnAuthority(
                certificatePEM: server.certificate.pem,
                privateKeyPEM: server.privateKeyPEM
            )
        }
        #expect(throws: X509Error.self) { try CertificateText(pem: "garbage") }
        #expect(throws: X509Error.self) { try CertificateText(pem: server.privateKeyPEM) }
        #expect(throws: X509Error.self) { try CertificateText(der: [0x30, 0x00]) }
        #expect(throws: X509Error.self) { try CertificateText(der: []) }
    }

    @Test func `wrong lengths, periods and no names are refused`() throws {
        let authority = try authority()
        func make(seed: [UInt8], serial: Int, until end: Instant) throws {
            _ = try OwnAuthority.make(
                name: "A",
                keySeed: seed,
                serialNumber: Array(repeating: 1, count: serial),
                from: Self.start,
                until: end
            )
        }
        let seed = Array<UInt8>(repeating: 1, count: 32)
        #expect(throws: X509Error.seedLength) { try make(seed: [1], serial: 16, until: Self.end) }
        #expect(throws: X509Error.unusableSeed) {
            try make(seed: Array(repeating: 0, count: 32), serial: 16, until: Self.end)
        }
        #expect(throws: X509Error.serialNumberLength) {
            try make(seed: seed, serial: 7, until: Self.end)
        }
        #expect(throws: X509Error.serialNumberLength) {
            try make(seed: seed, serial: 21, until: Self.end)
        }
        #expect(throws: X509Error.emptyPeriod) {
            try make(seed: seed, serial: 16, until: Self.start)
        }
        #expect(throws: X509Error.noNames) { try server(of: authority, names: []) }
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: openssl), "no openssl: skipped")
    )
    func `OpenSSL accepts the chain for its names and no others`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "eccoe-authority-" + Hex.encode(SecureRandom.bytes(8))
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let authority = try authority()
        let server = try server(of: authority, names: ["uni-a.example", "127.0.0.1", "::1"])
        func write(_ text: String, _ name: String) throws -> String {
            let file = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            return file.path
        }
        let ca = try write(authority.certificate.pem, "ca.pem")
        let other = try write(try self.authority(seed: 2).certificate.pem, "other.pem")
        let leaf = try write(server.certificate.pem, "leaf.pem")
        let key = try write(server.privateKeyPEM, "key.pem")
        func verify(_ ca: String, _ options: [String]) throws -> Int32 {
            try run(
                [
                    "verify", "-x509_strict", "-purpose", "sslserver", "-attime",
                    String(Self.start.secondsSince1970 + 60), "-CAfile", ca,
                ] + options + [leaf]
            )
        }
        #expect(try verify(ca, ["-verify_hostname", "uni-a.example"]) == 0)
        #expect(try verify(ca, ["-verify_ip", "127.0.0.1"]) == 0)
        #expect(try verify(ca, ["-verify_ip", "::1"]) == 0)
        #expect(try verify(ca, ["-verify_hostname", "uni-b.example"]) != 0)
        #expect(try verify(ca, ["-verify_ip", "127.0.0.2"]) != 0)
        #expect(try verify(other, []) != 0)
        #expect(try run(["pkey", "-in", key, "-check", "-noout"]) == 0)
    }

    private func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.openssl)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(
        arguments: [
            ("127.0.0.1", [127, 0, 0, 1]),
            ("::1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            ("[2001:db8::17]", [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x17]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
        ] as [(String, [UInt8])]
    )
    func `addresses are read as bytes`(text: String, bytes: [UInt8]) {
        #expect(ServerName(text) == .ip(bytes))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.256", "01.2.3.4", ":::", "1::2::3", "g::1", "a_b.example",
        "-a.example", "a..b", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::1",
    ])
    func `what is neither a name nor an address is none`(text: String) {
        #expect(ServerName(text) == nil)
    }

    @Test func `host names are put into lower case`() {
        #expect(ServerName("Uni-A.Example") == .dns("uni-a.example"))
        #expect(ServerName("localhost") == .dns("localhost"))
    }
}
