/// What somebody who has completed the item knows, can do or answers for.
package struct LearningOutcome: ItemPart {
    /// The outcome in words.
    package var title: LocalizedText
    /// Of `Vocabulary.outcomeTypes`.
    package var type: String?
    /// URIs of ESCO skills.
    package var escoSkills: [String]
    /// URIs of skills of other frameworks.
    package var otherSkills: [String]

    /// An outcome of which at least the title is known.
    package init(
        title: LocalizedText,
        type: String? = nil,
        escoSkills: [String] = [],
        otherSkills: [String] = []
    ) {
        self.title = title
        self.type = type
        self.escoSkills = escoSkills
        self.otherSkills = otherSkills
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.title, title)
        writer.set(.type, type)
        writer.set(.escoSkills, escoSkills)
        writer.set(.otherSkills, otherSkills)
    }

    init?(from reader: inout MemberReader) {
        type = reader.uri(.type)
        escoSkills = reader.uris(.escoSkills)
        otherSkills = reader.uris(.otherSkills)
        guard let title = reader.text(.title, required: true) else { return nil }
        self.title = title
    }
}

/// A number of credits in one framework.
package struct CreditPoints: ItemPart {
    /// Of `Vocabulary.creditSystems` or another URI; nil when the source does not say.
    package var framework: String?
    /// A decimal such as `2.5`.
    package var number: String

    /// Credits as given.
    package init(framework: String?, number: String) {
        self.framework = framework
        self.number = number
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.framework, framework)
        writer.set(.number, number)
    }

    init?(from reader: inout MemberReader) {
        framework = reader.uri(.framework)
        guard let number = reader.decimal(.number, required: true) else { return nil }
        self.number = number
    }
}

/// A level of a national qualifications framework.
package struct NationalLevel: ItemPart {
    /// The framework's URI.
    package var framework: String
    /// The level's URI.
    package var level: String

    /// A level as given.
    package init(framework: String, level: String) {
        self.framework = framework
        self.level = level
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.framework, framework)
        writer.set(.level, level)
    }

    init?(from reader: inout MemberReader) {
        let framework = reader.uri(.framework, required: true)
        let level = reader.uri(.level, required: true)
        guard let framework, let level else { return nil }
        self.framework = framework
        self.level = level
    }
}

/// How results are expressed.
package struct GradingScheme: ItemPart {
    /// Its name.
    package var title: LocalizedText
    /// What it means.
    package var description: LocalizedText?
    /// The possible grades from worst to best.
    package var values: [String]
    /// The lowest grade that passes.
    package var passingValue: String?

    /// A scheme of which at least the name is known.
    package init(
        title: LocalizedText,
        description: LocalizedText? = nil,
        values: [String] = [],
        passingValue: String? = nil
    ) {
        self.title = title
        self.description = description
        self.values = values
        self.passingValue = passingValue
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.title, title)
        writer.set(.description, description)
        writer.set(.values, values)
        writer.set(.passingValue, passingValue)
    }

    init?(from reader: inout MemberReader) {
        description = reader.text(.description)
        values = reader.strings(.values)
        passingValue = reader.string(.passingValue)
        guard let title = reader.text(.title, required: true) else { return nil }
        self.title = title
    }
}

/// What the item entitles to.
package struct Entitlement: ItemPart {
    /// The entitlement in words.
    package var title: LocalizedText
    /// Of `Vocabulary.entitlementTypes`.
    package var type: String?
    /// Of `Vocabulary.entitlementStatuses`.
    package var status: String?

    /// An entitlement of which at least the title is known.
    package init(title: LocalizedText, type: String? = nil, status: String? = nil) {
        self.title = title
        self.type = type
        self.status = status
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.title, title)
        writer.set(.type, type)
        writer.set(.status, status)
    }

    init?(from reader: inout MemberReader) {
        type = reader.uri(.type)
        status = reader.uri(.status)
        guard let title = reader.text(.title, required: true) else { return nil }
        self.title = title
    }
}

/// A node of another framework that the source ties the item to, kept as it came.
package struct Alignment: ItemPart {
    /// The node's URI.
    package var url: String
    /// Its name.
    package var name: LocalizedText?
    /// The framework's name.
    package var framework: String?
    /// Its code in the framework.
    package var code: String?

    /// An alignment of which at least the target is known.
    package init(
        url: String,
        name: LocalizedText? = nil,
        framework: String? = nil,
        code: String? = nil
    ) {
        self.url = url
        self.name = name
        self.framework = framework
        self.code = code
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.url, url)
        writer.set(.name, name)
        writer.set(.framework, framework)
        writer.set(.code, code)
    }

    init?(from reader: inout MemberReader) {
        name = reader.text(.name)
        framework = reader.string(.framework)
        code = reader.string(.code)
        guard let url = reader.uri(.url, required: true) else { return nil }
        self.url = url
    }
}
