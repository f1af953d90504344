import CanonicalJSON
import Testing
import XML

@testable import Catalogue

@Suite struct LOMWriterTests {
    private func written(_ item: LearningOpportunity) -> [UInt8] {
        var xml = XMLWriter()
        LOMWriter.write(item, domain: "uni-a.example", into: &xml)
        return xml.bytes
    }

    @Test func `what LOM can carry is read as it was`() throws {
        var item = SampleItem.complete
        item.awardingBody = item.provider
        item.provider.id = "https://uni-a.example"
        item.awardingBody.id = item.provider.id
        item.types.append("urn:eccoe:lom-resource-type:%C3%A9tude%20de%20cas")
        item.learningOutcomes[0].type = nil
        item.learningOutcomes[0].otherSkills = []
        item.alignments[0].code = nil
        item.alignments.append(
            Alignment(
                url: "urn:eccoe:taxon:DDC:510",
                name: ["en": "Mathematics"],
                framework: "DDC",
                code: "510"
            )
        )
        let report = CatalogueImport.read(written(item), format: .lom, defaults: defaults)
        let read = try #require(report.items.first)
        let changed = Set(
            read.changes(since: item).map { "/" + $0.pointer.split(separator: "/")[0] })
        // The address comes back as another id of the item.
        #expect(changed.subtracting(LOMWriter.lost.map(\.pointer)) == ["/sameAs"])
        #expect(Set(item.sameAs).isSubset(of: read.sameAs))
        #expect(read.id == item.id)
        #expect(report.problems.filter { $0.severity == .error } == [])
        for field in LOMWriter.lost where field != .awardingBody {
            #expect(read.json[field.rawValue] == nil, "\(field) is not lost: take it off the list")
        }
    }

    @Test func `a name with marks of vCard comes back`() throws {
        var item = SampleItem.smallest
        item.provider = Organisation(name: ["en": "A; B, \\n C: D"])
        let report = CatalogueImport.read(written(item), format: .lom, defaults: defaults)
        #expect(report.items.first?.provider.name == item.provider.name)
    }

    @Test func `a card of a person gives no name away`() {
        let card = VCard("BEGIN:VCARD\nN:Nom;Prenom;;;\nFN:Prenom Nom\nEND:VCARD")
        #expect(card.isPerson)
        #expect(card.organisationName == nil)
        let body = VCard("BEGIN:VCARD\r\nFN:UNT\r\nEND:VCARD")
        #expect(!body.isPerson)
        #expect(body.organisationName == "UNT")
        let member = VCard("N:Nom;P\nFN;CHARSET=UTF-8:P Nom\nORG:Uni\\; Est;Labo\n")
        #expect(member.isPerson)
        #expect(member.organisationName == "Uni; Est")
    }

    @Test func `Dublin Core comes back as far as it goes`() throws {
        var xml = XMLWriter()
        DublinCoreWriter.write(SampleItem.complete, domain: "uni-a.example", into: &xml)
        let root = try XMLElement.read(xml.bytes)
        #expect(root.all("title").map(\.language) == ["en", "fr"])
        #expect(
            root.all("identifier").map(\.ownText) == [
                "https://uni-a.example/robotics", "https://uni-a.example/items/BC-101",
            ]
        )
        #expect(root.first("language")?.ownText == "en")
        #expect(root.first("rights")?.ownText == "https://creativecommons.org/licenses/by/4.0/")
    }
}
