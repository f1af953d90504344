import CanonicalJSON

/// Makes the texts of a JSON value plain before it is mapped, and remarks on every change.
struct SourceText {
    private(set) var remarks: RecordRemarks

    init(remarks: RecordRemarks) {
        self.remarks = remarks
    }

    /// The value with plain texts; members that turn out to be empty are left out.
    mutating func clean(_ value: JSON, at pointer: String = "") -> JSON {
        clean(value, at: pointer, name: "") ?? .object(JSONObject())
    }

    private mutating func clean(_ value: JSON, at pointer: String, name: String) -> JSON? {
        switch value {
        case .string(let text): return clean(text, at: pointer, name: name).map { .string($0) }
        case .array(let elements):
            let cleaned = elements.enumerated().compactMap { index, element in
                clean(element, at: pointer + "/" + String(index), name: "")
            }
            return cleaned.isEmpty && !elements.isEmpty ? nil : .array(cleaned)
        case .object(let object):
            var cleaned = JSONObject()
            for (name, member) in object {
                let place = JSONPointer.appending(name, to: pointer)
                cleaned[name] = clean(member, at: place, name: name)
            }
            return cleaned.count == 0 && object.count > 0 ? nil : .object(cleaned)
        case .null, .bool, .number: return value
        }
    }

    /// Identifiers and addresses are no texts and stay as they are.
    private mutating func clean(_ text: String, at pointer: String, name: String) -> String? {
        if WrittenForm.isURI(text) || (name == ItemName.id.rawValue && !text.isEmpty) {
            return text
        }
        let plain = PlainText(text)
        if !plain.changes.isEmpty {
            remarks.add(
                .warning,
                pointer,
                plain.changes.map(\.rawValue).joined(separator: "; "),
                "check the text as it is now; write plain text in the source"
            )
        }
        if plain.text.isEmpty {
            remarks.add(
                .warning,
                pointer,
                "an empty text was left out",
                "fill it, or remove the member"
            )
            return nil
        }
        return plain.text
    }
}
