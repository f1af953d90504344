import Federation
import Keys
import MemberRegistry
import Node
import NodeClient
import NodeStore

/// Where the daemon's keys are: with an agent that the configuration names, among the credentials of
/// the service manager, or in the data folder; the first that has one counts.
struct KeySources {
    let folder: DataFolder
    /// `$CREDENTIALS_DIRECTORY`; nil when the service manager hands nothing over.
    let credentials: String?
    /// Signs checkpoints of the own log.
    let logAgent: SSHAgentKey?
    /// Signs requests and answers.
    let nodeAgent: SSHAgentKey?

    /// The keys of a node.
    ///
    /// - Throws: `Problem` when no epoch has the agent's log key; `StoreError.exposedKey`, `.corrupt`,
    ///   `.file`.
    func keys() throws -> HeldKeys {
        var keys = HeldKeys()
        for (epoch, key) in try folder.readLogKeys() { keys.log[epoch] = .init(key, .file) }
        for (epoch, key) in try credentialLogKeys() { keys.log[epoch] = .init(key, .credential) }
        if let logAgent {
            keys.log[try epoch(of: logAgent.publicKey)] = .init(AgentSigner(logAgent), .agent)
        }
        keys.witness = try key(.witness)
        keys.mirror = try key(.mirror)
        keys.credential = try key(.credential)
        keys.node = try nodeAgent.map { .init(AgentSigner($0), .agent) } ?? key(.node)
        return keys
    }

    private func key(_ use: DataFolder.KeyUse) throws -> HeldKeys.Key? {
        for path in credentialPaths("\(use.rawValue).key") {
            if let key = try DataFolder.readKey(path, isCredential: true) {
                return .init(key, .credential)
            }
        }
        return try folder.readKey(use).map { .init($0, .file) }
    }

    private func credentialLogKeys() throws -> [Int: Ed25519Key] {
        guard let credentials else { return [:] }
        var keys: [Int: Ed25519Key] = [:]
        for name in try DurableFile.list(credentials) {
            let plain = name.hasPrefix(Self.prefix) ? name.dropFirst(Self.prefix.count) : name[...]
            guard plain.hasPrefix("log-"), plain.hasSuffix(".key"),
                let epoch = Int(plain.dropFirst(4).dropLast(4)), epoch > 0
            else { continue }
            keys[epoch] = try DataFolder.readKey("\(credentials)/\(name)", isCredential: true)
        }
        return keys
    }

    /// What systemd calls the files of a folder that is loaded as `keys`.
    private static let prefix = "keys_"

    private func credentialPaths(_ name: String) -> [String] {
        credentials.map { ["\($0)/\(Self.prefix)\(name)", "\($0)/\(name)"] } ?? []
    }

    /// The epoch that has this log key: by the registry, or by the document that `init` wrote.
    private func epoch(of key: PublicKey) throws -> Int {
        var documents: [MemberDocument] = []
        if let bytes = try DurableFile.read(folder.memberDocument, limit: 1 << 20) {
            documents.append(try MemberDocument(reading: bytes))
        }
        if let domain = documents.first?.domain,
            let member = try? RegistryFiles(folder: folder).accepted()?.member(domain)
        {
            documents.insert(member.document, at: 0)
        }
        let kid = JWK.thumbprint(key)
        let epochs = documents.flatMap(\.epochs)
        guard let epoch = epochs.first(where: { $0.kid == kid }) else {
            throw Problem(
                .configuration, "no epoch of this institution has the log key that keys.log names",
                at: folder.memberDocument,
                try: "eccoe key show log prints the line for the configuration")
        }
        return Int(epoch.number)
    }
}
