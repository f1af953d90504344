import CanonicalJSON

/// Reads items from the formats of the outside world.
package enum CatalogueImport {
    /// Reads a whole source that is in memory. Never throws: what cannot be read is a problem of
    /// the report.
    package static func read(
        _ bytes: [UInt8],
        format: ImportFormat,
        defaults: ImportDefaults
    ) -> ImportReport {
        var rest: [UInt8]? = bytes
        var reader = Reader(format: format, defaults: defaults) {
            defer { rest = nil }
            return rest
        }
        var items: [LearningOpportunity] = []
        var problems: [ImportProblem] = []
        // The source above never throws, so neither does the reader.
        while let record = try? reader.next() {
            if let item = record.item { items.append(item) }
            problems += record.problems
        }
        return ImportReport(items: items, problems: problems)
    }

    /// Reads a source record by record, in memory that does not grow with the source except for the
    /// ids seen so far.
    package struct Reader {
        private var records: Records
        private var seen: [String: String] = [:]
        private var waiting: [ImportRecord] = []
        private var isStarted = false
        private var isFinished = false
        private var cursor: ByteCursor

        private enum Records {
            case json(JSONRecords, any RecordMapper)
            case register(NZQARegister)
            case markup(MarkupRecords)
        }

        /// A reader of `source`, which gives the next chunk of bytes at each call and nil at the
        /// end.
        package init(
            format: ImportFormat,
            defaults: ImportDefaults,
            source: @escaping () throws -> [UInt8]?
        ) {
            cursor = ByteCursor(source)
            records =
                switch format {
                case .json: .json(JSONRecords(limits: .ownMessage), OwnItem(defaults: defaults))
                case .ob3: .json(JSONRecords(limits: .operatorFile), OpenBadge(defaults: defaults))
                case .nzqa: .register(NZQARegister(defaults: defaults))
                case .qdr: .markup(MarkupRecords(QDRMapper(defaults: defaults)))
                case .lom: .markup(MarkupRecords(LOMMapper(defaults: defaults)))
                case .ewpCourses: .markup(MarkupRecords(EWPCoursesMapper(defaults: defaults)))
                case .oaiPMH: .markup(MarkupRecords(OAIPMHMapper(defaults: defaults)))
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
                case .utf8: return ImportRecord(refused: EncodingCheck.mark)
                case .utf16:
                    isFinished = true
                    return ImportRecord(refused: EncodingCheck.utf16)
                }
            }
            while waiting.isEmpty {
                guard try !isFinished && read() else { return nil }
            }
            return withoutDuplicate(waiting.removeFirst())
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
            }
            return true
        }

        /// The second record with an id is refused: which of the two is right, nobody knows.
        private mutating func withoutDuplicate(_ record: ImportRecord) -> ImportRecord {
            guard let id = record.item?.id else { return record }
            guard let first = seen[id] else {
                seen[id] = record.at
                return record
            }
            let problem = ImportProblem(
                at: record.at,
                message: "the id \"\(id)\" was already used at \(first)",
                remedy: "give each item its own id, or remove one of the two",
                severity: .error
            )
            return ImportRecord(at: record.at, item: nil, problems: record.problems + [problem])
        }
    }
}

/// Turns one JSON value of a source into records.
protocol RecordMapper {
    func records(of value: JSONRecords.Value, base: String) -> [ImportRecord]
}
