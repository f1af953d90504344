/// A decision of an agency on the institution or on the item.
package struct Accreditation: ItemPart {
    /// What was accredited.
    package var title: LocalizedText
    /// Of `Vocabulary.qualityAssuranceTypes`.
    package var type: String?
    /// Who decided.
    package var agency: Organisation?
    /// The day of the decision, `YYYY-MM-DD`.
    package var date: String?
    /// The last day on which it holds, `YYYY-MM-DD`.
    package var expiryDate: String?
    /// The published decision.
    package var homepage: String?

    /// An accreditation of which at least the title is known.
    package init(
        title: LocalizedText,
        type: String? = nil,
        agency: Organisation? = nil,
        date: String? = nil,
        expiryDate: String? = nil,
        homepage: String? = nil
    ) {
        self.title = title
        self.type = type
        self.agency = agency
        self.date = date
        self.expiryDate = expiryDate
        self.homepage = homepage
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.title, title)
        writer.set(.type, type)
        writer.set(.agency, agency)
        writer.set(.date, date)
        writer.set(.expiryDate, expiryDate)
        writer.set(.homepage, homepage)
    }

    init?(from reader: inout MemberReader) {
        type = reader.uri(.type)
        agency = reader.part(.agency)
        date = reader.date(.date)
        expiryDate = reader.date(.expiryDate)
        homepage = reader.web(.homepage)
        guard let title = reader.text(.title, required: true) else { return nil }
        self.title = title
    }
}

/// One of the four validations of a scientific committee.
package struct CommitteeValidation: ItemPart {
    /// Of `Vocabulary.committees`.
    package var committee: String
    /// Of `Vocabulary.verdicts`.
    package var verdict: String
    /// The day of the verdict, `YYYY-MM-DD`.
    package var date: String?

    /// A validation as given.
    package init(committee: String, verdict: String, date: String? = nil) {
        self.committee = committee
        self.verdict = verdict
        self.date = date
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.committee, committee)
        writer.set(.verdict, verdict)
        writer.set(.date, date)
    }

    init?(from reader: inout MemberReader) {
        let committee = reader.uri(.committee, required: true)
        let verdict = reader.uri(.verdict, required: true)
        date = reader.date(.date)
        guard let committee, let verdict else { return nil }
        self.committee = committee
        self.verdict = verdict
    }
}

/// What students thought of the item, as a number.
package struct StudentEvaluation: ItemPart {
    /// The mean score, a decimal.
    package var score: String
    /// The lowest possible score, a decimal.
    package var scaleMinimum: String?
    /// The highest possible score, a decimal.
    package var scaleMaximum: String?
    /// How many students answered.
    package var sampleSize: Int64?
    /// The day of the evaluation, `YYYY-MM-DD`.
    package var date: String?
    /// The published report.
    package var url: String?

    /// An evaluation of which at least the score is known.
    package init(
        score: String,
        scaleMinimum: String? = nil,
        scaleMaximum: String? = nil,
        sampleSize: Int64? = nil,
        date: String? = nil,
        url: String? = nil
    ) {
        self.score = score
        self.scaleMinimum = scaleMinimum
        self.scaleMaximum = scaleMaximum
        self.sampleSize = sampleSize
        self.date = date
        self.url = url
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.score, score)
        writer.set(.scaleMinimum, scaleMinimum)
        writer.set(.scaleMaximum, scaleMaximum)
        writer.set(.sampleSize, sampleSize)
        writer.set(.date, date)
        writer.set(.url, url)
    }

    init?(from reader: inout MemberReader) {
        scaleMinimum = reader.decimal(.scaleMinimum)
        scaleMaximum = reader.decimal(.scaleMaximum)
        sampleSize = reader.count(.sampleSize)
        date = reader.date(.date)
        url = reader.web(.url)
        guard let score = reader.decimal(.score, required: true) else { return nil }
        self.score = score
    }
}

/// A statement of another organisation in favour of the item.
package struct Endorsement: ItemPart {
    /// Who endorses.
    package var agency: Organisation
    /// What they say.
    package var statement: LocalizedText?
    /// Since when, `YYYY-MM-DD`.
    package var date: String?
    /// Where it can be read or verified.
    package var url: String?

    /// An endorsement of which at least the endorser is known.
    package init(
        agency: Organisation,
        statement: LocalizedText? = nil,
        date: String? = nil,
        url: String? = nil
    ) {
        self.agency = agency
        self.statement = statement
        self.date = date
        self.url = url
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.agency, agency)
        writer.set(.statement, statement)
        writer.set(.date, date)
        writer.set(.url, url)
    }

    init?(from reader: inout MemberReader) {
        statement = reader.text(.statement)
        date = reader.date(.date)
        url = reader.uri(.url)
        guard let agency: Organisation = reader.part(.agency, required: true) else { return nil }
        self.agency = agency
    }
}
