import Credentials
import Keys
import MemberRegistry

extension ReceiptVerification {
    /// The line `registry`: its chain verifies from root 1 with expiry judged at the leaf's time,
    /// and it is the registry of a network that the verifier knows.
    func registryCheck(
        _ early: Result<TrustedRegistry, RegistryRefusal>,
        at time: Instant?
    ) -> CredentialCheck {
        func line(_ status: CheckStatus, _ detail: String) -> CredentialCheck {
            CredentialCheck("registry", status, detail)
        }
        let registry: TrustedRegistry
        do { registry = try early.get() } catch {
            return line(.fail, "The registry in the receipt does not verify: \(error).")
        }
        if let difference = newer.flatMap({ difference(between: registry, and: $0) }) {
            return line(.fail, difference)
        }
        guard let time else {
            return line(
                .unknown,
                "The registry's signatures verify, but without the leaf's time its expiry cannot "
                    + "be judged."
            )
        }
        do {
            _ = try TrustedRegistry.offline(
                receipt.registry,
                at: time,
                trustedRootDigest: trustedRootDigest
            )
        } catch {
            return line(.fail, "At the leaf's time \(time) the registry did not hold: \(error).")
        }
        let chain =
            "The registry of \(registry.network.name), snapshot \(registry.snapshotVersion), "
            + "verifies at \(time) from root 1 to \(registry.versions["root"] ?? 0)"
        guard newer != nil || trustedRootDigest != nil else {
            return line(
                .unknown,
                "\(chain), but nothing says that it is that of a network you know. Compare root "
                    + "1's SHA-256 \(registry.rootDigests[1]?.hex ?? "") with an invite."
            )
        }
        return line(.pass, "\(chain), and it is that of the network you know.")
    }

    /// Why the receipt's registry is no earlier state of the verifier's; nil when it is.
    private func difference(
        between older: TrustedRegistry,
        and newer: TrustedRegistry
    ) -> String? {
        let common = older.rootDigests.keys.filter { newer.rootDigests[$0] != nil }.sorted()
        guard !common.isEmpty else {
            return "The receipt's registry shares no root with the one at hand: it is that of "
                + "another network."
        }
        for version in common where older.rootDigests[version] != newer.rootDigests[version] {
            return "Root \(version) of the receipt's registry is not that of the one at hand: it "
                + "is that of another network."
        }
        for member in older.members {
            guard let now = newer.member(member.document.domain) else {
                return "\(member.document.domain) is missing in the registry at hand."
            }
            if now.digest != member.digest,
                let conflict = now.document.conflict(with: member.document)
            {
                return "The registry at hand does not extend what the receipt's says of "
                    + "\(member.document.domain): \(conflict.place) \(conflict.change)."
            }
        }
        return nil
    }
}
