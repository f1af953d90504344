import Federation
import Keys
import MemberRegistry
import NodeClient
import TransparencyLog

/// Whether as many of the own log's witnesses answer as must cosign it.
enum WitnessCheck {
    static func examine(_ patient: Patient) async -> Finding {
        guard let key = patient.logKey, let registry = patient.registry else {
            return .notChecked("the registry lists no log of this institution")
        }
        let set = registry.witnessSet(forOrigin: key.name, at: patient.now)
        guard set.required > 0 else {
            return .notChecked("no other member is a witness: nothing confirms this log")
        }
        var silent: [String: String] = [:]
        await withTaskGroup(of: (String, String?).self) { group in
            for domain in set.cosigners.map(\.domain) {
                group.addTask { (domain, await fault(of: domain, key.name, patient)) }
            }
            for await (domain, fault) in group { silent[domain] = fault }
        }
        let answering = set.cosigners.count - silent.count
        let count = "\(answering) of \(set.cosigners.count) answer, \(set.required) must cosign"
        guard let (domain, fault) = silent.min(by: { $0.key < $1.key }) else { return .ok(count) }
        let detail = "\(count); \(domain): \(fault)"
        let look = patient.command("peer show \(domain)")
        return answering < set.required ? .failed(detail, try: look) : .warning(detail, try: look)
    }

    /// Why a witness cannot be asked to cosign; nil when it can.
    private static func fault(
        of domain: String, _ origin: String, _ patient: Patient
    ) async -> String? {
        guard let address = patient.address(of: domain) else { return "it has no node" }
        let path = "/witness/\(Checkpoint.originHash(origin).hex)/checkpoint"
        do {
            let response = try await patient.transport.send(
                PeerRequest("GET", path, of: address, maximumBytes: SignedNote.maximumBytes))
            // 404: it has not cosigned this log yet, and can.
            return [200, 404].contains(response.status) ? nil : "it answered \(response.status)"
        } catch { return (error as? Problem)?.detail ?? "\(error)" }
    }
}
