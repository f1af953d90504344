import CanonicalJSON

/// How the columns of a sheet become members of items, or evaluations of items: the mapping file
/// of the format `csv`.
package struct ColumnMapping: Sendable {
    /// What a row is.
    enum Kind: String, CaseIterable {
        /// One item.
        case items
        /// The evaluation of an existing item by its students.
        case evaluations
    }

    /// Where the cells of a column go and how they are read.
    struct Column {
        let target: ColumnTarget
        /// Separates several values in one cell.
        var split: String?
        /// The forms of dates that the column has.
        var dates: [DateForm] = []
        /// Values of the sheet and what they mean.
        var values: [String: String] = [:]
    }

    let kind: Kind

    /// Whether the rows are evidence for items that exist, not items.
    package var isEvidence: Bool { kind == .evaluations }

    /// BCP 47 tag of texts whose target names no language; nil for that of the import.
    let language: String?
    /// Columns by their name in the header.
    let columns: [String: Column]
    /// Columns that are left out on purpose.
    let ignored: Set<String>
    /// What holds for every row.
    let constants: [(target: ColumnTarget, value: String)]

    /// Reads a mapping file in YAML or JSON.
    ///
    /// - Throws: `MappingFault` for another version, unknown names and targets, and a mapping
    ///   without what a row needs (`id` and `title` of items, `item` and `score` of evaluations).
    package init(bytes: [UInt8]) throws(MappingFault) {
        let file = try MappingText.read(bytes)
        guard let object = file.object else {
            throw Self.fault("", "no map", "write version, kind and columns")
        }
        try Self.check(object)
        let kind = try Self.kind(object["kind"])
        self.kind = kind
        language = try Self.language(object["language"])
        var columns: [String: Column] = [:]
        var ignored: Set<String> = []
        for (name, value) in object["columns"]?.object ?? JSONObject() {
            let place = JSONPointer.appending(name, to: "/columns")
            if value.string == "ignore" {
                ignored.insert(Self.key(name))
            } else {
                columns[Self.key(name)] = try Self.column(value, kind, at: place)
            }
        }
        self.columns = columns
        self.ignored = ignored
        var constants: [(target: ColumnTarget, value: String)] = []
        for (name, value) in object["constants"]?.object ?? JSONObject() {
            let place = JSONPointer.appending(name, to: "/constants")
            guard let text = value.string else {
                throw Self.fault(place, "\(value.kind) where a string is expected", "write a text")
            }
            constants.append((try Self.target(name, kind, at: place), text))
        }
        self.constants = constants
        try checkNeeds()
    }

    /// Header names are compared without regard to case and to spaces at the ends.
    static func key(_ name: String) -> String {
        PlainText(name).text.lowercased()
    }

    private static func fault(
        _ pointer: String,
        _ message: String,
        _ remedy: String
    ) -> MappingFault {
        MappingFault(at: pointer.isEmpty ? "the file" : pointer, message: message, remedy: remedy)
    }

    private static func check(_ object: JSONObject) throws(MappingFault) {
        let known = ["version", "kind", "language", "columns", "constants"]
        for name in object.names where !known.contains(name) {
            throw fault(
                JSONPointer.appending(name, to: ""),
                "unknown name",
                "use one of: " + known.joined(separator: ", ")
            )
        }
        let version = object["version"]?.string ?? object["version"]?.integer.map(String.init)
        guard version == "1" else {
            throw fault("/version", "another version than 1", "write version: 1")
        }
        guard object["columns"]?.object?.count ?? 0 > 0 else {
            throw fault("/columns", "no columns", "name at least the columns of id and title")
        }
    }

    private static func kind(_ value: JSON?) throws(MappingFault) -> Kind {
        guard let value else { return .items }
        guard let kind = value.string.flatMap(Kind.init) else {
            throw fault("/kind", "unknown kind", "write items or evaluations")
        }
        return kind
    }

    private static func language(_ value: JSON?) throws(MappingFault) -> String? {
        guard let value else { return nil }
        guard let tag = value.string, LanguageTag.isValid(tag) else {
            throw fault("/language", "no language tag", "write a BCP 47 tag such as fr")
        }
        return tag
    }

    private static func target(
        _ name: String,
        _ kind: Kind,
        at place: String
    ) throws(MappingFault) -> ColumnTarget {
        if let target = ColumnTarget(name, kind) { return target }
        throw fault(
            place,
            "\"\(name)\" is nothing that a column can fill",
            "use one of: " + ColumnTarget.names(of: kind).joined(separator: ", ")
                + ", or ignore; texts take a language, such as title.en"
        )
    }

    private static func column(
        _ value: JSON,
        _ kind: Kind,
        at place: String
    ) throws(MappingFault) -> Column {
        if let name = value.string { return Column(target: try target(name, kind, at: place)) }
        guard let object = value.object, let name = object["to"]?.string else {
            throw fault(place, "no target", "write a target, or a map with \"to\"")
        }
        for name in object.names where !["to", "split", "dates", "values"].contains(name) {
            throw fault(
                JSONPointer.appending(name, to: place),
                "unknown name",
                "use to, split, dates or values"
            )
        }
        var column = Column(target: try target(name, kind, at: place))
        column.split = object["split"]?.string
        if let dates = object["dates"] {
            for form in dates.array ?? [dates] {
                guard let known = form.string.flatMap(DateForm.init) else {
                    let forms = DateForm.allCases.map(\.rawValue).joined(separator: ", ")
                    throw fault(place + "/dates", "unknown form of dates", "use one of: " + forms)
                }
                column.dates.append(known)
            }
        }
        for (from, to) in object["values"]?.object ?? JSONObject() {
            guard let text = to.string else {
                throw fault(place + "/values", "\(to.kind) as a value", "write it as a string")
            }
            column.values[key(from)] = text
        }
        return column
    }

    /// Whether a column or a constant fills this target.
    func names(_ target: String) -> Bool {
        columns.values.contains { $0.target.name == target }
            || constants.contains { $0.target.name == target }
    }

    private func checkNeeds() throws(MappingFault) {
        let needs = kind == .items ? ["title"] : ["item", "score"]
        for need in needs where !names(need) {
            throw Self.fault(
                "/columns",
                "no column becomes \(need)",
                "name the column that holds it, such as \"Course\": \(need)"
            )
        }
    }
}
