import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeClient
import NodeStore

/// This institution as the registry has it, and the way of its requests to the registry.
struct OwnMembership {
    let folder: DataFolder
    let registry: TrustedRegistry
    let member: Member

    /// The member as it is after a refresh by the daemon, where one answers: a request builds on
    /// what is in force.
    ///
    /// - Throws: `CommandFailure`, 1, while it is none.
    static func refreshed(_ node: NodeOptions) async throws -> OwnMembership {
        _ = await node.pokeRegistry()
        return try OwnMembership(node.folder)
    }

    /// The member of a data folder.
    ///
    /// - Throws: `CommandFailure`, 1, while it is none.
    init(_ folder: DataFolder) throws {
        let own = try OwnMember.read(folder)
        guard let registry = try RegistryFiles(folder: folder).accepted(),
            let member = registry.member(own.domain)
        else {
            throw CommandFailure(
                Problem(
                    .notAMember, "\(own.domain) is no member yet", at: folder.registry,
                    try: "ask to be admitted: eccoe join --help"))
        }
        (self.folder, self.registry, self.member) = (folder, registry, member)
    }

    /// The key that signs requests.
    ///
    /// - Parameter remedy: what to do when it is lost.
    /// - Throws: `CommandFailure`, 66, when it is not in `keys/`.
    func recoveryKey(ifLost remedy: String) throws -> Ed25519Key {
        guard let key = try folder.readKey(.recovery) else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .keyUnusable, "the recovery key is not here",
                    at: folder.file("keys/\(DataFolder.KeyUse.recovery.rawValue).key"),
                    try: "bring it back for this command; if it is lost, \(remedy)"))
        }
        return key
    }

    /// A request for `document`, on top of what is in force.
    func request(
        _ action: RegistryRequest.Action,
        _ document: MemberDocument,
        at time: Instant
    ) -> RegistryRequest {
        RegistryRequest(
            network: registry.network.name, action: action, at: time, base: member.digest,
            document: document)
    }

    /// Sends a request to the registry's server, or lays it where the operator of this very node
    /// looks for it. It is checked as the registry will check it first.
    ///
    /// - Throws: `RegistryRequest.Refusal`, `CommandFailure`.
    func send(_ request: RegistryRequest, signedBy keys: [any Signer]) async throws {
        let bytes = try request.signed(by: keys)
        _ = try RegistryRequest.verified(
            bytes, network: registry.network.name, current: member, at: request.at)
        switch try RegistrySource(folder: folder) {
        case .url(let url, let authority):
            let client = try FetchClient(
                authorityPEM: authority.map { Array($0.utf8) },
                allow: try OutboundFile.read(folder))
            do {
                try await request.send(to: url, signedBy: keys, by: client)
                await client.shutdown()
            } catch {
                await client.shutdown()
                throw error
            }
        case .folder, nil:
            let name = request.document.domain + ".json"
            try DurableFile.write(bytes, to: folder.registryRequests + "/" + name)
        }
    }
}
