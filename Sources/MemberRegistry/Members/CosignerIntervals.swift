import CanonicalJSON
import Keys

/// When which key of a member cosigns the logs of others: the times at which the member is active
/// and the key valid. The witness keys stand in the TUF `custom` of the member's target too,
/// `{"witness":[{"from","until"?,"vkey"}]}`, so that witness sets follow from targets roles alone.
struct CosignerIntervals: Equatable, Sendable {
    struct Entry: Hashable, Sendable {
        let key: NoteKey
        let interval: TimeInterval
    }

    let witness: [Entry]
    /// Known from the document only.
    let mirror: [Entry]

    /// What follows from a document.
    init(_ document: MemberDocument) {
        witness = Self.entries(document, .witness, NoteKey.witnessName(document.domain))
        mirror = Self.entries(document, .mirror, NoteKey.mirrorName(document.domain))
    }

    /// What a target's `custom` says of `domain`.
    ///
    /// - Throws: `DocumentError` when it has another form or names another domain's key.
    init(custom: JSON?, domain: String) throws(DocumentError) {
        mirror = []
        guard let custom else {
            witness = []
            return
        }
        witness = try Self.entries(
            ObjectReader(custom, at: "/custom"), NoteKey.witnessName(domain))
    }

    /// The `custom` member.
    var custom: JSON { ["witness": .array(witness.map(\.json))] }

    private static func entries(
        _ document: MemberDocument,
        _ use: MemberKey.Use,
        _ name: String
    ) -> [Entry] {
        var entries: [Entry] = []
        for key in document.keys where key.use == use {
            guard let note = NoteKey(name: name, type: .cosignature, publicKey: key.publicKey)
            else { continue }
            let validity = TimeInterval(from: key.notBefore, until: key.end)
            for active in document.activeIntervals {
                if let common = active.intersection(validity) {
                    entries.append(Entry(key: note, interval: common))
                }
            }
        }
        return entries
    }

    private static func entries(
        _ reader: ObjectReader, _ noteName: String
    ) throws(DocumentError) -> [Entry] {
        guard reader.object["witness"] != nil else { return [] }
        var entries: [Entry] = []
        for entry in try reader.objects("witness", limit: 4096) {
            let text = try entry.ascii("vkey")
            guard let key = NoteKey(text), key.name == noteName else {
                throw entry.error(
                    "vkey",
                    "\"\(text)\" is no key of \(noteName)",
                    remedy: "sign the role anew"
                )
            }
            let interval = TimeInterval(
                from: try entry.instant("from"),
                until: try entry.optionalInstant("until")
            )
            entries.append(Entry(key: key, interval: interval))
        }
        return entries
    }
}

extension CosignerIntervals.Entry {
    fileprivate var json: JSON {
        var object = JSONObject()
        object["from"] = .string(interval.from.text)
        object["until"] = interval.until.map { .string($0.text) }
        object["vkey"] = .string(key.text)
        return .object(object)
    }
}
