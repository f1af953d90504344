public import Keys
import SwiftASN1
import X509

/// A member's own certificate authority: one P-256 key whose self-signed certificate the registry
/// carries, and which signs the node's server certificates.
public struct OwnAuthority: Sendable {
    /// What a TLS server needs.
    public struct ServerCertificate: Equatable, Sendable {
        /// The certificate; the chain is this and the authority's.
        public let certificate: CertificateText
        /// Its P-256 private key, PKCS#8 in PEM.
        public let privateKeyPEM: String
    }

    /// The authority's own certificate.
    public let certificate: CertificateText
    /// The authority's private key, PKCS#8 in PEM: the secret itself.
    public let privateKeyPEM: String
    private let issuer: Certificate
    private let key: Certificate.PrivateKey

    /// Makes an authority.
    ///
    /// - Parameters:
    ///   - name: for humans, cut after 64 characters.
    ///   - keySeed: 32 random bytes that become the private key.
    ///   - serialNumber: 8 to 20 random bytes.
    public static func make(
        name: String,
        keySeed: [UInt8],
        serialNumber: [UInt8],
        from start: Instant,
        until end: Instant
    ) throws(X509Error) -> OwnAuthority {
        let key = try P256PrivateKey(seed: keySeed)
        let subject = try attempt { () throws in
            try DistinguishedName { CommonName(String(name.prefix(64))) }
        }
        let extensions = try attempt { () throws in
            try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.key.publicKey)
            }
        }
        let certificate = try sign(
            subject: subject,
            publicKey: key.key.publicKey,
            extensions: extensions,
            serialNumber: serialNumber,
            from: start,
            until: end,
            issuer: subject,
            key: key.key
        )
        return try OwnAuthority(certificate, key: key.key, privateKeyPEM: key.pem)
    }

    /// Reads an authority that was made before.
    ///
    /// - Throws: `X509Error` when one of the two is unreadable, the certificate is no authority's
    ///   or they do not belong together.
    public init(certificatePEM: String, privateKeyPEM: String) throws(X509Error) {
        let text = try CertificateText(pem: certificatePEM)
        guard text.isAuthority else { throw .notAnAuthority }
        let key = try Self.attempt({ () throws in
            try Certificate.PrivateKey(pemEncoded: privateKeyPEM)
        }) {
            .unreadableKey($0)
        }
        let certificate = try Self.attempt { () throws in try Certificate(derEncoded: text.der) }
        guard certificate.publicKey == key.publicKey else { throw .keyMismatch }
        try self.init(certificate, key: key, privateKeyPEM: privateKeyPEM)
    }

    /// Issues a certificate for a TLS server with a new key.
    ///
    /// - Parameters:
    ///   - names: at least one; the first DNS name or address is also the subject.
    ///   - keySeed: 32 random bytes that become the server's private key.
    ///   - serialNumber: 8 to 20 random bytes.
    public func serverCertificate(
        names: [ServerName],
        keySeed: [UInt8],
        serialNumber: [UInt8],
        from start: Instant,
        until end: Instant
    ) throws(X509Error) -> ServerCertificate {
        guard !names.isEmpty else { throw .noNames }
        let serverKey = try P256PrivateKey(seed: keySeed)
        let authorityKey = key.publicKey
        let subject = try Self.attempt { () throws in
            try DistinguishedName { CommonName("eccoe node") }
        }
        let extensions = try Self.attempt { () throws in
            try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map(Self.generalName))
                SubjectKeyIdentifier(hash: serverKey.key.publicKey)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: authorityKey).keyIdentifier
                )
            }
        }
        let certificate = try Self.sign(
            subject: subject,
            publicKey: serverKey.key.publicKey,
            extensions: extensions,
            serialNumber: serialNumber,
            from: start,
            until: end,
            issuer: issuer.subject,
            key: key
        )
        let der = try Self.attempt { () throws in try Self.encoded(certificate) }
        return ServerCertificate(
            certificate: CertificateText(certificate, der: der),
            privateKeyPEM: serverKey.pem
        )
    }

    private init(
        _ certificate: Certificate,
        key: Certificate.PrivateKey,
        privateKeyPEM: String
    ) throws(X509Error) {
        let der = try Self.attempt { () throws in try Self.encoded(certificate) }
        self.certificate = CertificateText(certificate, der: der)
        self.privateKeyPEM = privateKeyPEM
        self.issuer = certificate
        self.key = key
    }

    private static func sign(
        subject: DistinguishedName,
        publicKey: Certificate.PublicKey,
        extensions: Certificate.Extensions,
        serialNumber: [UInt8],
        from start: Instant,
        until end: Instant,
        issuer: DistinguishedName,
        key: Certificate.PrivateKey
    ) throws(X509Error) -> Certificate {
        guard (8...20).contains(serialNumber.count) else { throw .serialNumberLength }
        guard start < end else { throw .emptyPeriod }
        // RFC 5280 section 4.1.2.2: positive and at most 20 octets, also with a sign octet.
        let serial = [serialNumber[0] & 0x7f | 0x40] + serialNumber.dropFirst()
        return try attempt { () throws in
            try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(bytes: serial),
                publicKey: publicKey,
                notValidBefore: start.certificateDate,
                notValidAfter: end.certificateDate,
                issuer: issuer,
                subject: subject,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: extensions,
                issuerPrivateKey: key
            )
        }
    }

    private static func generalName(_ name: ServerName) -> GeneralName {
        switch name {
        case .dns(let host): .dnsName(host)
        case .ip(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        }
    }

    private static func encoded(_ certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    /// Turns whatever the X.509 library throws into the error of this room.
    private static func attempt<Value>(
        _ body: () throws -> Value,
        else wrap: (String) -> X509Error = { .failed($0) }
    ) throws(X509Error) -> Value {
        do {
            return try body()
        } catch {
            throw wrap("\(error)")
        }
    }
}

/// A P-256 private key from 32 bytes.
private struct P256PrivateKey {
    let key: Certificate.PrivateKey
    let pem: String

    /// PKCS#8 (RFC 5958) around an ECPrivateKey (RFC 5915) without its public key, up to the 32
    /// bytes of the scalar.
    private static let prefix: [UInt8] = [
        0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
        0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25,
        0x02, 0x01, 0x01, 0x04, 0x20,
    ]

    init(seed: [UInt8]) throws(X509Error) {
        guard seed.count == 32 else { throw .seedLength }
        do {
            key = try Certificate.PrivateKey(derBytes: Self.prefix + seed)
            pem = try key.serializeAsPEM().pemString + "\n"
        } catch {
            throw .unusableSeed
        }
    }
}
