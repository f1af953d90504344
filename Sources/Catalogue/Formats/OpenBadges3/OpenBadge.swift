import CanonicalJSON

/// Open Badges 3.0: finds the achievements of a value, alone or in credentials. Nothing of a
/// credential is verified here, and nothing about its subject is looked at but the achievement.
struct OpenBadge: RecordMapper {
    let defaults: ImportDefaults

    func records(of value: JSON, base: String) -> [ImportRecord] {
        var found: [Found] = []
        find(in: value, at: "", issuer: nil, nesting: 0, into: &found)
        if found.isEmpty {
            var remarks = RecordRemarks(base: base)
            remarks.add(
                .error,
                "",
                "no achievement: \(Self.kind(of: value))",
                "give an Achievement or an OpenBadgeCredential as JSON; a JWT, PNG or SVG must be "
                    + "unpacked first"
            )
            return [remarks.refused()]
        }
        return found.map { found in
            var mapping = AchievementMapping(
                defaults: defaults,
                remarks: RecordRemarks(base: base),
                prefix: found.pointer
            )
            return mapping.record(of: found.achievement, issuer: found.issuer)
        }
    }

    private struct Found {
        let achievement: JSON
        let issuer: JSON?
        let pointer: String
    }

    /// Walks the few paths on which the specification allows an achievement.
    private func find(
        in value: JSON,
        at pointer: String,
        issuer: JSON?,
        nesting: Int,
        into found: inout [Found]
    ) {
        guard nesting < 8 else { return }
        if let elements = value.array {
            for (index, element) in elements.enumerated() {
                find(
                    in: element,
                    at: pointer + "/" + String(index),
                    issuer: issuer,
                    nesting: nesting + 1,
                    into: &found
                )
            }
            return
        }
        guard let object = value.object else { return }
        if value.isOfType("Achievement") {
            found.append(Found(achievement: value, issuer: issuer, pointer: pointer))
            return
        }
        for name in ["credentialSubject", "verifiableCredential", "achievement"] {
            guard let member = object[name] else { continue }
            find(
                in: member,
                at: pointer + "/" + name,
                issuer: object["issuer"] ?? issuer,
                nesting: nesting + 1,
                into: &found
            )
        }
    }

    static func kind(of value: JSON) -> String {
        guard let type = value["type"] else { return "\(value.kind) without type" }
        let names = type.string.map { [$0] } ?? (type.array ?? []).compactMap(\.string)
        return "an object of type " + PlainText(names.joined(separator: ", ")).text
    }
}

extension JSON {
    /// Whether `type` is this name or has it.
    func isOfType(_ name: String) -> Bool {
        guard let type = self["type"] else { return false }
        return type.string == name || type.array?.contains(.string(name)) == true
    }
}
