import CanonicalJSON
import Keys
import Testing

@testable import Catalogue

/// The page of an item for people.
@Suite struct ItemPageTests {
    private static func details(
        _ item: LearningOpportunity?, _ more: KeyValuePairs<String, JSON> = [:]
    ) -> JSON {
        var details = JSONObject()
        details["id"] = "BC-101"
        details["domain"] = "uni-a.example"
        details["globalId"] = "https://uni-a.example/items/BC-101"
        details["origin"] = "uni-a.example/eccoe/1"
        details["revision"] = 3
        details["standing"] = "active"
        details["living"] = true
        details["item"] = item?.json
        details["recognisedBy"] = []
        details["evidence"] = [
            "inclusion": "verified", "index": 41, "cosignatures": 2, "quorum": 2,
            "checkpoint": ["origin": "uni-a.example/eccoe/1", "size": 57, "root": "00ff"],
            "confirmed": "2026-11-27T03:00:00Z", "confirmation": "2 of 2 witnesses",
        ]
        for (name, value) in more { details[name] = value }
        return .object(details)
    }

    private func page(
        _ item: LearningOpportunity?, _ more: KeyValuePairs<String, JSON> = [:]
    ) -> String {
        let page = ItemPage(details: Self.details(item, more), address: "/items/BC-101")
        return String(decoding: page.bytes, as: UTF8.self)
    }

    @Test func `all that an item states stands on its page, in words`() {
        let text = page(SampleItem.complete)
        for words in [
            "<h1 lang=\"en\" dir=\"auto\">Robotics</h1>", "lang=\"fr\" dir=\"auto\">Robotique<",
            "EQF level 6", "2.5 European Credit Transfer System", "62.5 hours", "English", "Online",
            "build a robot", "MOOC", "quiz", "Institutional Quality Assurance", "Accredited",
            "legal: accepted", "4.2 on a scale from 1 to 5, 120 students", "Guild", "Ministry",
            "France", "Electronics and automation", "supervised online",
        ] {
            #expect(text.localizedCaseInsensitiveContains(words), "\(words)")
        }
        // Codes of lists are never shown as they are.
        for uri in ["data.europa.eu/snb/eqf", "snb/assessment", "urn:eccoe:status", "snb/isced-f"] {
            let body = text.split(separator: "</head>").last ?? ""
            #expect(!body.contains(uri), "\(uri)")
        }
    }

    @Test func `the evidence and who recognises it stand on the page`() {
        let text = page(
            SampleItem.smallest,
            [
                "recognisedBy": [
                    [
                        "domain": "uni-b.example", "outcome": "partial", "month": "2026-10",
                        "count": 7,
                        "credits": ["number": "1.5", "framework": .string(Vocabulary.ects)],
                    ]
                ]
            ])
        for words in [
            "uni-a.example/eccoe/1", "41, verified in its log", "of 57 entries",
            "2; 2 are asked for", "2026-11-27T03:00:00Z", "00ff", "uni-b.example",
            "partial", "1.5 European Credit Transfer System", "2026-10",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        for format in ExportFormat.allCases {
            #expect(text.contains("href=\"/items/BC-101?format=\(format.rawValue)\""))
        }
        #expect(!text.contains("quarantined"))
        #expect(page(SampleItem.smallest, ["quarantined": true]).contains("two histories"))
        #expect(page(SampleItem.smallest, ["standing": "suspended"]).contains("suspended"))
        #expect(page(SampleItem.smallest).contains("That is no verdict"))
    }

    @Test func `hostile text stays text`() throws {
        var item = SampleItem.complete
        let hostile = "</script><script>alert(1)</script><img src=x onerror='a'>\" & x"
        item.title = ["en": hostile]
        item.description = ["ar": hostile, "en": "plain"]
        item.keywords = [hostile]
        item.code = hostile
        item.homepage = "http://uni-a.example/"
        item.sameAs = ["javascript:alert(1)", "https://ok.example/?'onmouseover='x"]
        item.provider.name = ["en": hostile]
        let text = page(item)
        #expect(text.components(between: "<script").count == 2, "only the data for search engines")
        #expect(text.contains("<script type=\"application/ld+json\">{\"@context\":"))
        #expect(!text.contains("<img"))
        #expect(!text.contains("href=\"javascript"))
        #expect(!text.contains("href=\"http://"), "links lead to https only")
        let body = text.split(separator: "</head>").last ?? ""
        #expect(!body.contains("'onmouseover"))
        #expect(text.contains("lang=\"ar\" dir=\"auto\""))
        // What is handed to search engines is the same JSON.
        let start = try #require(text.firstRange(of: "ld+json\">")?.upperBound)
        let end = try #require(text[start...].firstRange(of: "</script>")?.lowerBound)
        let data = try JSON.read(Array(text[start..<end].utf8))
        #expect(data["name"]?[0]?["@value"]?.string == hostile)
    }

    @Test func `characters that steer the direction of writing are left out`() {
        let text = "a\u{202e}b\u{2066}c\u{0}d\u{feff}<'\">&שלום"
        #expect(HTMLWriter.escaped(text) == "abcd&lt;&#39;&quot;&gt;&amp;שלום")
    }

    @Test func `the page brings nothing from elsewhere and its style is the one allowed`() throws {
        let text = page(SampleItem.complete)
        #expect(!text.contains(" src=") && !text.contains(" style=") && !text.contains("@import"))
        let start = try #require(text.firstRange(of: "<style>")?.upperBound)
        let end = try #require(text.firstRange(of: "</style>")?.lowerBound)
        let hash = Digest(of: Array(text[start..<end].utf8)).base64
        #expect(PageFrame.contentSecurityPolicy.contains("style-src 'sha256-\(hash)'"))
        #expect(PageFrame.contentSecurityPolicy.contains("default-src 'none'"))
        #expect(!PageFrame.contentSecurityPolicy.contains("unsafe"))
    }

    @Test func `of an item that is gone only that is told`() {
        let withdrawn = page(SampleItem.complete, ["living": false])
        #expect(withdrawn.contains("<h1>Withdrawn</h1>"))
        #expect(!withdrawn.contains("Robotics"))
        let erased = page(nil, ["erased": true])
        #expect(erased.contains("<h1>Erased</h1>"))
        #expect(erased.contains("uni-a.example/eccoe/1"), "its place in the log stays")
    }

    @Test func `the page of a node leads to every file of its catalogue`() {
        let page = HomePage(name: "<Uni> שלום", domain: "uni-a.example", items: 17)
        let text = String(decoding: page.bytes, as: UTF8.self)
        #expect(text.contains("&lt;Uni&gt; שלום</h1>") && text.contains("17 learning"))
        for format in ExportFormat.allCases {
            #expect(text.contains("href=\"/catalogue/\(format.fileName)\""))
        }
        #expect(!text.contains("<script"))
    }

    @Test func `every element is closed`() {
        for text in [page(SampleItem.complete), page(SampleItem.smallest), page(nil)] {
            for name in ["p", "dl", "dt", "dd", "ul", "li", "table", "main", "bdi", "a", "body"] {
                let opened =
                    text.components(between: "<\(name)>").count
                    + text.components(between: "<\(name) ").count - 2
                #expect(opened == text.components(between: "</\(name)>").count - 1, "\(name)")
            }
        }
    }
}

extension String {
    fileprivate func components(between separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }

    fileprivate func localizedCaseInsensitiveContains(_ words: String) -> Bool {
        lowercased().contains(words.lowercased())
    }
}
