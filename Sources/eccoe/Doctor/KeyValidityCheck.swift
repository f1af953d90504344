import Keys
import MemberRegistry
import NodeStore

/// Whether the registry lists every key that is here, for this institution, and for how long.
enum KeyValidityCheck {
    private static let notice: Int64 = 30 * 86_400

    static func examine(_ patient: Patient) throws -> Finding {
        guard let registry = patient.registry, registry.member(patient.member.domain) != nil else {
            return .notChecked("this institution is not in the registry yet")
        }
        var soon: (name: String, end: Instant)?
        let keys = try held(patient)
        for (name, key) in keys {
            guard let kid = JWK.thumbprint(key) else { continue }
            let answer = registry.key(kid: kid, at: patient.now)
            if let fault = fault(answer, patient.member.domain) {
                return .failed(
                    "\(name) \(fault)", try: patient.command("member show \(patient.member.domain)")
                )
            }
            guard let end = answer.holder?.key.end, end - patient.now < notice else { continue }
            if end < soon?.end ?? .init(secondsSince1970: .max) { soon = (name, end) }
        }
        if let soon {
            return .warning(
                "\(soon.name) counts only until \(soon.end.text): ask for its successor in time",
                try: patient.command("member show \(patient.member.domain)"))
        }
        return .ok("\(Spoken.count(keys.count, "key")), all listed and valid")
    }

    /// The keys of this folder that must count; of the logs' only the newest epoch's.
    private static func held(_ patient: Patient) throws -> [(name: String, key: PublicKey)] {
        let folder = patient.folder
        var held: [(String, PublicKey)] = []
        if let epoch = patient.member.epochs.last?.number,
            let key = try DataFolder.readKey(folder.logKey(epoch: Int(epoch)))
        {
            held.append(("log-\(epoch).key", key.publicKey))
        }
        for use in DataFolder.KeyUse.allCases where use != .log {
            if let key = try folder.readKey(use) {
                held.append(("\(use.rawValue).key", key.publicKey))
            }
        }
        return held
    }

    private static func fault(_ answer: KeyAnswer, _ domain: String) -> String? {
        if let holder = answer.holder, holder.domain != domain {
            return "is registered for \(holder.domain)"
        }
        return switch answer.state {
        case .valid: nil
        case .unknown: "is not in the registry"
        case .notYet: "does not count yet"
        case .expired(let at): "expired at \(at.text)"
        case .revoked(let reason, let at): "was revoked at \(at.text) (\(reason.rawValue))"
        }
    }
}
