import Federation
import MemberRegistry
import NodeStore

/// Refuses to start beside a daemon that has the same identity elsewhere, such as one from a copy of
/// the data folder: two writers of one log fork it, and a fork is for ever.
///
/// Asked before this daemon listens: what answers at the registered address then, with this
/// institution's node key, is another one.
struct Twin {
    /// How long an answer is waited for.
    private static let patience = Duration.seconds(3)

    let folder: DataFolder
    let domain: String
    let transport: any PeerTransport

    /// - Throws: `Problem` `configuration` when there is one.
    func refuse() async throws {
        guard let member = try? RegistryFiles(folder: folder).accepted()?.member(domain)?.document,
            let url = member.node
        else { return }
        let trust: PeerAddress.Trust =
            switch member.tls {
            case .system: .system
            case .authority(let certificate): .authority(certificate)
            }
        let address = PeerAddress(domain: domain, url: url, trust: trust)
        guard await answers(at: address, as: member) else { return }
        throw Problem(
            .configuration,
            "another daemon with this identity answers at \(url): two would fork the log",
            at: folder.path,
            try:
                "stop the other one first; a copy of a data folder is for the time after it is lost"
        )
    }

    private func answers(at address: PeerAddress, as member: MemberDocument) async -> Bool {
        let request = PeerRequest(
            "GET", Endpoint.node.template, of: address, maximumBytes: Limits.manifestBytes)
        let transport = transport
        let body = await withTaskGroup(of: [UInt8]?.self) { group in
            group.addTask { try? await transport.send(request).body }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let body else { return false }
        // A key that was revoked since still shows who it is.
        let keys = member.keys.filter { $0.use == .node }.map(\.publicKey)
        return (try? NodeManifest(body, of: member.domain, keys: keys)) != nil
    }
}
