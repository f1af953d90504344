import SwiftASN1
import X509

/// The host names that a certificate is for.
public struct CertificateHostNames: Equatable, Sendable {
    /// The dNSName entries of subjectAltName, as they are written. The common name, which once
    /// stood in for them, does not count (RFC 9525 section 2).
    public let patterns: [String]

    /// Reads them from a certificate in DER.
    ///
    /// - Throws: `X509Error.unreadableCertificate`.
    public init(der: [UInt8]) throws(X509Error) {
        do {
            let names = try Certificate(derEncoded: der).extensions.subjectAlternativeNames
            patterns = (names.map { Array($0) } ?? []).compactMap { name in
                if case .dnsName(let pattern) = name { pattern } else { nil }
            }
        } catch {
            throw .unreadableCertificate("\(error)")
        }
    }

    init(patterns: [String]) {
        self.patterns = patterns
    }

    /// Whether one of them is this host's: in whole, or by `*` in place of the first label
    /// (RFC 9525 section 6.3).
    public func include(_ host: String) -> Bool {
        let labels = Self.labels(host)
        return patterns.contains { pattern in
            let wanted = Self.labels(pattern)
            guard wanted.count == labels.count, wanted.dropFirst() == labels.dropFirst() else {
                return false
            }
            return wanted.first == labels.first || wanted.first == "*" && wanted.count > 2
        }
    }

    private static func labels(_ name: String) -> [Substring] {
        name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    }
}
