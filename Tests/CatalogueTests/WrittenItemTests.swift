import CanonicalJSON
import Testing

@testable import Catalogue

@Suite struct WrittenItemTests {
    @Test func `an item with every member survives writing and reading`() throws {
        let item = SampleItem.complete
        let text = item.json.canonicalBytes
        let again = try LearningOpportunity(json: try JSON.read(text))
        #expect(again == item)
        #expect(again.json.canonicalBytes == text)
    }

    @Test func `the complete item states every member of the table`() {
        var names: Set<String> = []
        func collect(_ value: JSON) {
            for element in value.array ?? [] { collect(element) }
            for (name, member) in value.object ?? JSONObject() {
                names.insert(name)
                collect(member)
            }
        }
        collect(SampleItem.complete.json)
        // These stand in needs only, which share the table.
        let ofNeeds: Set = ["contact", "creditsMinimum", "creditsMaximum", "eqfLevels"]
        #expect(names.isDisjoint(with: ofNeeds))
        let missing = Set(ItemName.allCases.map(\.rawValue)).subtracting(names)
        #expect(missing == ofNeeds)
    }

    @Test func `what is not stated leaves no trace`() {
        #expect(
            SampleItem.smallest.json.object?.names == [
                "id", "title", "defaultLanguage", "provider", "awardingBody",
            ]
        )
    }

    @Test(arguments: [
        (#""colour":"red""#, "/colour", "unknown member"),
        (#""code":null"#, "/code", "null"),
        (#""code":7"#, "/code", "a number where a string is expected"),
        (#""code":"""#, "/code", "an empty text"),
        (#""code":"a\u202eb""#, "/code", "the control character U+202E"),
        (#""code":"a\u0000b""#, "/code", "the control character U+0000"),
        (#""description":"text""#, "/description", "a string where a text by language is expected"),
        (#""description":{}"#, "/description", "a text in no language"),
        (#""description":{"e":"x"}"#, "/description/e", "\"e\" is no language tag"),
        (
            #""description":{"en":"x","EN":"y"}"#, "/description/EN",
            "the language appears twice"
        ),
        (#""description":{"en":{}}"#, "/description/en", "an object where a string is expected"),
        (#""homepage":"ftp://x.example/""#, "/homepage", "\"ftp://x.example/\" is no web address"),
        (#""licence":"free""#, "/licence", "\"free\" is no absolute URI of at most 2,048 bytes"),
        (#""approvalDate":"31/01/2026""#, "/approvalDate", "\"31/01/2026\" is no date"),
        (#""approvalDate":"2026-02-29""#, "/approvalDate", "\"2026-02-29\" is no date"),
        (#""workloadHours":"60.0""#, "/workloadHours", "\"60.0\" is no decimal number"),
        (#""workloadHours":"-1""#, "/workloadHours", "\"-1\" is no decimal number"),
        (#""workloadHours":60"#, "/workloadHours", "a number where a string is expected"),
        (#""types":[]"#, "/types", "an empty list"),
        (#""types":"x:y""#, "/types", "a string where a list is expected"),
        (#""types":["x:y","?"]"#, "/types/1", "\"?\" is no absolute URI of at most 2,048 bytes"),
        (
            #""status":"urn:eccoe:status:new""#, "/status",
            "<urn:eccoe:status:new> is not in the list status"
        ),
        (
            #""eqfLevel":"http://data.europa.eu/snb/eqf/9""#, "/eqfLevel",
            "<http://data.europa.eu/snb/eqf/9> is not in the list eqf"
        ),
        (
            #""iscedFields":["http://data.europa.eu/snb/isced-f/7777"]"#, "/iscedFields/0",
            "<http://data.europa.eu/snb/isced-f/7777> is not in the list isced-f"
        ),
        (#""creditPoints":[{"framework":"x:y"}]"#, "/creditPoints/0/number", "missing"),
        (#""creditPoints":[5]"#, "/creditPoints/0", "a number where an object is expected"),
        (
            #""learningOutcomes":[{"title":{"en":"a"},"a/b":1}]"#, "/learningOutcomes/0/a~1b",
            "unknown member"
        ),
        (
            #""studentEvaluations":[{"score":"1","sampleSize":-1}]"#,
            "/studentEvaluations/0/sampleSize",
            "a number where a whole number from 0 is expected"
        ),
        (#""nqfLevel":{"framework":"x:y"}"#, "/nqfLevel/level", "missing"),
    ])
    func `a member in another form is refused with its pointer`(
        member: String,
        pointer: String,
        message: String
    ) throws {
        let text = SampleItem.smallest.json.canonicalText.dropLast() + "," + member + "}"
        do {
            _ = try LearningOpportunity(json: try json(String(text)))
            Issue.record("accepted: \(member)")
        } catch let error as InvalidItem {
            #expect(error.problems.map(\.pointer) == [pointer])
            #expect(error.problems.map(\.message) == [message])
            #expect(error.problems.allSatisfy { !$0.remedy.isEmpty })
        }
    }

    @Test func `all problems are reported at once`() throws {
        let value = try json(
            #"{"title":null,"code":"","provider":{"name":{"en":"A"},"x":1},"eqfLevel":6}"#
        )
        #expect {
            try LearningOpportunity(json: value)
        } throws: { error in
            (error as? InvalidItem)?.problems.map(\.pointer) == [
                "/id", "/title", "/defaultLanguage", "/provider/x", "/awardingBody", "/code",
                "/eqfLevel",
            ]
        }
    }

    @Test(arguments: ["[]", "7", "null", #""x""#])
    func `a value that is no object is no item`(text: String) throws {
        let value = try json(text)
        #expect(throws: InvalidItem.self) { try LearningOpportunity(json: value) }
    }

    @Test func `equality sees bytes, not canonical equivalence`() {
        var composed = SampleItem.smallest
        composed.title = ["en": "caf\u{e9}"]
        var decomposed = SampleItem.smallest
        decomposed.title = ["en": "cafe\u{301}"]
        #expect(composed != decomposed)
    }

    @Test(arguments: [
        ("en-GB", "en"), ("fr", "fr"), ("de", "en"), ("FR-ca", "fr"),
    ])
    func `the best text is of the language, of a variety of it, or the first`(
        language: String,
        found: String
    ) {
        let text: LocalizedText = ["fr": "fr", "en": "en"]
        #expect(text.best(for: language) == found)
    }
}

@Suite struct ItemDifferenceTests {
    @Test func `equal items have no changes`() {
        #expect(SampleItem.complete.changes(since: SampleItem.complete).isEmpty)
    }

    @Test func `changes name place, before and after`() {
        var newer = SampleItem.complete
        newer.title.texts["fr"] = "La robotique"
        newer.title.texts["de"] = "Robotik"
        newer.workloadHours = nil
        newer.learningOutcomes.append(LearningOutcome(title: ["en": "repair it"]))
        let changes = newer.changes(since: SampleItem.complete)
        #expect(
            changes.map { $0.json.canonicalText } == [
                #"{"after":"La robotique","before":"Robotique","pointer":"/title/fr"}"#,
                #"{"after":"Robotik","pointer":"/title/de"}"#,
                #"{"after":{"title":{"en":"repair it"}},"pointer":"/learningOutcomes/1"}"#,
                #"{"before":"62.5","pointer":"/workloadHours"}"#,
            ]
        )
    }
}
