package import Keys
package import TransparencyLog

/// Who a node is: its domain and the keys that it holds.
package struct NodeIdentity: Sendable {
    /// The institution's domain, its identity everywhere.
    package let domain: String
    /// The node's own address as members reach it, without a path.
    package let url: String
    /// Signs checkpoints of the own logs, by epoch; empty for a member that keeps no log key here.
    package let logKeys: [Int: Ed25519Key]
    /// Cosigns others' checkpoints.
    package let witnessKey: Ed25519Key?
    /// Cosigns what is stored.
    package let mirrorKey: Ed25519Key?
    /// Signs credentials that the institution issues.
    package let credentialKey: Ed25519Key?
    /// Signs requests to members and answers to theirs.
    package let nodeKey: Ed25519Key?

    /// An identity from its parts.
    package init(
        domain: String,
        url: String,
        logKeys: [Int: Ed25519Key],
        witnessKey: Ed25519Key?,
        mirrorKey: Ed25519Key?,
        credentialKey: Ed25519Key?,
        nodeKey: Ed25519Key? = nil
    ) {
        self.domain = domain
        self.url = url
        self.logKeys = logKeys
        self.witnessKey = witnessKey
        self.mirrorKey = mirrorKey
        self.credentialKey = credentialKey
        self.nodeKey = nodeKey
    }

    /// The origin of an epoch's log.
    package func origin(epoch: Int) -> String { "\(domain)/eccoe/\(epoch)" }

    /// Signs the own checkpoints of an epoch; nil without its key.
    package func logSigner(epoch: Int) -> NoteSigner? {
        logKeys[epoch].flatMap {
            NoteSigner(name: origin(epoch: epoch), type: .ed25519, signer: $0)
        }
    }

    /// Cosigns as a witness; nil without a witness key.
    package var witnessSigner: NoteSigner? {
        witnessKey.flatMap {
            NoteSigner(name: "\(domain)/eccoe/witness", type: .cosignature, signer: $0)
        }
    }

    /// Cosigns as a mirror; nil without a mirror key.
    package var mirrorSigner: NoteSigner? {
        mirrorKey.flatMap {
            NoteSigner(name: "\(domain)/eccoe/mirror", type: .cosignature, signer: $0)
        }
    }
}
