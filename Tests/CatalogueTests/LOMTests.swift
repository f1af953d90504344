import CanonicalJSON
import Testing

@testable import Catalogue

@Suite struct LOMTests {
    /// A record after the facts of SupLOMFR (domain.md section 11).
    static func record(
        general: String = "",
        educational: String = "",
        rights: String = "",
        more: String = ""
    ) -> String {
        [
            head, Self.general(general), lifeCycle, uses(educational, rights),
            classifications + more, "</lom:lom>",
        ].joined(separator: "\n")
    }

    private static let head = """
        <lom:lom xmlns:lom="http://ltsc.ieee.org/xsd/LOM"
            xmlns:lomfr="http://www.lom-fr.fr/xsd/LOMFR"
            xmlns:suplomfr="http://www.lom-fr.fr/xsd/SUPLOMFR">
        """

    private static func general(_ general: String) -> String {
        """
          <lom:general>
            <lom:identifier><lom:catalog>URI</lom:catalog>
              <lom:entry>https://ressources.example/cours/42</lom:entry></lom:identifier>
            <lom:title><lom:string language="fre">Comptabilité générale</lom:string></lom:title>
            <lom:language>fre</lom:language>
            <lom:description><lom:string language="fre">Le bilan &amp; le compte</lom:string>
            </lom:description>
            <lom:keyword><lom:string language="fre">bilan</lom:string>
              <lom:string language="eng">balance sheet</lom:string></lom:keyword>
            <lomfr:documentType><lomfr:source>LOMFRv1.0</lomfr:source>
              <lomfr:value>ressource interactive</lomfr:value></lomfr:documentType>\(general)
          </lom:general>
        """
    }

    private static let lifeCycle = """
          <lom:lifeCycle>
            <lom:version><lom:string language="fre">2</lom:string></lom:version>
            <lom:status><lom:source>LOMv1.0</lom:source><lom:value>final</lom:value></lom:status>
            <lom:contribute>
              <lom:role><lom:source>LOMv1.0</lom:source><lom:value>author</lom:value></lom:role>
              <lom:entity>BEGIN:VCARD
        VERSION:3.0
        N:Nom;Prenom;;;
        FN:Prenom Nom
        ORG:Université Exemple
        END:VCARD</lom:entity>
            </lom:contribute>
            <lom:contribute>
              <lom:role><lom:source>LOMv1.0</lom:source><lom:value>publisher</lom:value></lom:role>
              <lom:entity><![CDATA[BEGIN:VCARD
        VERSION:3.0
        FN:UNT Exemple
        ORG:UNT Exemple
        URL:https://unt.example
        END:VCARD]]></lom:entity>
            </lom:contribute>
            <lom:contribute>
              <lom:role><lom:source>LOMv1.0</lom:source>
                <lom:value>educational validator</lom:value></lom:role>
              <lom:date><lom:dateTime>2020-05-06</lom:dateTime></lom:date>
            </lom:contribute>
          </lom:lifeCycle>
        """

    private static func uses(_ educational: String, _ rights: String) -> String {
        """
          <lom:metaMetadata><lom:language>fre</lom:language></lom:metaMetadata>
          <lom:technical><lom:location>https://ressources.example/cours/42</lom:location>
          </lom:technical>
          <lom:educational>
            <lom:learningResourceType><lom:source>SupLOMFRv1.0</lom:source>
              <lom:value>étude de cas</lom:value></lom:learningResourceType>
            <lom:context><lom:source>SupLOMFRv1.0</lom:source><lom:value>licence</lom:value>
            </lom:context>\(educational)
          </lom:educational>
          <lom:rights>
            <lom:cost><lom:source>LOMv1.0</lom:source><lom:value>no</lom:value></lom:cost>
            <lom:copyrightAndOtherRestrictions><lom:source>LOMv1.0</lom:source>
              <lom:value>yes</lom:value></lom:copyrightAndOtherRestrictions>\(rights)
          </lom:rights>
        """
    }

    private static let classifications = """
          <lom:classification>
            <lom:purpose><lom:source>LOMv1.0</lom:source><lom:value>discipline</lom:value>
            </lom:purpose>
            <lom:taxonPath><lom:source><lom:string language="fre">CDD 22e éd.</lom:string>
              </lom:source><lom:taxon><lom:id>657</lom:id>
              <lom:entry><lom:string language="fre">Comptabilité</lom:string></lom:entry>
              </lom:taxon></lom:taxonPath>
            <lom:taxonPath><lom:source><lom:string language="x-none">ISCED-F 2013</lom:string>
              </lom:source><lom:taxon><lom:id>0411</lom:id></lom:taxon></lom:taxonPath>
          </lom:classification>
          <lom:classification>
            <lom:purpose><lom:source>LOMv1.0</lom:source><lom:value>competency</lom:value>
            </lom:purpose>
            <lom:taxonPath><lom:taxon><lom:id>http://data.europa.eu/esco/skill/00f12ec1</lom:id>
              <lom:entry><lom:string language="fre">tenir un journal</lom:string></lom:entry>
              </lom:taxon></lom:taxonPath>
          </lom:classification>
        """

    private static let duration =
        "<lom:typicalLearningTime><lom:duration>PT1H30M</lom:duration></lom:typicalLearningTime>"

    @Test func `a SupLOMFR record becomes an item`() throws {
        let rights = """
            <lom:description><lom:string language="fre">Licence CC BY-NC-SA 3.0</lom:string>
            </lom:description>
            """
        let report = imported(
            Self.record(educational: Self.duration, rights: rights), .lom)
        let item = try #require(report.items.first)
        #expect(item.id == "https://ressources.example/cours/42")
        #expect(item.title == ["fr": "Comptabilité générale"])
        #expect(item.defaultLanguage == "fr")
        #expect(item.description == ["fr": "Le bilan & le compte"])
        #expect(item.keywords == ["bilan"])
        #expect(item.languages == [Language.uri(tag: "fr")])
        #expect(item.version == "2")
        #expect(item.status == "urn:eccoe:status:released")
        #expect(item.provider.name == ["fr": "UNT Exemple"])
        #expect(item.provider.id == "https://unt.example")
        #expect(item.homepage == "https://ressources.example/cours/42")
        #expect(item.workloadHours == "1.5")
        #expect(item.licence == "https://creativecommons.org/licenses/by-nc-sa/3.0/")
        #expect(item.eqfLevel == EQF.uri(level: 6))
        #expect(
            item.types == [
                "urn:eccoe:learning-opportunity:open-resource",
                "urn:eccoe:lom-resource-type:%C3%A9tude%20de%20cas",
            ]
        )
        #expect(item.iscedFields == ["http://data.europa.eu/snb/isced-f/0411"])
        #expect(item.alignments.map(\.url) == ["urn:eccoe:taxon:CDD%2022e%20%C3%A9d.:657"])
        #expect(item.fieldOfStudy == ["fr": "Comptabilité"])
        #expect(
            item.learningOutcomes.map(\.escoSkills) == [
                ["http://data.europa.eu/esco/skill/00f12ec1"]
            ]
        )
        #expect(item.validations.map(\.committee) == ["urn:eccoe:committee:pedagogical"])
        #expect(item.validations.map(\.date) == ["2020-05-06"])
        #expect(!String(decoding: item.json.canonicalBytes, as: UTF8.self).contains("Prenom"))
        #expect(
            report.problems.contains { $0.message.hasPrefix("names of persons were left out (1)") })
    }

    @Test(arguments: [
        ("P60M", "if 60 hours are meant", nil as String?), ("P2D", "2 days", nil),
        ("1h30", "is no duration", nil),
        ("12,5", "was read as \"12.5\" hours", "12.5"),
    ])
    func `a learning time that says something else is questioned`(
        time: String,
        words: String,
        hours: String?
    ) {
        let report = imported(
            Self.record(
                educational: "\n<lom:typicalLearningTime>\n  <lom:duration>\(time)</lom:duration>"
                    + "</lom:typicalLearningTime>"
            ),
            .lom
        )
        #expect(report.items.map(\.workloadHours) == [hours])
        let problem = report.problems.first { ($0.message + $0.remedy).contains(words) }
        #expect(problem?.at == "line 52, column 3, <duration>")
    }

    @Test func `a learning time as LOM has it is no matter of remark`() {
        let report = imported(
            Self.record(
                educational: "\n<lom:typicalLearningTime>\n  <lom:duration>PT90M</lom:duration>"
                    + "</lom:typicalLearningTime>"
            ),
            .lom
        )
        #expect(report.items.map(\.workloadHours) == ["1.5"])
        #expect(!report.problems.contains { $0.at.hasSuffix("<duration>") })
    }

    @Test(arguments: [
        (
            "https://creativecommons.org/licenses/by/4.0/deed.fr.",
            "https://creativecommons.org/licenses/by/4.0/deed.fr"
        ),
        ("Creative Commons BY-ND 2.0", "https://creativecommons.org/licenses/by-nd/2.0/"),
        ("CC-BY 4.0 (voir le site)", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("CC BY", nil as String?), ("tous droits réservés", nil), ("javascript:alert(1)", nil),
    ])
    func `a licence is known by its address or its name`(text: String, uri: String?) {
        #expect(LicenceText.uri(in: text) == uri)
    }

    @Test func `a licence in words is told`() {
        let report = imported(
            Self.record(
                rights: "<lom:description><lom:string>Tous droits</lom:string></lom:description>"),
            .lom
        )
        #expect(report.items.first?.licence == nil)
        #expect(report.problems.contains { $0.message.contains("a licence in words") })
    }

    @Test func `contexts of two levels give none`() {
        let more = "<lom:context><lom:value>master</lom:value></lom:context>"
        let report = imported(Self.record(educational: more), .lom)
        #expect(report.items.first?.eqfLevel == nil)
        #expect(report.problems.contains { $0.message.contains("EQF levels 6 and 7") })
    }

    @Test func `HTML and hostile text come out as plain text with a warning`() throws {
        let hostile = """
            <lom:title><lom:string language="eng">&lt;script&gt;alert(1)&lt;/script&gt;Safe\
            \u{202e}</lom:string></lom:title>
            <lom:description><lom:string language="eng"><p>One</p><p>Two</p></lom:string>
            </lom:description>
            """
        let report = imported(Self.record(general: hostile), .lom)
        let item = try #require(report.items.first)
        #expect(item.title.texts["en"] == "Safe")
        #expect(item.description?.texts["en"]?.contains("<") == false)
        #expect(item.description?.texts["en"]?.contains("One") == true)
        let messages = report.problems.filter { $0.severity == .warning }.map(\.message)
        #expect(messages.contains { $0.contains("HTML markup was removed; control or bidir") })
        #expect(messages.contains { $0.contains("elements within the text were removed") })
    }

    @Test func `records are read out of lists and of any wrapping`() {
        let one = Self.record()
        let two = one.replacing("cours/42", with: "cours/43")
        let report = imported("<list><x>\(one)</x>\(two)</list>", .lom)
        #expect(report.items.map(\.id).map { $0.suffix(2) } == ["42", "43"])
        #expect(imported("<list>\(one)\(one)</list>", .lom).items.count == 1)
    }

    @Test func `an identifier of our own is our own id again`() {
        let text = Self.record().replacing(
            "<lom:entry>https://ressources.example/cours/42",
            with: "<lom:entry>https://uni-a.example/items/BC%2F101"
        )
        #expect(imported(text, .lom).items.map(\.id) == ["BC/101"])
    }

    @Test func `without an identifier the title gives one, with a warning`() {
        let report = imported(
            "<lom><general><title><langstring>T</langstring></title></general></lom>", .lom)
        #expect(
            report.items.map(\.id) == [ItemIdentifier.derived(format: "lom", sourceID: ["T"])])
        #expect(report.problems.contains { $0.message.contains("no identifier") })
        #expect(
            report.problems.contains {
                $0.message == "texts that name no language were taken as en"
            }
        )
    }

    @Test(arguments: [
        ("<metadata/>", "no records in <metadata>"), ("", "not well-formed"),
        ("<lom/>", "no title"), ("<lom><general><title/></general></lom>", "no title"),
        ("<!DOCTYPE lom [<!ENTITY a \"b\">]><lom>&a;</lom>", "a document type declaration"),
    ])
    func `what is no record is refused`(text: String, words: String) {
        let report = imported(text, .lom)
        #expect(report.isFailure)
        #expect(report.problems.last?.message.contains(words) == true)
    }

    @Test func `a byte-order mark is skipped, Latin-1 is named`() {
        let marked = CatalogueImport.read(
            [0xef, 0xbb, 0xbf] + Array(Self.record().utf8), format: .lom, defaults: defaults)
        #expect(marked.items.count == 1)
        #expect(marked.problems.first?.message == "a byte-order mark was skipped")
        let latin = Self.record().unicodeScalars.map { UInt8($0.value) }
        let report = CatalogueImport.read(latin, format: .lom, defaults: defaults)
        #expect(report.isFailure)
        #expect(report.problems.map(\.at) == ["line 7, column 54"])
        #expect(report.problems.first?.message.contains("0xE9 is not UTF-8") == true)
    }
}

@Suite struct LanguageNameTests {
    @Test(arguments: [
        ("fre", "fr"), ("fra", "fr"), ("ger", "de"), ("en_US", "en-US"), (" FR ", "fr"),
        ("pt-BR", "pt-BR"), ("EN", "en"),
    ])
    func `tags are brought into their form`(text: String, tag: String) {
        #expect(LanguageName.tag(of: text) == .tag(tag))
    }

    @Test(arguments: ["x-none", "none", "und", "x-t-cc-url"])
    func `marks of no language are none`(text: String) {
        #expect(LanguageName.tag(of: text) == .noLanguage)
    }

    @Test func `what is no tag is unknown`() {
        #expect(LanguageName.tag(of: "f") == .unknown)
        #expect(LanguageName.tag(of: "<b>") == .unknown)
    }
}
