import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeStore

/// Proposals as files, and what people see of them.
enum CeremonyFile {
    /// Reads a proposal.
    ///
    /// - Throws: `CommandFailure`, 65 or 66.
    static func read(_ path: String) throws -> Ceremony {
        try Ceremony(reading: InputFile.read(path, limit: 32 << 20))
    }

    /// Writes a proposal, whole, and reports how far the signing is.
    static func write(_ ceremony: Ceremony, to path: String, _ output: OutputOptions) throws {
        let path = AbsolutePath.of(path)
        try DurableFile.write(ceremony.json.canonicalBytes + [0x0a], to: path)
        try report(ceremony, path, output)
    }

    /// {"file"?,"network","panels":[{"role","keys","signed","threshold"}],"complete","changes"}.
    static func report(_ ceremony: Ceremony, _ path: String?, _ output: OutputOptions) throws {
        let panels = try ceremony.panels()
        var answer = JSONObject()
        answer["file"] = path.map { .string($0) }
        answer["network"] = .string(ceremony.network)
        answer["panels"] = .array(
            panels.map {
                [
                    "role": .string($0.role), "keys": .string($0.name),
                    "signed": .number(JSONNumber(Int64($0.signed))),
                    "threshold": .number(JSONNumber(Int64($0.threshold))),
                    "of": .number(JSONNumber(Int64($0.keys))),
                ]
            })
        answer["complete"] = .bool(panels.allSatisfy(\.isComplete))
        answer["changes"] = ChangeText.json(try ceremony.changes())
        output.write(.object(answer)) { _ in
            TextTable.pairs([("proposal", path ?? "not written")]) + "\n" + text(panels)
        }
    }

    /// The whole change as text, with the root that it is on top of and who has signed.
    static func text(_ ceremony: Ceremony, now: Instant) throws -> String {
        let root = ceremony.currentRoot?.hex ?? "none: this founds the network"
        return ChangeText.text(
            try ceremony.changes(), of: "the registry of \(ceremony.network)", now: now)
            + "  The root in force has SHA-256 \(root)\n\n" + text(try ceremony.panels()) + "\n"
    }

    private static func text(_ panels: [Ceremony.Panel]) -> String {
        TextTable.rows(
            ["FILE", "KEYS OF", "SIGNED", "NEEDED", "KEYS"],
            panels.map {
                [$0.role, $0.name, "\($0.signed)", "\($0.threshold)", "\($0.keys)"]
            })
    }

    /// The versions of the roles that are published.
    static func versions(_ repository: RegistryRepository) -> JSONObject {
        var object = JSONObject()
        for (role, version) in repository.versions.sorted(by: { $0.key < $1.key }) {
            object[role] = .number(JSONNumber(version))
        }
        return object
    }
}

extension WaitingRequest {
    /// Takes away the requests of these domains that the registry has granted: they build on what
    /// is no longer in force.
    static func dropGranted(
        _ domains: [String],
        _ folder: DataFolder,
        _ repository: RegistryRepository,
        at time: Instant
    ) throws {
        for domain in domains {
            guard let waiting = try one(domain, folder, repository: repository, at: time),
                case .failure(.otherBase) = waiting.reading
            else { continue }
            try waiting.remove()
        }
    }
}
