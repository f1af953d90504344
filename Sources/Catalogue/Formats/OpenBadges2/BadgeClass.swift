import CanonicalJSON

/// Open Badges 2.0: finds the badge classes of a value, alone or inside assertions, and reads them
/// as the achievements that version 3.0 made of them. Nothing of an assertion is verified, and
/// nothing about its recipient is read.
struct BadgeClass: RecordMapper {
    let defaults: ImportDefaults

    func records(of value: JSON, base: String) -> [ImportRecord] {
        var found: [(badge: JSON, pointer: String)] = []
        find(in: value, at: "", nesting: 0, into: &found)
        guard !found.isEmpty else { return [refused(value, base: base)] }
        return found.map { badge, pointer in
            var mapping = AchievementMapping(
                defaults: defaults,
                remarks: RecordRemarks(base: base),
                prefix: pointer,
                dialect: .version2
            )
            return mapping.record(of: badge, issuer: nil)
        }
    }

    private func find(
        in value: JSON,
        at pointer: String,
        nesting: Int,
        into found: inout [(badge: JSON, pointer: String)]
    ) {
        guard nesting < 8 else { return }
        if let elements = value.array {
            for (index, element) in elements.enumerated() {
                let place = pointer + "/" + String(index)
                find(in: element, at: place, nesting: nesting + 1, into: &found)
            }
            return
        }
        guard value.object != nil else { return }
        if value.isOfType("BadgeClass") {
            found.append((value, pointer))
            return
        }
        for name in ["badge", "@graph"] {
            guard let member = value[name] else { continue }
            find(in: member, at: pointer + "/" + name, nesting: nesting + 1, into: &found)
        }
    }

    private func refused(_ value: JSON, base: String) -> ImportRecord {
        var remarks = RecordRemarks(base: base)
        let address = value["badge"]?.string
        remarks.add(
            .error,
            address == nil ? "" : "/badge",
            address.map { "the badge class is only named: <\(PlainText($0).text)>" }
                ?? "no badge class: \(OpenBadge.kind(of: value))",
            address == nil
                ? "give a BadgeClass, or an Assertion with its badge; an Achievement of version "
                    + "3.0 is --format ob3"
                : "fetch it from there and import that file"
        )
        return remarks.refused()
    }
}

/// The names in which the versions of Open Badges differ.
struct BadgeDialect: Sendable {
    let format: ImportFormat
    let version: String
    let creator: String
    let tags: String
    let language: String

    static let version3 = BadgeDialect(
        format: .ob3,
        version: "3.0",
        creator: "creator",
        tags: "tag",
        language: "inLanguage"
    )

    static let version2 = BadgeDialect(
        format: .ob2,
        version: "2.0",
        creator: "issuer",
        tags: "tags",
        language: "@language"
    )
}
