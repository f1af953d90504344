package import CanonicalJSON
package import Federation
package import Keys
import Logging
import MemberRegistry
package import NodeStore
import Synchronization

/// Two snapshots of one version that the registry has signed: members are shown different
/// registries (protocol section 4, "Registry split view").
package struct RegistrySplit: Sendable, Equatable {
    /// The snapshot that this node holds.
    package let own: RegistryVersion
    /// The other one.
    package let other: RegistryVersion
    /// The member that holds it.
    package let member: String
    /// When this node learnt of it.
    package let time: Instant

    /// {"snapshot","own","other","member","time"}, as `registry/split.json` keeps it.
    package var json: JSON {
        [
            "snapshot": .number(JSONNumber(Int64(own.version))), "own": .string(own.digest.hex),
            "other": .string(other.digest.hex), "member": .string(member),
            "time": .string(time.text),
        ]
    }

    init(own: RegistryVersion, other: RegistryVersion, member: String, time: Instant) {
        (self.own, self.other, self.member, self.time) = (own, other, member, time)
    }

    init?(json: JSON) {
        guard let version = json["snapshot"]?.integer,
            let own = (json["own"]?.string).flatMap({ Digest(hex: $0) }),
            let other = (json["other"]?.string).flatMap({ Digest(hex: $0) }),
            let member = json["member"]?.string,
            let time = (json["time"]?.string).flatMap({ Instant($0) })
        else { return nil }
        self.init(
            own: RegistryVersion(version: Int(version), digest: own),
            other: RegistryVersion(version: Int(version), digest: other), member: member, time: time
        )
    }
}

/// The split that this node knows of, if any.
///
/// Owns: `registry/split.json`, and both snapshots beside it.
package final class RegistrySplits: Sendable {
    private let folder: DataFolder
    private let state: Mutex<RegistrySplit?>

    /// What the data folder remembers.
    package init(folder: DataFolder) {
        self.folder = folder
        let bytes = try? DurableFile.read(Self.file(folder, "split.json"), limit: 1 << 16)
        let json = bytes.flatMap(\.self).flatMap { try? JSON.read($0) }
        state = Mutex(json.flatMap(RegistrySplit.init(json:)))
    }

    /// The split, while no higher version has resolved it.
    package func open(at version: RegistryVersion?) -> RegistrySplit? {
        state.withLock { split in split.flatMap { $0.own.version == version?.version ? $0 : nil } }
    }

    /// Keeps both snapshots for people to compare.
    func keep(_ split: RegistrySplit, own: [UInt8]?, other: [UInt8]) throws {
        try write(other, name(split.other))
        if let own { try write(own, name(split.own)) }
        try write(split.json.canonicalBytes, "split.json")
        state.withLock { $0 = split }
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        try DurableFile.write(bytes, to: Self.file(folder, name), by: folder.steps)
    }

    private func name(_ version: RegistryVersion) -> String {
        "split.\(version.version).\(version.digest.hex.prefix(16)).snapshot.json"
    }

    private static func file(_ folder: DataFolder, _ name: String) -> String {
        folder.registry + "/" + name
    }
}

extension GossipService {
    /// A member claims another registry of our version: a claim until its snapshot was seen, signed
    /// by the registry's keys.
    func compareRegistries(_ theirs: RegistryVersion, at domain: String) async {
        guard let own = node.registry.version, own.version == theirs.version, own != theirs else {
            return
        }
        let path = "/registry/metadata/\(theirs.version).snapshot.json"
        do {
            guard let address = node.registry.address(of: domain) else { return }
            let response = try await node.transport.send(
                PeerRequest("GET", path, of: address, maximumBytes: Limits.registryFileBytes))
            let files = RegistryFiles(folder: node.folder)
            let stored = try files.load()
            guard response.status == 200, Digest(of: response.body) == theirs.digest,
                stored.vouches(forSnapshot: response.body, version: Int64(theirs.version))
            else {
                let reason = "claims another registry of version \(theirs.version) and shows none"
                return node.gossip.handle {
                    $0.blamed(domain, reason: reason, at: node.time.now())
                }
            }
            let split = RegistrySplit(
                own: own, other: theirs, member: domain, time: node.time.now())
            try node.splits.keep(
                split, own: stored.files["metadata/\(own.version).snapshot.json"],
                other: response.body)
            node.logger.critical(
                "a member holds another registry of the same version: no new member is accepted",
                metadata: ["peer": "\(domain)", "split": "\(split.json.canonicalText)"])
        } catch {
            node.logger.info(
                "registries could not be compared",
                metadata: ["peer": "\(domain)", "error": "\(error)"])
        }
    }
}
