import Testing

@testable import Catalogue

/// What a check answered: its status, and the field when that is not the rule's own.
private struct Answer: Equatable, CustomStringConvertible {
    let status: Check.Status?
    let field: String?

    init(_ id: String, _ set: RuleSet, _ item: LearningOpportunity) {
        let check = set.checks(of: item).first { $0.id == id }
        status = check?.status
        field = check?.field
    }

    var description: String { "\(status?.rawValue ?? "no such rule") \(field ?? "")" }
}

private func smallest(_ change: (inout LearningOpportunity) -> Void) -> LearningOpportunity {
    var item = SampleItem.smallest
    change(&item)
    return item
}

private func ects(_ number: String) -> [CreditPoints] {
    [CreditPoints(framework: Vocabulary.ects, number: number)]
}

@Suite struct CommonMicrocredentialFrameworkTests {
    private func status(_ id: String, _ item: LearningOpportunity) -> Check.Status? {
        Answer(id, .cmf, item).status
    }

    @Test(arguments: [
        ("99.9", Check.Status.notMet), ("100", .met), ("150", .met), ("150.5", .notMet),
    ])
    func `study takes 100 to 150 hours`(hours: String, expected: Check.Status) {
        #expect(status("workload", smallest { $0.workloadHours = hours }) == expected)
    }

    @Test(arguments: [("3.9", Check.Status.notMet), ("4", .met), ("6", .met), ("6.5", .notMet)])
    func `there are 4 to 6 ECTS`(number: String, expected: Check.Status) {
        #expect(status("credits", smallest { $0.creditPoints = ects(number) }) == expected)
    }

    @Test func `credits of another system are no ECTS`() {
        let item = smallest { $0.creditPoints = [CreditPoints(framework: "x:y", number: "5")] }
        #expect(status("credits", item) == .notMet)
        #expect(status("credits", SampleItem.smallest) == .notStated)
    }

    @Test(arguments: [
        (3, true, Check.Status.notMet), (4, true, .met), (4, false, .notMet), (5, true, .met),
        (6, false, .met), (7, false, .met), (8, false, .notMet),
    ])
    func `the level is 6 or 7, or 4 or 5 with ECTS`(
        level: Int,
        hasCredits: Bool,
        expected: Check.Status
    ) {
        let item = smallest {
            $0.eqfLevel = EQF.uri(level: level)
            if hasCredits { $0.creditPoints = ects("5") }
        }
        #expect(status("level", item) == expected)
    }

    @Test func `unlevelled is no level of the framework`() {
        #expect(status("level", smallest { $0.eqfLevel = EQF.unlevelled }) == .notMet)
    }

    @Test func `an assessment ends it and awards credit`() {
        let quiz = Vocabulary.assessmentTypes.uri(labelled: "quiz") ?? ""
        let id = "summative-assessment"
        #expect(status(id, SampleItem.smallest) == .notStated)
        #expect(
            status(id, smallest { $0.assessmentTypes = [Vocabulary.attendance] }) == .notMet
        )
        let without = smallest { $0.assessmentTypes = [Vocabulary.attendance, quiz] }
        #expect(Answer(id, .cmf, without).description == "not-stated /creditPoints")
        let with = smallest {
            $0.assessmentTypes = [quiz]
            $0.creditPoints = ects("5")
        }
        #expect(status(id, with) == .met)
    }

    @Test func `it counts towards a degree`() {
        let id = "counts-towards-degree"
        #expect(status(id, SampleItem.smallest) == .notStated)
        #expect(status(id, smallest { $0.stackability = Vocabulary.standAlone }) == .notMet)
        #expect(status(id, smallest { $0.stackability = Vocabulary.partOfSomething }) == .met)
        #expect(status(id, smallest { $0.isPartOf = ["https://uni-a.example/items/P"] }) == .met)
        let entitled = smallest {
            $0.entitlements = [Entitlement(title: ["en": "T"], type: Vocabulary.furtherLearning)]
        }
        #expect(status(id, entitled) == .met)
    }

    @Test(
        arguments: zip(
            Vocabulary.supervision.codes.map(\.uri),
            [Check.Status.notMet, .notMet, .met, .met]
        ))
    func `identity is verified`(supervision: String, expected: Check.Status) {
        let item = smallest { $0.supervision = supervision }
        #expect(status("identity-verification", item) == expected)
    }

    @Test func `the transcript says outcomes, hours, level and credits`() {
        var item = SampleItem.smallest
        var fields: [String] = []
        let steps: [(inout LearningOpportunity) -> Void] = [
            { $0.learningOutcomes = [LearningOutcome(title: ["en": "T"])] },
            { $0.workloadHours = "120" }, { $0.eqfLevel = EQF.uri(level: 6) },
            { $0.creditPoints = ects("5") },
        ]
        for step in steps {
            fields.append(Answer("transcript", .cmf, item).description)
            step(&item)
        }
        #expect(
            fields == [
                "not-stated /learningOutcomes", "not-stated /workloadHours",
                "not-stated /eqfLevel", "not-stated /creditPoints",
            ]
        )
        #expect(status("transcript", item) == .met)
    }
}

@Suite struct MicroEvaluationTests {
    private func step(_ id: String, _ item: LearningOpportunity) -> String {
        let check = RuleSet.microEvaluation.checks(of: item).first { $0.id == id }
        return "\(check?.status.rawValue ?? "") \(check?.detail?.prefix { $0 != ":" } ?? "")"
    }

    @Test func `nothing stated is nothing reached`() {
        let grade = Grade(SampleItem.smallest, by: .microEvaluation)
        #expect(grade.checks.map(\.status) == Array(repeating: .notStated, count: 7))
        #expect(Grade(SampleItem.complete, by: .microEvaluation).met == 7)
    }

    @Test func `an agency is strong, an institution substantial, students weak`() {
        let id = "quality-assurance"
        func type(_ label: String) -> LearningOpportunity {
            smallest {
                $0.qualityAssurance =
                    Vocabulary.qualityAssuranceTypes.uri(labelled: label).map { [$0] } ?? []
            }
        }
        #expect(step(id, type("Program Quality Assurance")) == "met strong")
        #expect(step(id, type("Institutional License")) == "met substantial")
        let accredited = smallest {
            $0.accreditations = [
                Accreditation(title: ["en": "T"], agency: Organisation(name: ["en": "A"]))
            ]
        }
        #expect(step(id, accredited) == "met strong")
        let evaluated = smallest { $0.studentEvaluations = [StudentEvaluation(score: "5")] }
        #expect(step(id, evaluated) == "not-met weak")
    }

    @Test func `a page is substantial, an id elsewhere weak`() {
        #expect(
            step("verification", smallest { $0.homepage = "https://x.example" })
                == "met substantial")
        #expect(
            step("verification", smallest { $0.sameAs = ["https://x.example"] }) == "not-met weak")
        #expect(step("verification", smallest { $0.sameAs = ["urn:x:y"] }) == "not-stated ")
    }

    @Test func `a level of the EQF is strong, a national one substantial, unlevelled none`() {
        #expect(step("level", smallest { $0.eqfLevel = EQF.uri(level: 1) }) == "met strong")
        #expect(step("level", smallest { $0.eqfLevel = EQF.unlevelled }) == "not-met none")
        let national = smallest {
            $0.nqfLevel = NationalLevel(framework: "x:y", level: "x:y:1")
        }
        #expect(step("level", national) == "met substantial")
    }

    @Test func `coded outcomes are strong, plain ones substantial, a description weak`() {
        let id = "learning-outcomes"
        let plain = smallest { $0.learningOutcomes = [LearningOutcome(title: ["en": "T"])] }
        let coded = smallest {
            $0.learningOutcomes = [LearningOutcome(title: ["en": "T"], escoSkills: ["x:y"])]
        }
        #expect(step(id, coded) == "met strong")
        #expect(step(id, plain) == "met substantial")
        #expect(step(id, smallest { $0.description = ["en": "D"] }) == "not-met weak")
    }

    @Test func `hours and credits are strong, one of them substantial, a bare number weak`() {
        let both = smallest {
            $0.workloadHours = "60"
            $0.creditPoints = ects("2")
        }
        #expect(step("workload", both) == "met strong")
        #expect(step("workload", smallest { $0.workloadHours = "60" }) == "met substantial")
        #expect(step("workload", smallest { $0.creditPoints = ects("2") }) == "met substantial")
        let bare = smallest { $0.creditPoints = [CreditPoints(framework: nil, number: "2")] }
        #expect(step("workload", bare) == "not-met weak")
    }

    @Test func `an examination is substantial, with grades strong, attendance none`() {
        func types(_ labels: String...) -> LearningOpportunity {
            smallest {
                $0.assessmentTypes = labels.compactMap {
                    Vocabulary.assessmentTypes.uri(labelled: $0)
                }
            }
        }
        #expect(step("testing", types("written examination")) == "met substantial")
        #expect(step("testing", types("level of attendance")) == "not-met none")
        #expect(step("testing", types("level of attendance", "peer review")) == "not-met weak")
        var graded = types("oral examination")
        graded.gradingScheme = GradingScheme(title: ["en": "G"])
        #expect(step("testing", graded) == "met strong")
    }

    @Test(
        arguments: zip(
            Vocabulary.supervision.codes.map(\.uri),
            ["not-met none", "not-met weak", "met strong", "met strong"]
        ))
    func `identification is strong only with identity verification`(
        supervision: String,
        expected: String
    ) {
        #expect(step("identification", smallest { $0.supervision = supervision }) == expected)
    }
}

@Suite struct CommitteeTests {
    private func validated(_ verdicts: (String, String?)...) -> LearningOpportunity {
        smallest {
            $0.validations = verdicts.map {
                CommitteeValidation(
                    committee: "urn:eccoe:committee:legal",
                    verdict: "urn:eccoe:verdict:" + $0.0,
                    date: $0.1
                )
            }
        }
    }

    @Test func `there are four validations`() {
        #expect(
            RuleSet.committee.checks(of: SampleItem.smallest).map(\.id) == [
                "pedagogical", "scientific", "technical", "legal",
            ]
        )
        #expect(Grade(SampleItem.complete, by: .committee).met == 1)
    }

    @Test func `the last verdict counts, and it needs its date`() {
        func status(_ item: LearningOpportunity) -> Check.Status? {
            Answer("legal", .committee, item).status
        }
        #expect(status(validated(("accepted", "2026-01-01"))) == .met)
        #expect(status(validated(("accepted-with-changes", "2026-01-01"))) == .met)
        #expect(status(validated(("refused", "2026-01-01"))) == .notMet)
        #expect(status(validated(("accepted", nil))) == .notMet)
        #expect(
            status(validated(("accepted", "2026-02-01"), ("refused", "2026-01-01"))) == .met
        )
        #expect(
            status(validated(("accepted", "2025-02-01"), ("refused", "2026-01-01"))) == .notMet
        )
    }
}
