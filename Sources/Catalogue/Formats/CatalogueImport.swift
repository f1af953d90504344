import CanonicalJSON

/// Reads items from the formats of the outside world.
package enum CatalogueImport {
    /// Reads a whole source that is in memory. Never throws: what cannot be read is a problem of
    /// the report.
    package static func read(
        _ bytes: [UInt8],
        format: ImportFormat,
        mapping: ColumnMapping? = nil,
        defaults: ImportDefaults
    ) -> ImportReport {
        var rest: [UInt8]? = bytes
        var reader = Reader(format: format, mapping: mapping, defaults: defaults) {
            defer { rest = nil }
            return rest
        }
        var items: [LearningOpportunity] = []
        var evidence: [QualityEvidence] = []
        var problems: [ImportProblem] = []
        // The source above never throws, so neither does the reader.
        while let record = try? reader.next() {
            if let item = record.item { items.append(item) }
            if let found = record.evidence { evidence.append(found) }
            problems += record.problems
        }
        return ImportReport(items: items, evidence: evidence, problems: problems)
    }

    /// Reads a source record by record, in memory that does not grow with the source except for the
    /// ids seen so far.
    package struct Reader {
        private var records: Records
        /// What was taken so far; the reader of a further source of the same import goes on from it.
        package private(set) var seen: SeenItems
        private let label: String?
        private var waiting: [ImportRecord] = []
        private var isStarted = false
        private var isFinished = false
        private var cursor: ByteCursor

        private enum Records {
            case json(JSONRecords, any RecordMapper)
            case register(NZQARegister)
            case markup(MarkupRecords)
            case sheet(MappedSheet)
            case refused(ImportProblem)
        }

        /// A reader of `source`, which gives the next chunk of bytes at each call and nil at the
        /// end. The format `csv` needs a `mapping`, without which it reads nothing.
        ///
        /// - Parameters:
        ///   - label: what stands before the places of this source when there are several.
        ///   - seen: what was taken from sources before this one.
        package init(
            format: ImportFormat,
            mapping: ColumnMapping? = nil,
            defaults: ImportDefaults,
            label: String? = nil,
            seen: SeenItems = SeenItems(),
            source: @escaping () throws -> [UInt8]?
        ) {
            cursor = ByteCursor(source)
            self.label = label
            self.seen = seen
            records =
                switch format {
                case .json: .json(JSONRecords(limits: .ownMessage), OwnItem(defaults: defaults))
                case .ob3: .json(JSONRecords(limits: .operatorFile), OpenBadge(defaults: defaults))
                case .nzqa: .register(NZQARegister(defaults: defaults))
                case .qdr: .markup(MarkupRecords(QDRMapper(defaults: defaults)))
                case .lom: .markup(MarkupRecords(LOMMapper(defaults: defaults)))
                case .ewpCourses: .markup(MarkupRecords(EWPCoursesMapper(defaults: defaults)))
                case .oaiPMH: .markup(MarkupRecords(OAIPMHMapper(defaults: defaults)))
                case .csv: Self.sheet(mapping, defaults)
                case .elm:
                    .json(JSONRecords(limits: .operatorFile), ELMDocument(defaults: defaults))
                case .ob2: .json(JSONRecords(limits: .operatorFile), BadgeClass(defaults: defaults))
                case .ctdl:
                    .json(JSONRecords(limits: .operatorFile), CTDLDocument(defaults: defaults))
                }
        }

        /// The next record, taken or not; nil at the end. A record without item and with only notes
        /// is a remark on the source itself.
        ///
        /// - Throws: what the source throws, nothing else.
        package mutating func next() throws -> ImportRecord? {
            if !isStarted {
                isStarted = true
                switch try cursor.skipMark() {
                case .none: break
                case .utf8: return labelled(ImportRecord(refused: EncodingCheck.mark))
                case .utf16:
                    isFinished = true
                    return labelled(ImportRecord(refused: EncodingCheck.utf16))
                }
            }
            while waiting.isEmpty {
                guard try !isFinished && read() else { return nil }
            }
            return seen.withoutDuplicate(labelled(waiting.removeFirst()))
        }

        private func labelled(_ record: ImportRecord) -> ImportRecord {
            label.map { record.labelled($0) } ?? record
        }

        private static func sheet(
            _ mapping: ColumnMapping?,
            _ defaults: ImportDefaults
        ) -> Records {
            if let mapping { return .sheet(MappedSheet(mapping: mapping, defaults: defaults)) }
            return .refused(
                ImportProblem(
                    at: "line 1",
                    message: "a sheet needs a mapping file",
                    remedy: "name it with --mapping",
                    severity: .error
                )
            )
        }

        private mutating func read() throws -> Bool {
            switch records {
            case .json(var texts, let mapper):
                defer { records = .json(texts, mapper) }
                guard let text = try texts.next(from: &cursor) else { return false }
                switch text {
                case .problem(let problem): waiting = [ImportRecord(refused: problem)]
                case .value(let value, let base): waiting = mapper.records(of: value, base: base)
                }
            case .register(var register):
                defer { records = .register(register) }
                guard let record = try register.next(from: &cursor) else { return false }
                waiting = [record]
            case .markup(var markup):
                defer { records = .markup(markup) }
                guard let read = try markup.next(from: &cursor) else { return false }
                waiting = read
            case .sheet(var sheet):
                defer { records = .sheet(sheet) }
                guard let record = try sheet.next(from: &cursor) else { return false }
                waiting = [record]
            case .refused(let problem):
                isFinished = true
                waiting = [ImportRecord(refused: problem)]
            }
            return true
        }
    }
}

/// Turns one JSON value of a source into records.
protocol RecordMapper {
    func records(of value: JSONRecords.Value, base: String) -> [ImportRecord]
}
