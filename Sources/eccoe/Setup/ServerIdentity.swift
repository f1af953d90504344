import ArgumentParser
import Credentials
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeClient
import NodeStore

/// How the new node proves itself over TLS.
enum ServerIdentity {
    /// With an authority of its own that the registry names.
    case own(authority: OwnAuthority, server: OwnAuthority.ServerCertificate)
    /// With a certificate that the system's roots vouch for.
    case files(certificate: String, key: String)

    private static let day: Int64 = 86_400
    private static let authorityDays: Int64 = 3650
    private static let serverDays: Int64 = 825

    /// Reads `own` or `<cert.pem>,<key.pem>`.
    ///
    /// - Parameter names: DNS names and addresses of the own certificate.
    init(_ choice: String, domain: String, names: [ServerName], at now: Instant) throws {
        if choice == "own" {
            // An hour back, for members whose clocks are slow.
            let start = now + -3600
            let authority = try OwnAuthority.make(
                name: "\(domain) eccoe authority",
                keySeed: SecureRandom.bytes(32),
                serialNumber: SecureRandom.bytes(16),
                from: start,
                until: now + Self.authorityDays * Self.day
            )
            let server = try Self.certificate(by: authority, names: names, at: now)
            self = .own(authority: authority, server: server)
            return
        }
        let parts = choice.split(separator: ",").map(String.init)
        guard parts.count == 2 else {
            throw CommandFailure(
                .usage,
                Problem(
                    .malformedRequest,
                    "--tls \(choice) is neither own nor two files",
                    at: "--tls",
                    try: "write --tls own, or --tls cert.pem,key.pem"
                )
            )
        }
        for path in parts { _ = try InputFile.read(path, limit: 1 << 20) }
        let paths = parts.map { URL(fileURLWithPath: $0).path }
        self = .files(certificate: paths[0], key: paths[1])
    }

    /// What the member document says about it.
    var tls: MemberDocument.TLS {
        switch self {
        case .own(let authority, _): .authority(authority.certificate.der)
        case .files: .system
        }
    }

    /// Writes the own certificates and returns the paths for the configuration.
    func write(to folder: DataFolder) throws -> (certificate: String, key: String) {
        guard case .own(let authority, let server) = self else {
            guard case .files(let certificate, let key) = self else { return ("", "") }
            return (certificate, key)
        }
        let files = [
            ("tls/authority.pem", authority.certificate.pem, 0o644),
            ("tls/authority.key", authority.privateKeyPEM, 0o400),
        ]
        for (name, text, mode) in files {
            try DurableFile.write(Array(text.utf8), to: folder.file(name), mode: mode)
        }
        return try Self.write(server, of: authority, to: folder)
    }

    /// A certificate of the own authority, with a new key.
    static func certificate(
        by authority: OwnAuthority, names: [ServerName], at now: Instant
    ) throws -> OwnAuthority.ServerCertificate {
        try authority.serverCertificate(
            names: names,
            keySeed: SecureRandom.bytes(32),
            serialNumber: SecureRandom.bytes(16),
            from: now + -3600,
            until: now + Self.serverDays * Self.day
        )
    }

    /// Writes a certificate of the own authority, in place of an earlier one, and returns the paths
    /// for the configuration. The key comes first: with it alone the daemon keeps what it has.
    static func write(
        _ server: OwnAuthority.ServerCertificate, of authority: OwnAuthority, to folder: DataFolder
    ) throws -> (certificate: String, key: String) {
        let paths = (folder.file("tls/server.pem"), folder.file("tls/server.key"))
        let chain = server.certificate.pem + authority.certificate.pem
        try DurableFile.write(Array(server.privateKeyPEM.utf8), to: paths.1, mode: 0o400)
        try DurableFile.write(Array(chain.utf8), to: paths.0, mode: 0o644)
        return paths
    }
}

extension ServerName {
    /// The names of an own certificate: the node's address, this machine, and what the operator adds.
    ///
    /// - Throws: `ValidationError` for what is neither a DNS name nor an address.
    static func list(of address: HTTPOrigin, and more: [String]) throws -> [ServerName] {
        var names: [ServerName] = []
        for text in [address.host, "localhost", "127.0.0.1"] + more {
            guard let name = ServerName(text) else {
                throw ValidationError("--tls-name \(text) is neither a DNS name nor an address")
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
