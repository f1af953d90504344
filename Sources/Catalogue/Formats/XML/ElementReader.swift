import CanonicalJSON
import Keys
import XML

/// Reads the values of one record of an XML source, and collects a remark with line and column on
/// everything that was changed, doubtful or left out.
struct ElementReader {
    let defaults: ImportDefaults
    /// The element that is the record.
    let record: XMLElement
    /// BCP 47 tag of texts that name no language.
    var language: String
    private var remarks = RecordRemarks(base: "")
    private var rest: [XMLElement] = []
    /// The first text that names no language.
    private var untagged: XMLElement?

    init(_ record: XMLElement, defaults: ImportDefaults) {
        self.record = record
        self.defaults = defaults
        language = defaults.language
    }

    /// `line 3, column 5, <title>`.
    static func place(_ element: XMLElement) -> String {
        "\(element.position), <\(element.name)>"
    }

    // MARK: Remarks

    mutating func remark(
        _ severity: ImportProblem.Severity,
        _ element: XMLElement,
        _ message: String,
        _ remedy: String
    ) {
        remarks.add(severity, Self.place(element), message, remedy)
    }

    /// Notes the children that are not among `mapped`, for one remark at the end of the record.
    mutating func leaveRest(of element: XMLElement, mapped: Set<String>) {
        rest += element.children.filter { !mapped.contains($0.name) }
    }

    mutating func leave(_ elements: [XMLElement]) {
        rest += elements
    }

    /// The finished record: `item` when its values are acceptable, otherwise what is wrong.
    consuming func record(_ item: LearningOpportunity) -> ImportRecord {
        remarkOnLanguage(of: item)
        if let untagged {
            remark(
                .note,
                untagged,
                "texts that name no language were taken as \(language)",
                "name the language of each text; --language names that of a whole source"
            )
        }
        return finish { remarks, place in
            remarks.record(item, rename: { "\(place), mapped item \($0)" })
        }
    }

    /// The finished record of what cannot become an item; a problem says why.
    consuming func refused() -> ImportRecord {
        finish { remarks, _ in remarks.refused() }
    }

    private consuming func finish(
        _ end: (RecordRemarks, _ place: String) -> ImportRecord
    ) -> ImportRecord {
        remarkOnRest()
        let place = "\(record.position)"
        let finished = end(remarks, place)
        return ImportRecord(at: place, item: finished.item, problems: finished.problems)
    }

    private mutating func remarkOnRest() {
        rest.sort { $0.position < $1.position }
        guard let first = rest.first else { return }
        var names: [String] = []
        for element in rest where !names.contains(element.name) { names.append(element.name) }
        // XML takes a byte-order mark for a letter.
        let shown = names.prefix(30).map { name in
            "<\(String(String.UnicodeScalarView(name.unicodeScalars.filter(PlainText.isShown))))>"
        }.joined(separator: ", ")
        remark(
            .note,
            first,
            "not carried over: \(shown)\(names.count > 30 ? " and more" : "")",
            "nothing to do: an item has no place for it"
        )
        rest = []
    }

    private mutating func remarkOnLanguage(of item: LearningOpportunity) {
        guard !item.title.texts.isEmpty, !item.title.covers(item.defaultLanguage) else { return }
        let tags = item.title.texts.keys.sorted().joined(separator: ", ")
        remark(
            .warning,
            record,
            "the title is only there in \(tags), the default language is \(item.defaultLanguage)",
            "add a title in \(item.defaultLanguage), or change the default language"
        )
    }

    // MARK: Texts

    /// The text of an element as plain text; nil when there is none.
    mutating func text(_ element: XMLElement?) -> String? {
        guard let element else { return nil }
        let plain = PlainText(Self.withoutIndentation(element.text))
        var changes = plain.changes.filter { $0 != .space }.map(\.rawValue)
        if !element.children.isEmpty {
            changes.append("elements within the text were removed, their text stays")
        }
        if !changes.isEmpty {
            remark(
                .warning,
                element,
                changes.joined(separator: "; "),
                "check the text as it is now; write plain text in the source"
            )
        }
        return plain.text.isEmpty ? nil : plain.text
    }

    /// The texts of elements by language. `tag` finds the language that an element names.
    mutating func texts(
        _ elements: [XMLElement],
        tag: (XMLElement) -> String?
    ) -> LocalizedText? {
        var texts: [String: String] = [:]
        for element in elements {
            guard let text = text(element) else { continue }
            let named = languageTag(tag(element), of: element)
            if named == nil, untagged == nil { untagged = element }
            let tag = named ?? language
            guard let known = texts[tag] else {
                texts[tag] = text
                continue
            }
            if known == text { continue }
            remark(
                .warning,
                element,
                "a second text in \(tag); the first one is kept",
                "keep one text for each language, or name the language of this one"
            )
        }
        return texts.isEmpty ? nil : LocalizedText(texts)
    }

    /// A tag in its BCP 47 form; nil for none and for what is no language.
    mutating func languageTag(_ text: String?, of element: XMLElement) -> String? {
        guard let text, !text.isEmpty else { return nil }
        switch LanguageName.tag(of: text) {
        case .tag(let tag): return tag
        case .noLanguage: return nil
        case .unknown:
            remark(
                .warning,
                element,
                "\"\(PlainText(text).text.prefix(40))\" is no language tag; \"\(language)\" was "
                    + "assumed",
                "write a BCP 47 tag such as en"
            )
            return nil
        }
    }

    /// A text that was set into its own lines loses the indentation of those lines.
    private static func withoutIndentation(_ text: String) -> String {
        guard text.utf8.first == UInt8(ascii: "\n") || text.utf8.first == UInt8(ascii: "\r") else {
            return text
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line in
            String(line.drop { $0 == " " || $0 == "\t" })
        }.joined(separator: "\n")
    }

    // MARK: Values

    /// A decimal; another spelling is changed with a remark, anything else left out with one.
    mutating func decimal(_ element: XMLElement?) -> String? {
        guard let element, let text = text(element) else { return nil }
        guard let decimal = WrittenForm.decimal(lenient: text) else {
            remark(
                .warning,
                element,
                "\"\(text.prefix(40))\" is no number; left out",
                "write a decimal number with a point, such as 2.5"
            )
            return nil
        }
        if text.contains(",") {
            remark(
                .warning,
                element,
                "\(text) was read as \(decimal): the comma counts as the point",
                "write decimals with a point; XML Schema knows no comma"
            )
        }
        return decimal
    }

    /// Hours from an ISO 8601 duration, as XML has them, or from a number, with a remark; months and
    /// the like are questioned.
    mutating func hours(_ element: XMLElement?) -> String? {
        guard let element, let text = text(element) else { return nil }
        if let hours = ISODuration(text)?.hours { return hours }
        let workload = Workload(.string(text), at: Self.place(element), &remarks)
        guard let hours = workload.hours?.string else { return nil }
        if WrittenForm.isDecimal(hours) { return hours }
        remark(
            .warning,
            element,
            "\"\(text.prefix(40))\" is no duration; left out",
            "write an ISO 8601 duration such as PT60H"
        )
        return nil
    }

    /// The day of a date or of a date and time.
    mutating func day(_ element: XMLElement?) -> String? {
        guard let element, let text = text(element) else { return nil }
        let day = String(text.prefix(10))
        if Instant(date: day) != nil { return day }
        remark(
            .warning,
            element,
            "\"\(text.prefix(40))\" is no date; left out",
            "write it as YYYY-MM-DD"
        )
        return nil
    }

    /// A web address, percent-encoded where the source forgot it.
    mutating func web(_ element: XMLElement?) -> String? {
        guard let element, let text = text(element) else { return nil }
        let address = WrittenForm.escapingURI(text)
        if WrittenForm.isWebAddress(address) { return address }
        remark(
            .warning,
            element,
            "\"\(text.prefix(80))\" is no web address; left out",
            "write the full address with https://"
        )
        return nil
    }

    /// An absolute URI, percent-encoded where the source forgot it.
    mutating func uri(_ text: String?, of element: XMLElement) -> String? {
        guard let text else { return nil }
        let uri = WrittenForm.escapingURI(PlainText(text).text)
        if WrittenForm.isURI(uri) { return uri }
        remark(
            .warning,
            element,
            "\"\(PlainText(text).text.prefix(80))\" is no URI; left out",
            "write the full URI"
        )
        return nil
    }

    /// A URI of a code list; one that the list does not have is left out when `isClosed`, and kept
    /// with a remark otherwise.
    mutating func code(
        _ text: String?,
        of element: XMLElement,
        in list: CodeList,
        isClosed: Bool = false
    ) -> String? {
        guard let uri = uri(text, of: element) else { return nil }
        if list.contains(uri) { return uri }
        remark(
            .warning,
            element,
            "the list \(list.name) has no \(uri.prefix(80))\(isClosed ? "; left out" : "")",
            "use a value of the list, or check how it is written"
        )
        return isClosed ? nil : uri
    }
}
