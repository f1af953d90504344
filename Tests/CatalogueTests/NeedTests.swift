import CanonicalJSON
import Keys
import Testing

@testable import Catalogue

@Suite struct `A need` {
    private static let complete: JSON = [
        "id": "N-1", "title": ["en": "Robot skills"], "defaultLanguage": "en",
        "description": ["en": "for mechanics"],
        "iscedFields": ["http://data.europa.eu/snb/isced-f/0714"],
        "eqfLevels": ["http://data.europa.eu/snb/eqf/5", "http://data.europa.eu/snb/eqf/6"],
        "escoSkills": ["http://data.europa.eu/esco/skill/1"], "otherSkills": ["urn:x:2"],
        "creditsMinimum": "2.5", "creditsMaximum": "5",
        "languages": ["http://publications.europa.eu/resource/authority/language/ENG"],
        "modes": ["http://data.europa.eu/snb/learning-assessment/920fbb3cbe"],
        "contact": "recognition@uni-a.example",
    ]

    private func changed(_ name: String, _ value: JSON?) -> JSON {
        var object = Self.complete.object ?? JSONObject()
        object[name] = value
        return .object(object)
    }

    @Test func `is read as it is written`() throws {
        let need = try Need(json: Self.complete)
        #expect(need.json == Self.complete)
        #expect(need.credits == CreditsRange(minimum: 2.5, maximum: 5))
        #expect(need.facets.values(.field) == ["07", "071", "0714"])
        #expect(need.facets.values(.skill).count == 2)
        let bytes = try NeedPayload.bytes(need: need, salt: [UInt8](repeating: 7, count: 32))
        #expect(try NeedPayload(bytes: bytes).need == need)
        #expect(throws: NeedPayloadError.notANeed) { try NeedPayload(bytes: bytes + [0x20]) }
        #expect(throws: NeedPayloadError.self) { try NeedPayload.bytes(need: need, salt: []) }
    }

    @Test(arguments: [
        ("id", "", "/id"), ("id", "a b", "/id"), ("titel", "x", "/titel"),
        ("contact", "nobody", "/contact"),
        ("contact", "a@b", "/contact"), ("contact", "a b@c.example", "/contact"),
        ("contact", "a@b@c.example", "/contact"), ("creditsMinimum", "6", "/creditsMaximum"),
        ("creditsMinimum", "-1", "/creditsMinimum"), ("creditsMaximum", "05", "/creditsMaximum"),
        ("languages", "en", "/languages"),
    ])
    func `says what is wrong with it`(_ name: String, _ value: String, _ pointer: String) {
        let error = #expect(throws: InvalidItem.self) {
            try Need(json: changed(name, .string(value)))
        }
        #expect(error?.problems.map(\.pointer) == [pointer])
    }

    @Test func `must ask for something`() throws {
        let bare: JSON = ["id": "N", "title": ["en": "x"], "defaultLanguage": "en"]
        let error = #expect(throws: InvalidItem.self) { try Need(json: bare) }
        #expect(error?.problems.map(\.pointer) == [""])
        #expect(throws: InvalidItem.self) { try Need(json: [1]) }
        #expect(throws: InvalidItem.self) { try Need(json: changed("id", nil)) }
    }

    @Test func `has no more values than can be matched`() throws {
        func skills(_ count: Int) -> JSON { .array((0..<count).map { .string("urn:x:\($0)") }) }
        #expect(try Need(json: changed("otherSkills", skills(64))).otherSkills.count == 64)
        #expect(throws: InvalidItem.self) { try Need(json: changed("otherSkills", skills(65))) }
    }

    // MARK: Matching

    private func match(_ edit: (inout Need) -> Void, _ item: (inout ItemFacets) -> Void) -> Int? {
        var need = Need(id: "N", title: ["en": "x"], defaultLanguage: "en")
        edit(&need)
        var facets = ItemFacets.none
        item(&facets)
        return NeedMatch(need, need.facets, facets)?.score
    }

    @Test func `is served by its skills, field, level and credits`() {
        let robots: (inout Need) -> Void = {
            $0.escoSkills = ["urn:x:1", "urn:x:2"]
            $0.iscedFields = ["http://data.europa.eu/snb/isced-f/0714"]
            $0.eqfLevels = ["http://data.europa.eu/snb/eqf/6"]
            $0.creditsMaximum = "5"
        }
        #expect(match(robots) { _ in } == nil)
        #expect(match(robots) { $0.add(.eqf, ["6"]) } == nil)
        #expect(match(robots) { $0.add(.skill, ["urn:x:1"]) } == 20)
        #expect(match(robots) { $0.add(.field, ["07", "071", "0714"]) } == 35)
        #expect(
            match(robots) {
                $0.add(.skill, ["urn:x:1", "urn:x:2", "urn:x:3"])
                $0.add(.field, ["07", "071", "0714"])
                $0.add(.eqf, ["6"])
                $0.ects = "5"
            } == 100)
        #expect(
            match(robots) {
                $0.add(.field, ["07", "071", "0715"])
                $0.ects = "6"
            } == 25)
    }

    @Test func `is not served in another language or mode`() {
        let english: (inout Need) -> Void = {
            $0.escoSkills = ["urn:x:1"]
            $0.languages = ["http://publications.europa.eu/resource/authority/language/ENG"]
        }
        #expect(match(english) { $0.add(.skill, ["urn:x:1"]) } == 100)
        #expect(
            match(english) {
                $0.add(.skill, ["urn:x:1"])
                $0.add(.language, ["de", "en"])
            } == 100)
        #expect(
            match(english) {
                $0.add(.skill, ["urn:x:1"])
                $0.add(.language, ["de"])
            } == nil)
    }

    @Test func `of languages only is served by what is taught in them`() {
        let german: (inout Need) -> Void = {
            $0.languages = ["http://publications.europa.eu/resource/authority/language/DEU"]
        }
        #expect(match(german) { $0.add(.language, ["de"]) } == 100)
        #expect(match(german) { $0.add(.language, ["en"]) } == nil)
    }
}
