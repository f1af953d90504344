import CanonicalJSON
import Federation
import Foundation
import Keys
import Testing

/// One institution with a catalogue that others follow: 130 plain items, one that states all there is
/// with hostile texts, one withdrawn and one erased.
struct PublishingInstitution: SuiteTrait, TestScoping {
    /// The node of the running suite.
    @TaskLocal static var node: ServingNode?

    static let plainItems = 130
    /// Items that can be read.
    static let items = plainItems + 1
    /// Items that were ever published.
    static let records = items + 2
    /// What stands in the texts of the full item.
    static let hostile =
        "=1+1 \"quoted\" & ]]> 'x' {{7*7}} \\ שלום עולם 🎓 <script>alert(1)</script>"

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let institution = try Institution()
        try institution.start()
        _ = try await institution.admitted()
        _ = try await institution.ask(.logInit)
        let items = (1...Self.plainItems).map { Self.plain("C-\($0)", field: $0 % 2) }
        try await institution.publish(items + [Self.full])
        try await institution.publish([Self.plain("GONE/1", field: 0), Self.plain("E-1", field: 0)])
        try await institution.withdraw("GONE/1")
        try await institution.erase("E-1")
        let status = try await institution.ask(.status)
        let node = try ServingNode(institution.folder, status: status)
        try await Self.$node.withValue(node) { try await function() }
        #expect(institution.stop() == 0)
    }

    static func plain(_ id: String, field: Int, title: String? = nil) -> JSON {
        [
            "id": .string(id), "title": ["en": .string(title ?? "Course \(id)")],
            "defaultLanguage": "en", "provider": ["name": ["en": "University A"]],
            "awardingBody": ["name": ["en": "University A"]],
            "iscedFields": [
                .string("http://data.europa.eu/snb/isced-f/" + (field == 0 ? "0714" : "0613"))
            ],
        ]
    }

    /// All that a page shows, and texts that are markup, formulas and of another direction.
    private static var full: JSON {
        let snb = "http://data.europa.eu/snb/"
        let text = JSON.string(hostile)
        return [
            "id": "FULL-1", "title": ["en": text, "ar": "الروبوتات"], "defaultLanguage": "en",
            "description": ["en": text], "code": text, "keywords": [text],
            "provider": ["name": ["en": text]], "awardingBody": ["name": ["en": "Ministry"]],
            "homepage": "https://uni-a.example/robotics", "sameAs": ["javascript:alert(1)"],
            "learningOutcomes": [
                ["title": ["en": text], "type": .string(snb + "skill-type/skill")]
            ],
            "eqfLevel": .string(snb + "eqf/6"), "workloadHours": "62.5",
            "creditPoints": [
                ["framework": .string(snb + "education-credit/6fcec5c5af"), "number": "2.5"]
            ],
            "iscedFields": [.string(snb + "isced-f/0714")],
            "modes": [.string(snb + "learning-assessment/920fbb3cbe")],
            "qualityAssurance": [.string(snb + "accreditation/bb4618238e")],
            "languages": ["http://publications.europa.eu/resource/authority/language/ENG"],
            "licence": "https://creativecommons.org/licenses/by/4.0/",
        ]
    }
}

extension Trait where Self == PublishingInstitution {
    /// The tests share one institution: `PublishingInstitution.node`.
    static var publishingInstitution: PublishingInstitution { PublishingInstitution() }
}

extension Institution {
    /// Publishes items of the written form.
    func publish(_ items: [JSON]) async throws {
        _ = try await ask(
            .cataloguePublish, ["requestId": .string(Self.requestID), "items": .array(items)])
    }

    /// Withdraws an item.
    func withdraw(_ id: String) async throws {
        _ = try await ask(
            .catalogueWithdraw,
            ["requestId": .string(Self.requestID), "id": .string(id), "reason": "a test"])
    }

    /// Erases the texts of an item.
    func erase(_ id: String) async throws {
        _ = try await ask(
            .catalogueErase,
            ["requestId": .string(Self.requestID), "id": .string(id), "reason": "a test"])
    }

    private static var requestID: String {
        RequestID(
            milliseconds: Int64(Date().timeIntervalSince1970 * 1000),
            random: SecureRandom.bytes(10)
        ).text
    }
}
