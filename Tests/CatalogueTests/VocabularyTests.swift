import Testing

@testable import Catalogue

@Suite struct VocabularyTests {
    @Test(arguments: zip(1...10, [2, 3, 4, 4, 5, 5, 6, 0, 7, 8]))
    func `a level of New Zealand maps to the EQF, level 8 to unlevelled`(level: Int, eqf: Int) {
        #expect(NZQCF.eqf(level: level) == (EQF.uri(level: eqf) ?? EQF.unlevelled))
        #expect(NZQCF.uri(level: level).flatMap { NZQCF.level(of: $0) } == level)
    }

    @Test(arguments: [0, 11, -1])
    func `a level outside the framework maps to nothing`(level: Int) {
        #expect(NZQCF.eqf(level: level) == nil)
        #expect(NZQCF.uri(level: level) == nil)
        #expect(EQF.uri(level: level) == nil)
    }

    @Test func `unlevelled is no level`() {
        #expect(EQF.level(of: EQF.unlevelled) == nil)
        #expect(EQF.levels.contains(EQF.unlevelled))
        #expect(EQF.level(of: "http://data.europa.eu/snb/eqf/6") == 6)
    }

    @Test func `codes have labels`() {
        #expect(Vocabulary.label(of: "http://data.europa.eu/snb/isced-f/0714") != nil)
        #expect(
            Vocabulary.label(of: "http://data.europa.eu/snb/learning-opportunity/17744a2647")
                == "MOOC"
        )
        #expect(Vocabulary.label(of: "urn:nobody") == nil)
        #expect(ISCEDF.fields.codes.count == 220)
        #expect(Country.uri(code: "nz") == Country.uri(code: "NZL"))
        #expect(Country.uri(code: "XX") == nil)
        #expect(
            Language.uri(tag: "fr-CA")
                == "http://publications.europa.eu/resource/authority/language/FRA"
        )
        #expect(Language.uri(tag: "tlh") == nil)
    }

    @Test func `every code is a URI and stands in one list once`() {
        let uris = Vocabulary.all.flatMap { $0.codes.map(\.uri) }
        #expect(uris.filter { !WrittenForm.isURI($0) }.isEmpty)
        #expect(Set(uris).count == uris.count)
        #expect(Vocabulary.all.allSatisfy { !$0.name.isEmpty && !$0.codes.isEmpty })
    }

    @Test(arguments: ["061", "0613", "06"])
    func `an ISCED code has two to four digits`(code: String) {
        #expect(ISCEDF.uri(code: code).flatMap { ISCEDF.code(of: $0) } == code)
    }

    @Test(arguments: ["6", "06130", "06a", ""])
    func `another text is no ISCED code`(code: String) {
        #expect(ISCEDF.uri(code: code) == nil)
    }
}
