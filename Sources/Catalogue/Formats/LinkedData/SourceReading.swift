import CanonicalJSON
import Keys

/// Reads single values of a linked-data source in the forms in which others write them; what is
/// changed or dropped is remarked on.
struct SourceReading {
    var remarks: RecordRemarks
    /// BCP 47 tag of texts that name no language.
    var language: String

    mutating func remark(
        _ severity: ImportProblem.Severity,
        _ pointer: String,
        _ message: String,
        _ remedy: String = "nothing to do"
    ) {
        remarks.add(severity, pointer, message, remedy)
    }

    // MARK: Texts

    /// `text` without markup; nil when nothing is left.
    mutating func plain(_ text: String, at pointer: String) -> String? {
        let plain = PlainText(text)
        if plain.changes.contains(where: { $0 != .space }) {
            remark(
                .warning,
                pointer,
                plain.changes.map(\.rawValue).joined(separator: "; "),
                "check the text as it is now; write plain text in the source"
            )
        }
        return plain.text.isEmpty ? nil : plain.text
    }

    /// A single text: the string, or the value of a JSON-LD value object.
    mutating func string(_ member: LinkedNode.Value?) -> String? {
        guard let member else { return nil }
        let value = member.value.array?.first ?? member.value
        if let text = value.string ?? value["@value"]?.string {
            return plain(text, at: member.pointer)
        }
        if let number = value.number { return number.canonicalText }
        if let text = text(member) { return text.best(for: language) }
        return nil
    }

    /// A text by language: a map from tag to text or texts, JSON-LD value objects, or plain
    /// strings, which are in the language of the source.
    mutating func text(_ member: LinkedNode.Value?) -> LocalizedText? {
        guard let member else { return nil }
        var texts: [String: String] = [:]
        add(member.value, at: member.pointer, language: nil, to: &texts)
        return texts.isEmpty ? nil : LocalizedText(texts)
    }

    private mutating func add(
        _ value: JSON,
        at pointer: String,
        language tag: String?,
        to texts: inout [String: String]
    ) {
        switch value {
        case .string(let text):
            guard let text = plain(text, at: pointer) else { return }
            let tag = tag ?? language
            texts[tag] = texts[tag].map { $0 + "\n" + text } ?? text
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                add(element, at: pointer + "/" + String(index), language: tag, to: &texts)
            }
        case .object(let object):
            if let text = object["@value"] {
                let tag = object["@language"]?.string.flatMap { checked($0, at: pointer) }
                add(text, at: pointer, language: tag, to: &texts)
                return
            }
            for (name, text) in object where tag == nil {
                let place = JSONPointer.appending(name, to: pointer)
                guard name == "@none" || name == "none" || checked(name, at: place) != nil else {
                    continue
                }
                let known = name == "@none" || name == "none" ? language : name
                add(text, at: place, language: known, to: &texts)
            }
        case .number(let number):
            texts[tag ?? language] = number.canonicalText
        case .null, .bool: break
        }
    }

    private mutating func checked(_ tag: String, at pointer: String) -> String? {
        if LanguageTag.isValid(tag) { return tag }
        remark(
            .warning,
            pointer,
            "\"\(PlainText(String(tag.prefix(40))).text)\" is no language tag; the text was left "
                + "out",
            "write a BCP 47 tag such as en"
        )
        return nil
    }

    // MARK: Numbers, durations, dates

    /// A decimal; a JSON number and a comma are taken with a remark.
    mutating func decimal(_ member: LinkedNode.Value?, of what: String) -> String? {
        guard let member else { return nil }
        let value = member.value.array?.first ?? member.value
        let text = value.number?.canonicalText ?? value.string ?? value["@value"]?.string
        guard let text, let decimal = WrittenForm.decimal(lenient: text) else {
            remark(
                .warning,
                member.pointer,
                "no number of \(what); left out",
                "write a number such as \"2.5\""
            )
            return nil
        }
        if value.number != nil {
            remark(
                .note,
                member.pointer,
                "a JSON number where a string of \(what) is expected; read as \"\(decimal)\"",
                "write it as a string"
            )
        } else if text.utf8.contains(UInt8(ascii: ",")) {
            remark(
                .note,
                member.pointer,
                "\(text) was read as \"\(decimal)\"",
                "write decimals with a point"
            )
        }
        return decimal
    }

    /// Hours of work from an ISO 8601 duration or a number; a duration without hours is questioned
    /// and left out.
    mutating func hours(_ member: LinkedNode.Value?, isExpectedForm: Bool = true) -> String? {
        guard let member else { return nil }
        let value = member.value.array?.first ?? member.value
        let text = value.string ?? value["@value"]?.string
        if isExpectedForm, let hours = text.flatMap(ISODuration.init)?.hours { return hours }
        let read = Workload(text.map { .string($0) } ?? value, at: member.pointer, &remarks)
        guard let hours = read.hours?.string, WrittenForm.isDecimal(hours) else {
            if read.hours != nil {
                remark(
                    .warning,
                    member.pointer,
                    "no duration; left out",
                    "write an ISO 8601 duration of hours such as PT60H"
                )
            }
            return nil
        }
        return hours
    }

    /// The day of a date or time.
    mutating func day(_ member: LinkedNode.Value?) -> String? {
        guard let member else { return nil }
        let text = member.value.string ?? member.value["@value"]?.string ?? ""
        let day = String(text.prefix(10))
        if Instant(date: day) != nil { return day }
        remark(
            .warning,
            member.pointer,
            "\"\(PlainText(String(text.prefix(40))).text)\" is no date; left out",
            "write it as YYYY-MM-DD"
        )
        return nil
    }

    // MARK: Addresses

    /// A web address, percent-encoded where the source forgot it; nil when it is none.
    mutating func web(_ member: LinkedNode.Value?) -> String? {
        guard let member else { return nil }
        let value = member.value.array?.first ?? member.value
        let named = value["@value"] ?? value["@id"] ?? value["id"]
        guard let text = value.string ?? named?.string else { return nil }
        let address = WrittenForm.escapingURI(PlainText(text).text)
        if WrittenForm.isWebAddress(address) { return address }
        remark(
            .warning,
            member.pointer,
            "\"\(PlainText(String(text.prefix(80))).text)\" is no web address; left out",
            "write the full address with https://"
        )
        return nil
    }

    /// One note for the members that the mapping does not read, so that nothing is lost silently.
    mutating func remarkOnRest(of node: LinkedNode, read: Set<String>, why: String) {
        let rest = node.names.filter { !read.contains($0) }
        guard !rest.isEmpty else { return }
        remark(.note, node.pointer, "\(why): " + rest.joined(separator: ", "))
    }
}
