import CanonicalJSON
import Testing

@testable import Catalogue

@Suite struct RuleTests {
    @Test func `the complete item meets all but what its values fail`() {
        let item = SampleItem.complete
        #expect(Grade(item, by: .council2022).met == 9)
        #expect(Grade(item, by: .eccoe).met == 14)
    }

    @Test func `the smallest item states little, which counts as not met`() {
        let grade = Grade(SampleItem.smallest, by: .council2022)
        #expect(grade.checks.count == 9)
        #expect(grade.met == 2)
        #expect(
            grade.checks.filter { $0.status == .notStated }.map(\.field) == [
                "/awardingBody", "/learningOutcomes", "/workloadHours", "/eqfLevel",
                "/assessmentTypes", "/modes", "/qualityAssurance",
            ]
        )
        #expect(Grade(SampleItem.smallest, by: .eccoe).met == 3)
    }

    @Test(arguments: [
        (nil as String?, [CreditPoints](), Check.Status.notStated),
        ("60", [], .met),
        (nil, [CreditPoints(framework: Vocabulary.ects, number: "5")], .met),
        (nil, [CreditPoints(framework: nil, number: "5")], .notMet),
    ])
    func `workload is hours, or credits that say of what`(
        hours: String?,
        points: [CreditPoints],
        status: Check.Status
    ) {
        var item = SampleItem.smallest
        item.workloadHours = hours
        item.creditPoints = points
        #expect(status == check("workload", .council2022, item)?.status)
    }

    @Test func `unlevelled is an answer`() {
        var item = SampleItem.smallest
        item.eqfLevel = EQF.unlevelled
        #expect(check("level", .council2022, item)?.status == .met)
    }

    @Test(arguments: [
        ("4.9", Check.Status.notMet), ("5", .met), ("40", .met), ("40.1", .notMet),
    ])
    func `NZQA lists micro-credentials of 5 to 40 credits`(number: String, status: Check.Status) {
        var item = SampleItem.smallest
        item.creditPoints = [CreditPoints(framework: NZQCF.creditFramework, number: number)]
        let found = check("credits", .nzqa, item)
        #expect(found?.status == status)
        #expect((found?.detail == nil) == (status == .met))
    }

    @Test func `credits of another framework say nothing to NZQA`() {
        var item = SampleItem.smallest
        item.creditPoints = [CreditPoints(framework: Vocabulary.ects, number: "5")]
        #expect(check("credits", .nzqa, item)?.status == .notStated)
    }

    @Test(arguments: [
        ("Barista Training (Micro-credential)", Check.Status.met),
        ("International Masterclass", .met), ("New ideas for Zealand", .met),
        ("A Master's guide", .notMet), ("National Certificate", .notMet),
        ("Law of New Zealand", .notMet), ("DEGREE in nothing", .notMet),
    ])
    func `a title must not sound like a qualification`(title: String, status: Check.Status) {
        var item = SampleItem.smallest
        item.title = ["en": title]
        #expect(check("title-words", .nzqa, item)?.status == status)
    }

    @Test(arguments: [
        ([String](), Check.Status.notStated), (["urn:eccoe:nzsced:110901"], .met),
        (["urn:eccoe:nzsced:1109"], .notMet), (["x:y"], .notStated),
    ])
    func `NZQA asks for six digits of NZSCED`(fields: [String], status: Check.Status) {
        var item = SampleItem.smallest
        item.otherFields = fields
        #expect(check("field", .nzqa, item)?.status == status)
    }

    @Test func `the check report has the form that others script against`() throws {
        let report = imported(
            #"{"id":"A","title":{"en":"T"},"defaultLanguage":"en","provider":{"name":{"en":"P"}},"#
                + #""awardingBody":{"name":{"en":"P"}},"workloadHours":"2,5"}"#,
            .json
        )
        let json = try checked(report)
        #expect(json.object?.names == ["items", "problems"])
        #expect(json["items"]?[0]?.object?.names == ["id", "rules", "title"])
        #expect(json["items"]?[0]?["title"] == ["en": "T"])
        let rules = json["items"]?[0]?["rules"]
        #expect(
            rules?.object?.names == RuleSet.all.map(\.id).sorted())
        #expect(rules?["council-2022"]?["of"]?.integer == 9)
        #expect(rules?["council-2022"]?["met"]?.integer == 3)
        #expect(
            rules?["council-2022"]?["checks"]?[1] == [
                "id": "issuer-country", "status": "not-stated", "field": "/awardingBody",
            ]
        )
        #expect(
            json["problems"] == [
                [
                    "at": "line 1, /workloadHours", "message": #"2,5 was read as "2.5" hours"#,
                    "remedy": "write decimals with a point and without needless zeros, such as 2.5",
                ]
            ]
        )
    }

    @Test func `a part of the sets can be asked for`() throws {
        let report = imported(SampleItem.smallest.json.canonicalText, .json)
        let json = try checked(report, by: [.microHE])
        #expect(
            json["items"]?[0]?["rules"]?.canonicalText
                == #"{"microhe":{"checks":[{"field":"/id","id":"identifier","status":"met"},"#
                + #"{"field":"/title","id":"title","status":"met"},"#
                + #"{"field":"/iscedFields","id":"isced-field","status":"not-stated"},"#
                + #"{"field":"/eqfLevel","id":"level","status":"not-stated"},"#
                + #"{"field":"/types","id":"awarding-activity","status":"not-stated"}],"#
                + #""met":2,"of":5}}"#
        )
    }

    @Test func `the rule sets have their fixed ids`() {
        #expect(
            RuleSet.all.map(\.id) == [
                "council-2022", "cmf", "microhe", "micro-evaluation", "nzqa", "eccoe", "committee",
            ]
        )
    }

    @Test func `rule sets are found by id, and checks have ids of their own`() {
        #expect(RuleSet.named("nzqa")?.id == "nzqa")
        #expect(RuleSet.named("other") == nil)
        for ruleSet in RuleSet.all {
            let ids = ruleSet.checks(of: SampleItem.smallest).map(\.id)
            #expect(Set(ids).count == ids.count)
        }
    }

    /// The check report of an import, which must be RFC 8785 as a whole.
    private func checked(
        _ report: ImportReport,
        by ruleSets: [RuleSet] = RuleSet.all
    ) throws -> JSON {
        var writer = CheckReport(by: ruleSets)
        var bytes = CheckReport.opening
        for item in report.items { bytes += writer.next(item) }
        bytes += CheckReport.closing(report.problems)
        let value = try JSON.read(bytes)
        #expect(value.canonicalBytes == bytes)
        return value
    }

    @Test func `a check report of many items and of none is one document`() throws {
        let one = SampleItem.smallest.json.canonicalText
        let two = SampleItem.complete.json.canonicalText.replacing("BC-101", with: "BC-102")
        #expect(try checked(imported(one + "\n" + two, .json))["items"]?.array?.count == 2)
        #expect(try checked(imported("[]", .json)) == ["items": [], "problems": []])
    }

    private func check(_ id: String, _ set: RuleSet, _ item: LearningOpportunity) -> Check? {
        set.checks(of: item).first { $0.id == id }
    }
}
