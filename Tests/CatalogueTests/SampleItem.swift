import CanonicalJSON
import Keys
import Testing

@testable import Catalogue

/// Items that the tests share.
enum SampleItem {
    /// Only what is needed to publish.
    static let smallest = LearningOpportunity(
        id: "BC-101",
        title: ["en": "Robotics"],
        defaultLanguage: "en",
        provider: Organisation(name: ["en": "Uni A"]),
        awardingBody: Organisation(name: ["en": "Uni A"])
    )

    /// Every member stated.
    static var complete: LearningOpportunity {
        var item = smallest
        item.title = ["en": "Robotics", "fr": "Robotique"]
        item.awardingBody = Organisation(
            name: ["en": "Ministry"],
            id: "https://ministry.example",
            country: Country.uri(code: "FR"),
            homepage: "https://ministry.example/"
        )
        item.code = "R1"
        item.version = "2"
        item.types = ["http://data.europa.eu/snb/learning-opportunity/17744a2647"]
        item.description = ["en": "Robots, in\n\ttwo lines"]
        item.homepage = "https://uni-a.example/robotics"
        item.keywords = ["robots"]
        item.status = "urn:eccoe:status:released"
        item.approvalDate = "2026-01-31"
        item.reviewDate = "2028-02-29"
        item.licence = "https://creativecommons.org/licenses/by/4.0/"
        item.sameAs = ["urn:uuid:0"]
        addAchievement(to: &item)
        addQuality(to: &item)
        return item
    }

    private static func addAchievement(to item: inout LearningOpportunity) {
        item.learningOutcomes = [
            LearningOutcome(
                title: ["en": "build a robot"],
                type: "http://data.europa.eu/snb/skill-type/skill",
                escoSkills: ["http://data.europa.eu/esco/skill/00f12ec1"],
                otherSkills: ["https://skills.example/1"]
            )
        ]
        item.criteria = ["en": "pass"]
        item.fieldOfStudy = ["en": "Engineering"]
        item.specialization = ["en": "Arms"]
        item.iscedFields = ["http://data.europa.eu/snb/isced-f/0714"]
        item.otherFields = ["urn:eccoe:nzsced:030717"]
        item.eqfLevel = EQF.uri(level: 6)
        item.nqfLevel = NationalLevel(
            framework: NZQCF.framework,
            level: NZQCF.framework + ":7"
        )
        item.creditPoints = [CreditPoints(framework: Vocabulary.ects, number: "2.5")]
        item.workloadHours = "62.5"
        item.languages = ["http://publications.europa.eu/resource/authority/language/ENG"]
        item.assessmentTypes = ["http://data.europa.eu/snb/assessment/b1b68f6735"]
        item.gradingScheme = GradingScheme(
            title: ["en": "A to D"],
            description: ["en": "letters"],
            values: ["D", "C", "B", "A"],
            passingValue: "C"
        )
        addConditions(to: &item)
    }

    private static func addConditions(to item: inout LearningOpportunity) {
        item.modes = ["http://data.europa.eu/snb/learning-assessment/920fbb3cbe"]
        item.setting = "http://data.europa.eu/snb/learning-setting/6fd4685715"
        item.entryRequirements = ["en": "none"]
        item.stackability = "urn:eccoe:stackability:part-of"
        item.isPartOf = ["https://uni-a.example/items/P"]
        item.hasPart = ["https://uni-a.example/items/Q"]
        item.supervision = "urn:eccoe:supervision:supervised-online-with-id"
        item.entitlements = [
            Entitlement(
                title: ["en": "to go on"],
                type: "http://data.europa.eu/snb/entitlement/64aad92881",
                status: "http://data.europa.eu/snb/entitlement-status/b7015a8a8c"
            )
        ]
        item.alignments = [
            Alignment(
                url: "https://x.example/n",
                name: ["en": "N"],
                framework: "X",
                code: "1"
            )
        ]
    }

    private static func addQuality(to item: inout LearningOpportunity) {
        item.qualityAssurance = ["http://data.europa.eu/snb/accreditation/bb4618238e"]
        item.accreditations = [
            Accreditation(
                title: ["en": "Accredited"],
                type: "http://data.europa.eu/snb/accreditation/bb4618238e",
                agency: Organisation(name: ["en": "Agency"]),
                date: "2020-01-01",
                expiryDate: "2030-01-01",
                homepage: "https://agency.example/1"
            )
        ]
        item.validations = [
            CommitteeValidation(
                committee: "urn:eccoe:committee:legal",
                verdict: "urn:eccoe:verdict:accepted",
                date: "2026-01-01"
            )
        ]
        item.studentEvaluations = [
            StudentEvaluation(
                score: "4.2",
                scaleMinimum: "1",
                scaleMaximum: "5",
                sampleSize: 120,
                date: "2026-01-01",
                url: "https://uni-a.example/report"
            )
        ]
        item.endorsements = [
            Endorsement(
                agency: Organisation(name: ["en": "Guild"]),
                statement: ["en": "good"],
                date: "2026-01-01",
                url: "https://guild.example/e"
            )
        ]
    }
}

func json(_ text: String) throws -> JSON {
    try JSON.read(Array(text.utf8))
}

let defaults = ImportDefaults(domain: "uni-a.example", institutionName: "Uni A", language: "en")

func imported(_ text: String, _ format: ImportFormat) -> ImportReport {
    CatalogueImport.read(Array(text.utf8), format: format, defaults: defaults)
}

extension ImportReport {
    /// The problems at one place.
    func problems(at place: String) -> [ImportProblem] {
        problems.filter { $0.at == place }
    }
}
