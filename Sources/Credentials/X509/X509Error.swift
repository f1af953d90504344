/// Why a certificate or key cannot be made or read.
public enum X509Error: Error, Equatable, Sendable {
    case seedLength
    case unusableSeed
    case serialNumberLength
    case noNames
    case emptyPeriod
    case unreadableCertificate(String)
    case unreadableKey(String)
    case notAnAuthority
    case keyMismatch
    case failed(String)

    /// What is wrong and what to do about it.
    public var message: String {
        switch self {
        case .seedLength: "the private key needs 32 random bytes; give exactly as many"
        case .unusableSeed: "these 32 bytes are no P-256 private key; draw others"
        case .serialNumberLength: "a serial number has 8 to 20 random bytes; give 16"
        case .noNames: "a server certificate needs a name; give a DNS name or an IP address"
        case .emptyPeriod: "the end of validity is not after its start; give a later end"
        case .unreadableCertificate(let reason):
            "this is no X.509 certificate (\(reason)); give one in DER, or in PEM between "
                + "BEGIN CERTIFICATE and END CERTIFICATE"
        case .unreadableKey(let reason):
            "this is no P-256 private key (\(reason)); give one in PEM"
        case .notAnAuthority: "the certificate is not that of an authority; give the CA's own"
        case .keyMismatch: "key and certificate do not belong together; give the pair"
        case .failed(let reason): "the certificate could not be made: \(reason)"
        }
    }
}
