import CanonicalJSON
import FoundationEssentials
import Testing

@testable import Catalogue

@Suite struct OfficialXMLTests {
    /// The XML files of a folder of the samples.
    private static func files(_ folder: String, where isWanted: (String) -> Bool = { _ in true })
        -> [String]
    {
        let path = SharedFiles.folder + "/samples/" + folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".xml") && isWanted($0) }.sorted().map {
            path + "/" + $0
        }
    }

    private static let qualifications = files("elm")
    private static let resources = files("lom/hs-oer")
    private static let courses = files("ewp") { $0.contains("course") }
    private static let others = files("ewp") { !$0.contains("course") }

    private func read(_ path: String, _ format: ImportFormat) throws -> ImportReport {
        let report = CatalogueImport.read(
            try SharedFiles.bytes(path),
            format: format,
            defaults: defaults
        )
        for item in report.items {
            let payload = try ItemPayload.bytes(item: item, salt: [UInt8](repeating: 0, count: 32))
            #expect(try ItemPayload(bytes: payload).item == item)
        }
        for problem in report.problems {
            #expect(problem.at.hasPrefix("line "), "\(problem)")
            #expect(!problem.remedy.isEmpty)
        }
        return report
    }

    @Test(
        .enabled(if: !qualifications.isEmpty, "shared samples absent: skipped"),
        arguments: qualifications
    )
    func `every opportunity of the QDR samples becomes an item with all that it refers to`(
        path: String
    ) throws {
        let report = try read(path, .qdr)
        #expect(report.items.map(\.id).prefix(2) == ["http://LOP-01", "http://LOP-02"])
        #expect(report.items.count == 3)
        let item = try #require(report.items.first)
        #expect(item.title == ["en": "Yopx", "nl": "roY6hw"])
        #expect(item.learningOutcomes.count == 2)
        #expect(item.assessmentTypes.count == 4)
        #expect(item.entitlements.count == 2)
        #expect(item.gradingScheme != nil)
        #expect(item.provider.country?.hasSuffix("/SGS") == true)
        #expect(item.iscedFields.count == 2)
        #expect(item.hasPart == ["http://LOP-02"])
        #expect(item.workloadHours == nil)
        #expect(report.problems.contains { $0.message.contains("7 years and 8 months") })
        let isQualified = path.hasSuffix("loq.xml")
        #expect((item.nqfLevel != nil) == isQualified)
        #expect(item.accreditations.count == (isQualified ? 2 : 0))
        #expect(!report.problems.contains { $0.severity == .error })
        #expect(!report.problems.contains { $0.message.contains("with the id") })
    }

    @Test(
        .enabled(if: !resources.isEmpty, "shared samples absent: skipped"),
        arguments: resources
    )
    func `every LOM sample is read or refused with the reason`(path: String) throws {
        let report = try read(path, .lom)
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        if name.hasPrefix("full-") || name.hasPrefix("general-") {
            #expect(report.items.count == 1)
            #expect(report.items.first?.languages.isEmpty == false)
            #expect(!report.problems.contains { $0.severity == .error })
        } else {
            // Pieces of records, without a title; one is not even one element.
            #expect(report.isFailure)
            #expect(report.problems.last?.message.contains(/no title|not well-formed/) == true)
        }
        if name.hasPrefix("full-") {
            #expect(report.items.first?.licence?.hasPrefix("https://creativecommons.org/") == true)
            #expect(report.items.first?.provider.id?.contains(/ror.org|wikidata/) == true)
            #expect(report.items.first?.alignments.count == 2)
            let text = report.items.first?.json.canonicalBytes ?? []
            #expect(!String(decoding: text, as: UTF8.self).contains(/Dacher|Kolb|Schreiber/))
        }
    }

    @Test(
        .enabled(if: !courses.isEmpty, "shared samples absent: skipped"),
        arguments: courses
    )
    func `the samples of courses are read, the index is explained`(path: String) throws {
        let report = try read(path, .ewpCourses)
        guard path.contains("api-courses-response") else {
            #expect(report.isFailure)
            #expect(report.problems.map(\.message).first?.contains("with 2 ids") == true)
            let ids = try EWPCourseIndex.ids(try SharedFiles.bytes(path))
            #expect(ids.count == 2)
            #expect(ids.first == "CR/f6d14b1f-f330-4956-8819-e24feb12d519")
            return
        }
        #expect(report.items.map(\.id).last == "DEP/a1a43018-558c-45ed-a187-3c966e7bac77")
        let item = try #require(report.items.first)
        #expect(item.title.texts.count == 2)
        #expect(item.creditPoints.map(\.number) == ["15", "5"])
        #expect(item.iscedFields == ["http://data.europa.eu/snb/isced-f/0541"])
        #expect(item.workloadHours == nil)
        #expect(item.hasPart.count == 2)
    }

    @Test(
        .enabled(if: !others.isEmpty, "shared samples absent: skipped"),
        arguments: others
    )
    func `another document of the network is refused by its name`(path: String) throws {
        let report = try read(path, .ewpCourses)
        #expect(report.isFailure)
        #expect(report.problems.last?.message.hasPrefix("no records in <") == true)
    }
}
