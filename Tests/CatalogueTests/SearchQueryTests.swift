import Keys
import Testing

@testable import Catalogue

@Suite struct `A question to the catalogue` {
    private func read(_ text: String) throws -> CatalogueQuery {
        try CatalogueQuery(
            parameters: text.split(separator: "&").map { pair in
                let parts = pair.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            })
    }

    private static let values: [(String, FacetDimension, Set<String>)] = [
        ("domain=Uni-A.example", FacetDimension.institution, ["uni-a.example"]),
        ("country=de&country=FRA,Italy", .country, ["DE", "FR", "IT"]),
        ("field=0613,06", .field, ["0613", "06"]),
        ("field=http://data.europa.eu/snb/isced-f/061", .field, ["061"]),
        ("eqf=6,7", .eqf, ["6", "7"]), ("eqf=unlevelled", .eqf, ["unlevelled"]),
        ("language=en-GB,German", .language, ["en", "de"]), ("mode=Online", .mode, ["online"]),
        ("mode=research-lab-based", .mode, ["research-lab-based"]),
        ("mode=http://data.europa.eu/snb/learning-assessment/920fbb3cbe", .mode, ["online"]),
        ("type=MOOC,short-learning-programme", .type, ["mooc", "short-learning-programme"]),
        ("skill=https://x.example/a,b", .skill, ["https://x.example/a,b"]),
        ("quality=endorsed,accredited", .quality, ["endorsed", "accredited"]),
        ("recognised_by=uni-b.example", .recognisedBy, ["uni-b.example"]),
        ("mode=urn:x:1", .mode, ["urn:x:1"]), ("country=", .country, []),
    ]

    @Test(arguments: Self.values)
    func `names values by code, label or URI`(
        _ text: String, _ dimension: FacetDimension, _ values: Set<String>
    ) throws {
        #expect(try read(text).filters[dimension] ?? [] == values)
    }

    @Test(arguments: [
        ("country=XX", "country"), ("field=9876", "field"), ("field=6", "field"), ("eqf=9", "eqf"),
        ("eqf=0", "eqf"), ("language=klingon", "language"), ("mode=sleeping", "mode"),
        ("skill=robots", "skill"), ("quality=good", "quality"), ("credits=3-5", "credits"),
        ("credits_min=-1", "credits_min"), ("credits_max=1e3", "credits_max"),
        ("credits_min=", "credits_min"), ("sort=best", "sort"), ("facets=yes", "facets"),
        ("limit=x", "limit"), ("Limit=1", "Limit"), ("cursor=!", "cursor"), ("x", "x"),
    ])
    func `says which parameter is not meant so`(_ text: String, _ name: String) throws {
        let problem = #expect(throws: SearchProblem.self) { try read(text) }
        #expect(problem?.parameter == name)
        #expect(problem?.message.isEmpty == false && problem?.remedy.isEmpty == false)
    }

    @Test func `has limits`() throws {
        #expect(try read("").limit == 20)
        for (text, limit) in [("0", 1), ("-5", 1), ("100", 100), ("101", 100)] {
            #expect(try read("limit=\(text)").limit == limit)
        }
        let skills = (0..<51).map { "skill=urn:x:\($0)" }
        #expect(try read(skills.dropLast().joined(separator: "&")).filters[.skill]?.count == 50)
        #expect(throws: SearchProblem.self) { try read(skills.joined(separator: "&")) }
    }

    @Test func `goes on only in the order that it began in`() throws {
        for (order, words) in [
            ("relevance", "robots"), ("relevance", ""), ("title", ""), ("newest", "x"),
            ("credits", "x"), ("level", "x"),
        ] {
            let query = try read("q=\(words)&sort=\(order)")
            let cursor = SearchCursor(order: query.order, key: "a b", item: 7)
            #expect(SearchCursor(cursor.text) == cursor)
            #expect(try read("cursor=\(cursor.text)&q=\(words)&sort=\(order)").cursor == cursor)
            let other = order == "level" ? "credits" : "level"
            #expect(throws: SearchProblem.self) {
                try read("q=\(words)&sort=\(other)&cursor=\(cursor.text)")
            }
        }
    }

    @Test(arguments: ["", "r", "r 1", "z 1 x", "r -1 ", "r 10001 ", "t x y", "t 1"])
    func `takes no cursor that it has not given`(_ plain: String) {
        #expect(SearchCursor(Base64URL.encode(Array(plain.utf8))) == nil)
        #expect(SearchCursor(Base64URL.encode(Array("r 10000 ".utf8))) != nil)
        #expect(SearchCursor(String(repeating: "A", count: 2052)) == nil)
    }

    @Test func `finds an item by what it states`() {
        var item = SampleItem.complete
        item.provider.country = Country.uri(code: "DE")
        let facets = ItemFacets(item)
        let stated = Dictionary(grouping: facets.entries, by: \.dimension)
            .mapValues { $0.map(\.value) }
        #expect(
            stated == [
                .country: ["DE", "FR"], .field: ["07", "071", "0714"], .eqf: ["6"],
                .credits: ["1-3"], .language: ["en"], .mode: ["online"], .type: ["mooc"],
                .skill: ["http://data.europa.eu/esco/skill/00f12ec1", "https://skills.example/1"],
                .quality: ["accredited", "institutional-qa", "student-evaluated", "endorsed"],
            ])
        #expect(facets.level == 6 && facets.ects == "2.5" && facets.hours == "62.5")
        #expect(ItemFacets(SampleItem.smallest) == .none)
    }

    @Test(arguments: [
        ("0", "0-1"), ("0.5", "0-1"), ("1", "1-3"), ("2.999", "1-3"), ("3", "3-5"), ("5", "5-10"),
        ("10", "10-30"), ("30", "30-"), ("180", "30-"),
    ])
    func `counts credits in ranges`(_ credits: String, _ range: String) {
        #expect(CreditsRange.bucket(credits) == range)
    }

    @Test func `is told what values are called`() {
        #expect(FacetDimension.country.label(of: "DE") == "Germany")
        #expect(FacetDimension.field.label(of: "0613")?.isEmpty == false)
        #expect(FacetDimension.mode.label(of: "online") == "Online")
        #expect(
            FacetDimension.type.label(of: "short-learning-programme") == "Short learning programme")
        #expect(FacetDimension.eqf.label(of: "6") == "Level 6")
        #expect(FacetDimension.skill.label(of: "urn:x") == nil)
        for mode in Vocabulary.modes.codes {
            #expect(
                FacetDimension.mode.value(of: mode.label) == FacetDimension.mode.stored(mode.uri))
        }
    }

    @Test func `counts no more than so many values of an item`() {
        var item = SampleItem.smallest
        item.learningOutcomes = [
            LearningOutcome(title: ["en": "x"], escoSkills: (0..<100).map { "urn:x:\($0)" })
        ]
        #expect(ItemFacets(item).values(.skill).count == 64)
    }

    @Test func `knows an item that all four committees have accepted`() {
        var item = SampleItem.smallest
        for (count, committee) in Vocabulary.committees.codes.enumerated() {
            #expect(ItemFacets(item).values(.quality) == [], "\(count)")
            item.validations.append(
                CommitteeValidation(
                    committee: committee.uri, verdict: "urn:eccoe:verdict:accepted",
                    date: "2026-01-01"))
        }
        #expect(ItemFacets(item).values(.quality) == ["committee-validated"])
    }
}
