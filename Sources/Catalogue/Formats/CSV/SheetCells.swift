import CanonicalJSON

/// The cells of one row on their way to an item or an evaluation.
struct SheetCells {
    private let language: String
    private var object = JSONObject()
    /// Where the members came from, by pointer.
    private var places: [(pointer: String, place: String)] = []

    init(language: String) {
        self.language = language
    }

    /// Puts a cell where its column says.
    mutating func set(
        _ cell: String,
        _ column: ColumnMapping.Column,
        place: String,
        _ remarks: inout RecordRemarks
    ) {
        let target = column.target
        places.removeAll { $0.pointer == target.pointer }
        places.append((target.pointer, place))
        let parts = column.split.map { separator in
            cell.split(separator: separator).map { PlainText.trimmed(String($0)) }
        }
        let values = (parts ?? [cell]).filter { !$0.isEmpty }.map {
            column.values[ColumnMapping.key($0)] ?? $0
        }
        guard let first = values.first else { return }
        switch target.shape {
        case .string, .date, .decimal: put([.string(first)], target, isList: false)
        case .text:
            let texts: JSON = .object(
                Self.merged(existing(target), [target.language ?? language: first])
            )
            put([texts], target, isList: false)
        case .code(let list):
            put(codes([first], list, target, place, &remarks), target, isList: false)
        case .codes(let list):
            put(codes(values, list, target, place, &remarks), target, isList: true)
        case .strings: put(values.map { .string($0) }, target, isList: true)
        case .outcomes:
            let outcomes = values.map { Self.titled($0, language) }
            put(outcomes, target, isList: true)
        case .credits(let framework): addCredits(first, framework)
        case .grading: object["gradingScheme"] = Self.titled(first, language)
        }
    }

    private func codes(
        _ values: [String],
        _ list: CodeList,
        _ target: ColumnTarget,
        _ place: String,
        _ remarks: inout RecordRemarks
    ) -> [JSON] {
        values.compactMap { value in
            if let uri = target.coded(value, of: list) { return .string(uri) }
            let some = list.codes.prefix(4).map(\.label).joined(separator: ", ")
            remarks.add(
                .warning,
                place,
                "\"\(PlainText(String(value.prefix(60))).text)\" is not in the list \(list.name); "
                    + "left out",
                "say what it means under values in the mapping file; the list has \(some) ..."
            )
            return nil
        }
    }

    /// `{"title":{"<language>":"<text>"}}`.
    private static func titled(_ text: String, _ language: String) -> JSON {
        var title = JSONObject()
        title[language] = .string(text)
        return ["title": .object(title)]
    }

    private mutating func addCredits(_ number: String, _ framework: String) {
        var points = JSONObject()
        points["number"] = .string(number)
        if !framework.isEmpty { points["framework"] = .string(framework) }
        object["creditPoints"] = .array((object["creditPoints"]?.array ?? []) + [.object(points)])
    }

    private func existing(_ target: ColumnTarget) -> JSONObject? {
        let names = target.name.split(separator: ".").map(String.init)
        guard names.count == 2 else { return object[names[0]]?.object }
        return object[names[0]]?[names[1]]?.object
    }

    private static func merged(_ object: JSONObject?, _ texts: [String: String]) -> JSONObject {
        var result = object ?? JSONObject()
        for (tag, text) in texts { result[tag] = .string(text) }
        return result
    }

    private mutating func put(_ values: [JSON], _ target: ColumnTarget, isList: Bool) {
        guard let first = values.first else { return }
        let names = target.name.split(separator: ".").map(String.init)
        if names.count == 2 {
            var inner = object[names[0]]?.object ?? JSONObject()
            inner[names[1]] = first
            object[names[0]] = .object(inner)
        } else if isList {
            object[names[0]] = .array((object[names[0]]?.array ?? []) + values)
        } else {
            object[names[0]] = first
        }
    }

    // MARK: The finished row

    /// The item, through the patient reader of our own format, whose remarks are traced back to the
    /// columns.
    consuming func item(
        _ remarks: consuming RecordRemarks,
        _ defaults: ImportDefaults
    ) -> ImportRecord {
        if object["id"] == nil { derive() }
        if object["defaultLanguage"] == nil { object["defaultLanguage"] = .string(language) }
        let isCopied = object["awardingBody"] == nil
        complete("provider", defaults)
        complete("awardingBody", defaults)
        let base = remarks.base
        let read = OwnItem(defaults: defaults).records(of: .object(object), base: base)
        let places = places.sorted { $0.pointer.utf8.count > $1.pointer.utf8.count }
        let mark = base + ", /"
        let problems = read.flatMap(\.problems).compactMap { problem -> ImportProblem? in
            // What is wrong with the provider is said once.
            if isCopied, problem.at.hasPrefix(mark + "awardingBody") { return nil }
            guard problem.at.hasPrefix(mark) else { return problem }
            let pointer = "/" + problem.at.dropFirst(mark.count)
            let found = places.first { pointer.hasPrefix($0.pointer) }
            return ImportProblem(
                at: found.map { base + ", " + $0.place } ?? problem.at,
                message: problem.message,
                remedy: problem.remedy,
                severity: problem.severity
            )
        }
        return ImportRecord(
            at: base,
            item: read.first?.item,
            problems: remarks.problems + problems
        )
    }

    /// A sheet without ids: what tells rows apart is provider and title.
    private mutating func derive() {
        let title = object["title"]?.object?.names.sorted().first
        let name = title.flatMap { object["title"]?[$0]?.string } ?? ""
        let provider = object["provider"]?["name"]?.canonicalText ?? ""
        object["id"] = .string(
            ItemIdentifier.derived(format: ImportFormat.csv.rawValue, sourceID: [provider, name])
        )
    }

    /// A body of which the sheet does not say its name is the importing institution; who awards is
    /// who provides, unless the sheet says otherwise.
    private mutating func complete(_ name: String, _ defaults: ImportDefaults) {
        guard var body = object[name]?.object else {
            let provider = name == "awardingBody" ? object["provider"] : nil
            object[name] = provider ?? defaults.institution.json
            return
        }
        guard body["name"] == nil else { return }
        body["name"] = defaults.institution.name.json
        object[name] = .object(body)
    }

    private static func address(
        _ text: String?,
        _ place: String,
        _ remarks: inout RecordRemarks
    ) -> String? {
        guard let text else { return nil }
        let address = WrittenForm.escapingURI(text)
        if WrittenForm.isWebAddress(address) { return address }
        remarks.add(
            .warning,
            place,
            "no web address; left out",
            "write the full address with https://"
        )
        return nil
    }

    /// The evaluation of an existing item.
    consuming func evaluation(_ remarks: consuming RecordRemarks) -> ImportRecord {
        let place: (String) -> String = { [places] pointer in
            places.first { $0.pointer == pointer }?.place ?? pointer
        }
        let number: (String, inout RecordRemarks) -> String? = { [object] name, remarks in
            guard let text = object[name]?.string else { return nil }
            if let decimal = WrittenForm.decimal(lenient: text) { return decimal }
            remarks.add(
                .warning,
                place("/" + name),
                "\"\(PlainText(String(text.prefix(40))).text)\" is no number; left out",
                "write a number such as 4.2"
            )
            return nil
        }
        guard let id = object["item"]?.string, let score = number("score", &remarks) else {
            remarks.add(
                .error,
                object["item"] == nil ? place("/item") : place("/score"),
                "the field is empty or unreadable",
                "a row needs the id of an item and a score"
            )
            return remarks.refused()
        }
        var evaluation = StudentEvaluation(score: score)
        evaluation.scaleMinimum = number("scaleMinimum", &remarks)
        evaluation.scaleMaximum = number("scaleMaximum", &remarks)
        evaluation.sampleSize = number("sampleSize", &remarks).flatMap(Int64.init)
        evaluation.date = object["date"]?.string
        evaluation.url = Self.address(object["url"]?.string, place("/url"), &remarks)
        if let fault = evaluation.fault {
            remarks.add(.error, place("/score"), fault, "check score and scale")
            return remarks.refused()
        }
        return ImportRecord(
            evidence: QualityEvidence(itemID: id, evaluation: evaluation),
            at: remarks.place(""),
            problems: remarks.problems
        )
    }
}

extension StudentEvaluation {
    /// What is impossible about it: a score outside its scale.
    fileprivate var fault: String? {
        guard let value = Double(score) else { return "the score is no number" }
        if let low = scaleMinimum.flatMap(Double.init), value < low {
            return "the score \(score) is below the scale, which begins at \(scaleMinimum ?? "")"
        }
        if let high = scaleMaximum.flatMap(Double.init), value > high {
            return "the score \(score) is above the scale, which ends at \(scaleMaximum ?? "")"
        }
        return nil
    }
}
