import CanonicalJSON
import Keys

/// Our own format: the written form of an item, read with some patience for what people type.
struct OwnItem: RecordMapper {
    let defaults: ImportDefaults

    func records(of value: JSON, base: String) -> [ImportRecord] {
        var text = SourceText(remarks: RecordRemarks(base: base))
        let cleaned = text.clean(value)
        var remarks = text.remarks
        guard var object = cleaned.object else {
            remarks.add(
                .error,
                "",
                "\(value.kind) where an item is expected",
                "write each item as an object"
            )
            return [remarks.refused()]
        }
        fillIn(&object, &remarks)
        fitIdentifier(&object, &remarks)
        let mended = mend(.object(object), at: "", name: nil, &remarks)
        do {
            let item = try LearningOpportunity(json: mended)
            remarks.addOnLanguage(of: item)
            return [remarks.taken(item)]
        } catch {
            return [remarks.refused(error)]
        }
    }

    private func fillIn(_ object: inout JSONObject, _ remarks: inout RecordRemarks) {
        if object[.defaultLanguage] == nil {
            object[.defaultLanguage] = .string(defaults.language)
            remarks.add(
                .note,
                ItemName.defaultLanguage.pointer,
                "not stated; \"\(defaults.language)\" was assumed",
                "state the language that the item is described in"
            )
        }
        for name in [ItemName.provider, .awardingBody] where object[name] == nil {
            object[name] = defaults.institution.json
            remarks.add(
                .note,
                name.pointer,
                "not stated; \(defaults.institutionName) was assumed",
                "state it when it is another body"
            )
        }
    }

    private func fitIdentifier(_ object: inout JSONObject, _ remarks: inout RecordRemarks) {
        guard let id = object[.id]?.string, !id.isEmpty, !ItemIdentifier.isValid(id) else { return }
        let fitting = ItemIdentifier.fitting(format: ImportFormat.json.rawValue, sourceID: id)
        let known = object[.sameAs]?.array ?? []
        let plain = PlainText(id).text
        object[.id] = .string(fitting)
        if !plain.isEmpty, !known.contains(.string(plain)) {
            object[.sameAs] = .array(known + [.string(plain)])
        }
        remarks.add(
            .warning,
            ItemName.id.pointer,
            "\"\(plain)\" is no id; the item became \(fitting)",
            "use 1 to 64 printable ASCII characters without space"
        )
    }

    /// Numbers, durations and times in other forms than the written one become it, with a remark.
    private func mend(
        _ value: JSON,
        at pointer: String,
        name: String?,
        _ remarks: inout RecordRemarks
    ) -> JSON {
        switch value {
        case .array(let elements):
            return .array(
                elements.enumerated().map { index, element in
                    mend(element, at: pointer + "/" + String(index), name: nil, &remarks)
                }
            )
        case .object(var object):
            for (name, member) in object {
                let place = JSONPointer.appending(name, to: pointer)
                object[name] = mend(member, at: place, name: name, &remarks)
                if name == ItemName.workloadHours.rawValue {
                    object[name] = Workload(member, at: place, &remarks).hours
                }
            }
            return .object(object)
        default:
            guard let name else { return value }
            if Self.decimals.contains(name) { return decimal(value, at: pointer, &remarks) }
            if Self.dates.contains(name) { return date(value, at: pointer, &remarks) }
            return value
        }
    }

    private static let decimals = names([.number, .score, .scaleMinimum, .scaleMaximum])
    private static let dates = names([.approvalDate, .reviewDate, .date, .expiryDate])

    private static func names(_ names: [ItemName]) -> Set<String> {
        Set(names.map(\.rawValue))
    }

    private func decimal(
        _ value: JSON,
        at pointer: String,
        _ remarks: inout RecordRemarks
    ) -> JSON {
        let text = value.number?.canonicalText ?? value.string
        guard let text, let decimal = WrittenForm.decimal(lenient: text),
            value.string?.utf8.elementsEqual(decimal.utf8) != true
        else { return value }
        remarks.add(
            .note,
            pointer,
            "\(text) was read as \"\(decimal)\"",
            WrittenForm.decimalRemedy(value)
        )
        return .string(decimal)
    }

    private func date(_ value: JSON, at pointer: String, _ remarks: inout RecordRemarks) -> JSON {
        guard let text = value.string, Instant(date: text) == nil, Instant(lenient: text) != nil
        else { return value }
        let day = String(text.prefix(10))
        remarks.add(
            .note,
            pointer,
            "\(text) was read as the day \(day)",
            "write dates as YYYY-MM-DD"
        )
        return .string(day)
    }
}

extension JSONObject {
    subscript(name: ItemName) -> JSON? {
        get { self[name.rawValue] }
        set { self[name.rawValue] = newValue }
    }
}

extension RecordRemarks {
    /// A title that is missing in the language that the item is described in.
    mutating func addOnLanguage(of item: LearningOpportunity) {
        guard !item.title.covers(item.defaultLanguage) else { return }
        let tags = item.title.texts.keys.sorted().joined(separator: ", ")
        add(
            .warning,
            ItemName.title.pointer,
            "the title is only there in \(tags), the default language is \(item.defaultLanguage)",
            "add a title in \(item.defaultLanguage), or change defaultLanguage"
        )
    }
}
