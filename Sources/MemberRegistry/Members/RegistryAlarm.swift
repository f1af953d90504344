package import Keys

/// Something in the registry that was not taken and that a person must look at. What was accepted
/// before stays in force.
package struct RegistryAlarm: Equatable, Sendable, CustomStringConvertible {
    /// What is the matter.
    package enum Reason: Equatable, Sendable {
        /// A target cannot be read.
        case malformed(DocumentError)
        /// A target contradicts what was published before.
        case historyChanged(HistoryConflict)
        /// `network.json` contradicts what was published before.
        case networkChanged(String)
        /// The document is not about the domain that its path names.
        case otherDomain(String)
        /// The domain was admitted under another path and keeps it.
        case secondPath(first: String)
        /// The domain is not under a suffix of the body, or another body's suffix is longer.
        case outsideBody(String)
        /// A document without a registration.
        case notRegistered
        /// A key id of this document belongs to another member.
        case foreignKey(kid: String, owner: String)
        /// A DID of this document belongs to another member.
        case foreignDID(String, owner: String)
        /// The target's `custom` does not follow from its document.
        case customDisagrees
        /// The registry no longer lists a target that it once published.
        case removed
        /// The target could not be fetched as signed; it is asked for again at the next refresh.
        case notServed(RegistryRefusal)
        /// A delegated role is not valid: its body is frozen as it was accepted last.
        case frozen(RegistryRefusal)
        /// The node's own copy of an accepted document is damaged; its history was not compared.
        case localCopyLost(Digest)
        /// More delegated roles than a refresh visits.
        case tooManyRoles(limit: Int)
    }

    /// The target's path, or the role's file.
    package let path: String
    /// What is the matter.
    package let reason: Reason

    init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// One sentence; what was accepted before stays in force in any case.
    package var description: String { "\(path): \(explanation)" }

    private var explanation: String {
        switch reason {
        case .malformed(let error): error.description
        case .historyChanged(let conflict):
            "\(conflict.place) \(conflict.change), but history only grows; ask the body"
        case .networkChanged(let change): "\(change); ask the registry"
        case .otherDomain(let domain): "the document is about \(domain); ask the body"
        case .secondPath(let first): "the domain was admitted as \(first); ask the registry"
        case .outsideBody(let domain): "\(domain) is not the body's to admit; ask the registry"
        case .notRegistered: "there is no registration event; ask the body"
        case .foreignKey(let kid, let owner): "the key \(kid) belongs to \(owner); ask the body"
        case .foreignDID(let did, let owner): "\(did) belongs to \(owner); ask the body"
        case .customDisagrees: "custom does not follow from the document; ask the body"
        case .removed: "no longer listed, but history only grows; ask the body"
        case .notServed(let refusal): "not fetched: \(refusal)"
        case .frozen(let refusal): "the body stays as it was: \(refusal)"
        case .localCopyLost(let digest):
            "the copy with SHA-256 \(digest) is damaged; check the disk"
        case .tooManyRoles(let limit): "more than \(limit) delegated roles; the rest is left out"
        }
    }
}
