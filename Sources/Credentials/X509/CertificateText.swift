public import Keys
import SwiftASN1
import X509

/// A certificate in its two written forms, with what a reader asks of it.
public struct CertificateText: Equatable, Sendable {
    /// The DER bytes.
    public let der: [UInt8]
    /// PEM with one certificate and a line feed at the end.
    public let pem: String
    /// The start of validity.
    public let notBefore: Instant
    /// The end of validity.
    public let notAfter: Instant
    /// Whether it may sign other certificates (basicConstraints).
    public let isAuthority: Bool

    /// Reads DER.
    ///
    /// - Throws: `X509Error.unreadableCertificate`.
    public init(der: [UInt8]) throws(X509Error) {
        do {
            self.init(try Certificate(derEncoded: der), der: der)
        } catch {
            throw .unreadableCertificate("\(error)")
        }
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// - Throws: `X509Error.unreadableCertificate`.
    public init(pem: String) throws(X509Error) {
        do {
            let documents = try PEMDocument.parseMultiple(pemString: pem)
            guard let first = documents.first(where: { $0.discriminator == "CERTIFICATE" }) else {
                throw X509Error.unreadableCertificate("there is no such PEM section")
            }
            self.init(try Certificate(derEncoded: first.derBytes), der: first.derBytes)
        } catch let error as X509Error {
            throw error
        } catch {
            throw .unreadableCertificate("\(error)")
        }
    }

    init(_ certificate: Certificate, der: [UInt8]) {
        self.der = der
        pem = PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n"
        notBefore = Instant(certificateDate: certificate.notValidBefore)
        notAfter = Instant(certificateDate: certificate.notValidAfter)
        isAuthority =
            if case .isCertificateAuthority = try? certificate.extensions.basicConstraints {
                true
            } else {
                false
            }
    }
}
