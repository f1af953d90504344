import CanonicalJSON
import Keys

/// Maps one Achievement (Open Badges 3.0, section B.1.1), or the BadgeClass of version 2.0 that it
/// came from, to an item.
struct AchievementMapping {
    let defaults: ImportDefaults
    var remarks: RecordRemarks
    /// Pointer of the achievement in the record.
    let prefix: String
    let dialect: BadgeDialect
    var language: String

    init(
        defaults: ImportDefaults,
        remarks: RecordRemarks,
        prefix: String,
        dialect: BadgeDialect = .version3
    ) {
        self.defaults = defaults
        self.remarks = remarks
        self.prefix = prefix
        self.dialect = dialect
        language = defaults.language
    }

    mutating func record(of source: JSON, issuer: JSON?) -> ImportRecord {
        var text = SourceText(remarks: remarks)
        let achievement = text.clean(source, at: prefix)
        remarks = text.remarks
        readLanguage(achievement)
        let id = achievement["id"]?.string
        let name = string("name", of: achievement)
        if id == nil { missing("id") }
        if name == nil { missing("name") }
        guard let id, let name else { return remarks.refused() }
        let body = organisation(of: achievement, issuer: issuer)
        let local = ItemIdentifier.local(id, domain: defaults.domain)
        var item = LearningOpportunity(
            id: local
                ?? ItemIdentifier.fitting(format: dialect.format.rawValue, sourceID: id),
            title: [language: name],
            defaultLanguage: language,
            provider: body,
            awardingBody: body
        )
        if local == nil { item.sameAs = [PlainText(id).text] }
        readTexts(achievement, into: &item)
        readTypes(achievement, into: &item)
        readCredits(achievement, into: &item)
        readAlignments(achievement, into: &item)
        readResults(achievement, into: &item)
        readIdentifiers(achievement, into: &item)
        readExtensions(achievement, into: &item)
        remarkOnRest(achievement)
        return remarks.record(item, rename: { "mapped item " + $0 })
    }

    // MARK: Remarks

    mutating func remark(
        _ severity: ImportProblem.Severity,
        _ pointer: String,
        _ message: String,
        _ remedy: String
    ) {
        remarks.add(severity, prefix + pointer, message, remedy)
    }

    private mutating func missing(_ name: String) {
        remark(
            .error,
            "/" + name,
            "missing",
            "add \"\(name)\"; Open Badges \(dialect.version) requires it"
        )
    }

    /// A string member; another kind of value is left out with a remark.
    mutating func string(_ name: String, of value: JSON, at pointer: String = "") -> String? {
        guard let member = value[name] else { return nil }
        if let text = member.string { return text }
        remark(
            .warning,
            pointer + "/" + name,
            "\(member.kind) where a string is expected; left out",
            "write it as a string"
        )
        return nil
    }

    /// A web address, percent-encoded where the source forgot it; nil when it is none.
    mutating func web(_ text: String?, at pointer: String) -> String? {
        guard let text else { return nil }
        let address = WrittenForm.escapingURI(text)
        if WrittenForm.isWebAddress(address) { return address }
        remark(
            .warning,
            pointer,
            "\"\(text.prefix(80))\" is no web address; left out",
            "write the full address with https://"
        )
        return nil
    }

    // MARK: Parts

    private mutating func readLanguage(_ achievement: JSON) {
        guard let tag = string(dialect.language, of: achievement) else { return }
        if LanguageTag.isValid(tag) {
            language = tag
        } else {
            remark(
                .warning,
                "/" + dialect.language,
                "\"\(tag.prefix(40))\" is no language tag; \"\(language)\" was assumed",
                "write a BCP 47 tag such as en"
            )
        }
    }

    private func localized(_ text: String?) -> LocalizedText? {
        text.map { [language: $0] }
    }

    private mutating func readTexts(_ achievement: JSON, into item: inout LearningOpportunity) {
        item.description = localized(string("description", of: achievement))
        item.code = string("humanCode", of: achievement)
        item.version = string("version", of: achievement)
        item.fieldOfStudy = localized(string("fieldOfStudy", of: achievement))
        item.specialization = localized(string("specialization", of: achievement))
        if let criteria = achievement["criteria"], criteria.string != nil {
            item.homepage = web(criteria.string, at: "/criteria")
        } else if let criteria = achievement["criteria"] {
            item.criteria = localized(string("narrative", of: criteria, at: "/criteria"))
            item.homepage = web(
                string("id", of: criteria, at: "/criteria"),
                at: "/criteria/id"
            )
        }
        for name in ["criteria", "description"] where achievement[name] == nil {
            remark(
                .warning,
                "/" + name,
                "missing, though Open Badges \(dialect.version) requires it",
                "add \"\(name)\""
            )
        }
        if let tags = achievement[dialect.tags] {
            item.keywords = (tags.array ?? [tags]).compactMap(\.string)
        }
    }

    private mutating func readTypes(_ achievement: JSON, into item: inout LearningOpportunity) {
        guard let type = string("achievementType", of: achievement) else { return }
        item.types = [AchievementType.uri(of: type)]
    }

    private mutating func readCredits(_ achievement: JSON, into item: inout LearningOpportunity) {
        guard let credits = achievement["creditsAvailable"] else { return }
        let text = credits.number?.canonicalText ?? credits.string
        guard let number = text.flatMap({ WrittenForm.decimal(lenient: $0) }) else {
            remark(
                .warning,
                "/creditsAvailable",
                "no number of credits; left out",
                "write a JSON number"
            )
            return
        }
        item.creditPoints = [CreditPoints(framework: nil, number: number)]
        remark(
            .warning,
            "/creditsAvailable",
            "\(number) credits, but Open Badges does not say of which framework",
            "state the framework of creditPoints, such as ECTS, before publishing"
        )
    }

    private mutating func readIdentifiers(
        _ achievement: JSON,
        into item: inout LearningOpportunity
    ) {
        guard let entries = achievement["otherIdentifier"] else { return }
        for entry in entries.array ?? [entries] {
            guard let identifier = entry["identifier"]?.string else { continue }
            if !item.sameAs.contains(identifier) { item.sameAs.append(identifier) }
        }
    }

    private mutating func remarkOnRest(_ achievement: JSON) {
        let read = Self.mapped.union(Self.extensions).union([
            dialect.creator, dialect.tags, dialect.language,
        ])
        for name in achievement.object?.names ?? [] where !read.contains(name) {
            let why =
                switch name {
                case "image": "the picture is not carried over"
                case "endorsement", "endorsementJwt":
                    "endorsements are not carried over: nobody has verified them"
                default: "not carried over"
                }
            remarks.add(
                .note,
                JSONPointer.appending(name, to: prefix),
                why,
                "nothing to do"
            )
        }
    }

    private static let mapped: Set<String> = [
        "@context", "achievementType", "alignment", "creditsAvailable", "criteria", "description",
        "fieldOfStudy", "humanCode", "id", "name", "otherIdentifier", "resultDescription",
        "specialization", "type", "version",
    ]
}

/// Types of achievement (Open Badges 3.0, AchievementType).
enum AchievementType {
    /// The European type where there is one that means the same, otherwise ours that keeps the
    /// name.
    static func uri(of name: String) -> String {
        if let label = european[name], let uri = Vocabulary.opportunityTypes.uri(labelled: label) {
            return uri
        }
        return "urn:eccoe:ob3-achievement-type:" + PercentEncoding.encode(name)
    }

    /// The name of a type: the reverse of `uri(of:)`; nil for a type that Open Badges has no name for.
    static func name(of uri: String) -> String? {
        let own = "urn:eccoe:ob3-achievement-type:"
        if uri.hasPrefix(own) { return PercentEncoding.decode(String(uri.dropFirst(own.count))) }
        guard let label = Vocabulary.opportunityTypes.label(of: uri) else { return nil }
        return european.first { $0.value == label }?.key
    }

    private static let european = [
        "Course": "Course", "LearningProgram": "Educational programme",
        "CommunityService": "Service learning",
    ]
}
