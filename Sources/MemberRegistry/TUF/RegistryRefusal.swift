package import Keys

/// Why a metadata file was not taken, or a refresh did not finish: the file and the rule.
package struct RegistryRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// The rules of the TUF client workflow (sections 5.3 to 5.7) that a file can break.
    package enum Reason: Equatable, Sendable {
        /// The bytes cannot be read.
        case malformed(DocumentError)
        /// Too few distinct keys of `role` signed: an arbitrary-software attack.
        case signatures(valid: Int, threshold: Int, role: String)
        /// The version is not the one that was asked for or vouched for.
        case version(found: Int64, expected: Int64)
        /// Lower than what was seen before: a rollback attack.
        case rollback(found: Int64, trusted: Int64)
        /// Valid only before this moment: a freeze attack, or a registry that is not maintained.
        case expired(Instant)
        /// Length or hash differ from what the vouching file says: a mix-and-match attack.
        case mismatch
        /// The vouching file does not list it, or no longer.
        case notListed
        /// The server does not have it.
        case notFound
        /// More bytes than allowed or announced.
        case tooLarge(limit: Int)
        /// The root file is not the one whose digest is known.
        case otherRoot(found: Digest, expected: Digest)
        /// The server could not be asked.
        case unreachable(String)
    }

    /// The file, such as `timestamp.json`, or a target's path.
    package let file: String
    /// The rule that it breaks.
    package let reason: Reason

    init(_ file: String, _ reason: Reason) {
        self.file = file
        self.reason = reason
    }

    /// Whether the file proves that somebody misbehaves or was broken into, so that a person must
    /// look; otherwise asking again, here or elsewhere, may help.
    package var isAlarm: Bool {
        switch reason {
        case .rollback, .signatures, .otherRoot: true
        default: false
        }
    }

    /// One sentence with the numbers and the remedy.
    package var description: String { "\(file): \(explanation)" }

    private var explanation: String {
        switch reason {
        case .malformed(let error):
            error.description
        case .signatures(let valid, let threshold, let role):
            "\(valid) valid signatures by keys of \(role), \(threshold) are needed; "
                + "do not use this registry copy, ask another node"
        case .version(let found, let expected):
            "version \(found), expected \(expected); ask another node or later"
        case .rollback(let found, let trusted):
            "version \(found), but \(trusted) was seen before: a rollback; ask another node"
        case .expired(let expires):
            "expired at \(expires); ask another node, or the registry to refresh it"
        case .mismatch:
            "length or SHA-256 differ from what the registry signed; ask another node"
        case .notListed:
            "the file that vouches for it does not list it; ask another node or later"
        case .notFound:
            "the server does not have it; ask another node or later"
        case .tooLarge(let limit):
            "more than \(limit) bytes; ask another node"
        case .otherRoot(let found, let expected):
            "SHA-256 is \(found), expected \(expected); compare the invite with its sender"
        case .unreachable(let reason):
            "\(reason); try again later"
        }
    }
}

/// What became of a metadata file that was offered.
package enum MetadataVerdict: Equatable, Sendable {
    /// It is now trusted.
    case accepted
    /// It has the version that is trusted already, which stays.
    case unchanged
    /// It is refused, and nothing has changed.
    case refused(RegistryRefusal)
}
