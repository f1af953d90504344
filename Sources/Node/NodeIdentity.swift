package import Keys
package import TransparencyLog

/// Who a node is: its domain and the keys that it holds.
package struct NodeIdentity: Sendable {
    /// The institution's domain, its identity everywhere.
    package let domain: String
    /// The node's own address as members reach it, without a path.
    package let url: String
    /// Signs checkpoints of the own logs, by epoch; empty for a member that keeps no log key here.
    package let logKeys: [Int: any Signer]
    /// Cosigns others' checkpoints.
    package let witnessKey: (any Signer)?
    /// Cosigns what is stored.
    package let mirrorKey: (any Signer)?
    /// Signs credentials that the institution issues.
    package let credentialKey: (any Signer)?
    /// Signs requests to members and answers to theirs.
    package let nodeKey: (any Signer)?
    /// Where each of them is kept.
    private let homes: [PublicKey: HeldKeys.Home]

    /// An identity from its parts.
    package init(
        domain: String,
        url: String,
        logKeys: [Int: any Signer],
        witnessKey: (any Signer)?,
        mirrorKey: (any Signer)?,
        credentialKey: (any Signer)?,
        nodeKey: (any Signer)? = nil,
        homes: [PublicKey: HeldKeys.Home] = [:]
    ) {
        self.domain = domain
        self.url = url
        self.logKeys = logKeys
        self.witnessKey = witnessKey
        self.mirrorKey = mirrorKey
        self.credentialKey = credentialKey
        self.nodeKey = nodeKey
        self.homes = homes
    }

    /// An identity with these keys.
    package init(domain: String, url: String, keys: HeldKeys) {
        let all =
            Array(keys.log.values)
            + [keys.witness, keys.mirror, keys.credential, keys.node]
            .compactMap(\.self)
        self.init(
            domain: domain,
            url: url,
            logKeys: keys.log.mapValues(\.signer),
            witnessKey: keys.witness?.signer,
            mirrorKey: keys.mirror?.signer,
            credentialKey: keys.credential?.signer,
            nodeKey: keys.node?.signer,
            homes: Dictionary(
                all.map { ($0.signer.publicKey, $0.home) }, uniquingKeysWith: { first, _ in first })
        )
    }

    /// All keys by the name of their file, log keys by epoch: `log-1`, `witness`.
    package var keys: [(name: String, signer: any Signer)] {
        let log = logKeys.sorted { $0.key < $1.key }.map { ("log-\($0.key)", $0.value) }
        let others: [(String, (any Signer)?)] = [
            ("witness", witnessKey), ("mirror", mirrorKey), ("credential", credentialKey),
            ("node", nodeKey),
        ]
        return log + others.compactMap { name, signer in signer.map { (name, $0) } }
    }

    /// Where a key is kept.
    package func home(of key: PublicKey) -> HeldKeys.Home { homes[key] ?? .file }

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

/// The keys of a node, and where each is kept.
package struct HeldKeys: Sendable {
    /// Where a key is kept.
    package enum Home: String, Sendable {
        /// A file of the data folder.
        case file
        /// Handed over by the service manager.
        case credential
        /// An ssh-agent.
        case agent
    }

    /// One key.
    package struct Key: Sendable {
        let signer: any Signer
        let home: Home

        /// A key from its parts.
        package init(_ signer: any Signer, _ home: Home) {
            self.signer = signer
            self.home = home
        }
    }

    /// By epoch.
    package var log: [Int: Key] = [:]
    /// Cosigns others' checkpoints.
    package var witness: Key?
    /// Cosigns what is stored.
    package var mirror: Key?
    /// Signs credentials.
    package var credential: Key?
    /// Signs requests and answers.
    package var node: Key?

    /// No keys.
    package init() {}
}
