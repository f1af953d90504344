import Keys
import MemberRegistry
import NodeStore

/// Whether the registry lists every key that is here, for this institution, and for how long; and
/// whether the daemon uses those keys.
enum KeyValidityCheck {
    private static let notice: Int64 = 30 * 86_400

    static func examine(_ patient: Patient) throws -> Finding {
        guard let registry = patient.registry, registry.member(patient.member.domain) != nil else {
            return .notChecked("this institution is not in the registry yet")
        }
        var soon: (name: String, end: Instant)?
        let keys = try held(patient)
        for (name, kid) in keys {
            let answer = registry.key(kid: kid, at: patient.now)
            if let fault = fault(answer, patient.member.domain) {
                return .failed(
                    "\(name) \(fault)", try: patient.command("member show \(patient.member.domain)")
                )
            }
            guard let end = answer.holder?.key.end, end - patient.now < notice else { continue }
            if end < soon?.end ?? .init(secondsSince1970: .max) { soon = (name, end) }
        }
        if let name = try replaced(patient) {
            return .warning(
                "\(name) was replaced since the daemon started, which goes on with the old one",
                try: patient.restart)
        }
        if let soon {
            return .warning(
                "\(soon.name) counts only until \(soon.end.text): ask for its successor in time",
                try: patient.command("member show \(patient.member.domain)"))
        }
        return .ok("\(Spoken.count(keys.count, "key")), all listed and valid")
    }

    /// The keys that must count, of this folder and those that the daemon has from elsewhere; of the
    /// logs' only the newest epoch's.
    private static func held(_ patient: Patient) throws -> [(name: String, kid: String)] {
        let folder = patient.folder
        let epoch = patient.member.epochs.last.map { "log-\($0.number)" }
        let others = DataFolder.KeyUse.allCases.filter { $0 != .log }.map(\.rawValue)
        let wanted = [epoch].compactMap(\.self) + others
        let files = try wanted.compactMap { name in
            try DataFolder.readKey(folder.file("keys/\(name).key"))
                .flatMap { JWK.thumbprint($0.publicKey) }.map { ("\(name).key", $0) }
        }
        let elsewhere = patient.keysElsewhere.filter { wanted.contains($0.name) }
        return files + elsewhere.map { ("\($0.name) (\($0.home))", $0.kid) }
    }

    /// The first key file that holds another key than the daemon has read from it.
    private static func replaced(_ patient: Patient) throws -> String? {
        try patient.keysInUse.filter { $0.home == "file" }.first { key in
            let file = try DataFolder.readKey(patient.folder.file("keys/\(key.name).key"))
            return file.map { JWK.thumbprint($0.publicKey) != key.kid } ?? false
        }.map { "\($0.name).key" }
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
