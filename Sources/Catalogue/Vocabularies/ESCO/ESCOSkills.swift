package import CanonicalJSON

/// A skill of ESCO, the European classification of skills, competences and occupations.
package struct ESCOSkill: Sendable, Equatable {
    /// Such as `http://data.europa.eu/esco/skill/...`.
    package let uri: String
    /// The preferred label. Of a file that runs all labels together: all of them.
    package let label: String
    /// Other labels.
    package let otherLabels: [String]

    /// A skill as given.
    package init(uri: String, label: String, otherLabels: [String] = []) {
        self.uri = uri
        self.label = label
        self.otherLabels = otherLabels
    }

    /// `{"uri":...,"label":...,"otherLabels":[...]}`.
    package var json: JSON {
        var object = JSONObject()
        object["uri"] = .string(uri)
        object["label"] = .string(label)
        if !otherLabels.isEmpty {
            object["otherLabels"] = .array(otherLabels.map { .string($0) })
        }
        return .object(object)
    }

    /// Reads what `json` wrote; nil for anything else.
    package init?(json: JSON) {
        guard let uri = json["uri"]?.string, let label = json["label"]?.string else { return nil }
        self.init(
            uri: uri,
            label: label,
            otherLabels: (json["otherLabels"]?.array ?? []).compactMap(\.string)
        )
    }
}

/// Reads the skills of ESCO: the official CSV (columns `conceptUri`, `preferredLabel`,
/// `altLabels`, ...), or a file of two columns `id` and `description`, in which the labels run
/// together and the description begins with the first capital letter.
package struct ESCOReader {
    /// What a row was.
    package enum Next: Sendable {
        /// A skill.
        case skill(ESCOSkill)
        /// A row, or a file, that could not be read.
        case problem(ImportProblem)
    }

    private enum Columns {
        case official(uri: Int, label: Int, others: Int?)
        case runTogether(uri: Int, text: Int)
    }

    private var cursor: ByteCursor
    private var rows = CSVRows()
    private var columns: Columns?
    private var width = 0
    private var isFinished = false

    /// A reader of `source`, which gives the next chunk of bytes at each call and nil at the end.
    package init(source: @escaping () throws -> [UInt8]?) {
        cursor = ByteCursor(source)
    }

    /// The next skill or problem; nil at the end.
    ///
    /// - Throws: what the source throws, nothing else.
    package mutating func next() throws -> Next? {
        guard !isFinished else { return nil }
        if columns == nil, let problem = try readHeader() {
            isFinished = true
            return .problem(problem)
        }
        switch try rows.next(from: &cursor) {
        case nil: return nil
        case .problem(let problem): return .problem(problem)
        case .row(let row): return skill(of: row)
        }
    }

    private mutating func readHeader() throws -> ImportProblem? {
        if try cursor.skipMark() == .utf16 { return EncodingCheck.utf16 }
        let remedy =
            "use the skills file of the official ESCO download (conceptUri, preferredLabel, "
            + "altLabels), or a file with the columns id and description"
        let header: CSVRows.Row
        switch try rows.next(from: &cursor) {
        case .row(let row): header = row
        case .problem(let problem): return problem
        case nil:
            return ImportProblem(
                at: "line 1",
                message: "the file is empty",
                remedy: remedy,
                severity: .error
            )
        }
        let names = header.fields.map { ColumnMapping.key($0) }
        width = names.count
        if let uri = names.firstIndex(of: "concepturi"),
            let label = names.firstIndex(of: "preferredlabel")
        {
            let others = names.firstIndex(of: "altlabels")
            columns = .official(uri: uri, label: label, others: others)
        } else if let uri = names.firstIndex(of: "id"),
            let text = names.firstIndex(of: "description")
        {
            columns = .runTogether(uri: uri, text: text)
        } else {
            return ImportProblem(
                at: "line \(header.line)",
                message: "no columns of ESCO: " + names.prefix(8).joined(separator: ", "),
                remedy: remedy,
                severity: .error
            )
        }
        return nil
    }

    private func skill(of row: CSVRows.Row) -> Next {
        guard row.fields.count == width else {
            return problem(row, "\(row.fields.count) fields where the header has \(width)")
        }
        let uri: String
        let label: String
        var others: [String] = []
        switch columns {
        case .official(let uriColumn, let labelColumn, let othersColumn):
            uri = PlainText(row.fields[uriColumn]).text
            label = PlainText(row.fields[labelColumn]).text
            if let othersColumn {
                others = row.fields[othersColumn].split { $0.isNewline || $0 == "|" }
                    .map { PlainText(String($0)).text }.filter { !$0.isEmpty && $0 != label }
            }
        case .runTogether(let uriColumn, let textColumn):
            uri = PlainText(row.fields[uriColumn]).text
            let text = PlainText(row.fields[textColumn]).text
            label = PlainText.trimmed(Self.labels(of: text))
        case nil: return problem(row, "a row without header")
        }
        guard WrittenForm.isURI(uri), uri.contains("/esco/") else {
            return problem(row, "\"\(uri.prefix(80))\" is no URI of ESCO")
        }
        guard !label.isEmpty else { return problem(row, "a skill without label") }
        return .skill(ESCOSkill(uri: uri, label: label, otherLabels: others))
    }

    /// The words before the description; the whole text when it has no capital letter or begins
    /// with one.
    private static func labels(of text: String) -> String {
        let words = text.split(separator: " ")
        let end = words.dropFirst().firstIndex { $0.first?.isUppercase == true }
        return words[..<(end ?? words.endIndex)].joined(separator: " ")
    }

    private func problem(_ row: CSVRows.Row, _ message: String) -> Next {
        .problem(
            ImportProblem(
                at: "line \(row.line)",
                message: message,
                remedy: "mend the row, or fetch the file again",
                severity: .error
            )
        )
    }
}

/// Finds labels by the beginnings of words, without regard to case.
package struct LabelSearch: Sendable {
    private let words: [String]

    /// A search for all of these words.
    package init(_ text: String) {
        words = Self.words(of: text)
    }

    /// How well labels fit; smaller is better, nil when a word is in none of them. 0: the first
    /// label is the text; 1: it begins with it; 2: it has all words; 3: another label has them all.
    package func rank(_ label: String, others: [String] = []) -> Int? {
        guard !words.isEmpty else { return nil }
        let own = Self.words(of: label)
        if own == words { return 0 }
        if own.starts(with: words) { return 1 }
        if fits(own) { return 2 }
        return others.contains { fits(Self.words(of: $0)) } ? 3 : nil
    }

    private func fits(_ candidate: [String]) -> Bool {
        words.allSatisfy { word in candidate.contains { $0.hasPrefix(word) } }
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
