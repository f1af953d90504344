import CanonicalJSON
import Keys
import Testing

@testable import Recognition

@Suite struct DecisionRecordTests {
    @Test func `a record has golden bytes`() {
        #expect(
            String(decoding: SampleDecision.record.bytes, as: UTF8.self)
                == ##"{"applicant":{"name":"Ada Learner"},"basis":"assessment","credential":"039"##
                + ##"058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81","credits":{"##
                + ##""framework":"http://data.europa.eu/snb/education-credit/6fcec5c5af","numbe"##
                + ##"r":"5"},"decided":"2026-11-23","domain":"uni-b.example","item":{"globalId""##
                + ##":"https://uni-a.example/items/BC-101","issuer":"uni-a.example","title":{"e"##
                + ##"n":"Basics of baking"}},"kind":"decision","level":"http://data.europa.eu/s"##
                + ##"nb/eqf/6","outcome":"recognised","subject":"000102030405060708090a0b0c0d0e"##
                + ##"0f","v":1}"##
        )
    }

    @Test func `its commitment has golden bytes and needs all 64 bytes of r`() {
        let record = SampleDecision.record
        #expect(
            record.commitment(r: SampleDecision.r)?.hex
                == "826f00cbf9bd68885600df236ec58beb178022fe4727989376338818e87a1c35"
        )
        #expect(record.commitment(r: Array(SampleDecision.r.dropLast())) == nil)
        #expect(record.commitment(r: SampleDecision.r + [0]) == nil)
        var other = SampleDecision.r
        other[63] ^= 1
        #expect(record.commitment(r: other) != record.commitment(r: SampleDecision.r))
    }

    @Test func `a record reads back from its bytes, all members included`() throws {
        for record in [SampleDecision.record, SampleDecision.refusal] {
            #expect(try DecisionRecord(bytes: record.bytes) == record)
        }
        var full = SampleDecision.refusal
        full.remarks = "Grüße"
        #expect(try DecisionRecord(bytes: full.bytes) == full)
    }

    @Test func `other bytes for the same record are refused`() throws {
        let spaced = SampleDecision.record.bytes + [0x20]
        let error = #expect(throws: RecordError.self) { try DecisionRecord(bytes: spaced) }
        #expect(error?.reason.contains("RFC 8785") == true)
    }

    static let breaks: [(String, String, JSON?)] = [
        ("/v", "v", 2), ("/kind", "kind", "receipt"), ("/kind", "kind", nil),
        ("/domain", "domain", nil), ("/domain", "domain", " "), ("/subject", "subject", "00"),
        ("/subject", "subject", "000102030405060708090A0B0C0D0E0F"),
        ("/decided", "decided", "2026-11-31"), ("/decided", "decided", "2026-11-23T00:00:00Z"),
        ("/applicant", "applicant", nil), ("/applicant", "applicant", [:]),
        ("/applicant", "applicant", "Ada"), ("/credential", "credential", "sha256:00"),
        ("/item", "item", nil), ("/item/globalId", "item", [:]),
        (
            "/item/title", "item",
            ["globalId": "https://a.example/items/1", "issuer": "a.example", "title": [:]]
        ),
        (
            "/item/title/e", "item",
            ["globalId": "https://a.example/items/1", "issuer": "a.example", "title": ["e": "x"]]
        ),
        ("/outcome", "outcome", "accepted"), ("/outcome", "outcome", nil),
        ("/basis", "basis", "mood"), ("/credits/number", "credits", ["number": "5.0"]),
        ("/credits/number", "credits", ["number": 5, "framework": "urn:a:b"]),
        ("/credits/framework", "credits", ["number": "5"]), ("/level", "level", 6),
        ("/reasons", "reasons", []), ("/reasons", "reasons", "level"),
        ("/reasons/0", "reasons", ["taste"]), ("/reasons/1", "reasons", ["level", "level"]),
        ("/remarks", "remarks", ""), ("/appeal", "appeal", ["x"]), ("/grade", "grade", "A"),
    ]

    @Test(arguments: breaks)
    func `a member of another form is refused by its pointer`(
        pointer: String,
        name: String,
        value: JSON?
    ) throws {
        var object = try #require(SampleDecision.record.json.object)
        object[name] = value
        let error = #expect(throws: RecordError.self) {
            try DecisionRecord(json: .object(object))
        }
        #expect(error?.pointer == pointer)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func `recognition as requested needs nothing more`() {
        #expect(SampleDecision.record.problems.isEmpty)
        #expect(SampleDecision.refusal.problems.isEmpty)
    }

    @Test(arguments: Outcome.allCases.filter { $0 != .recognised })
    func `anything else needs a reason and the way to appeal`(outcome: Outcome) {
        var record = SampleDecision.refusal
        record.outcome = outcome
        record.remarks = "Pass the bread examination."
        record.credits = outcome == .refused ? nil : SampleDecision.record.credits
        #expect(record.problems.isEmpty)
        var unreasoned = record
        unreasoned.reasons = []
        #expect(unreasoned.problems.map(\.pointer) == ["/reasons"])
        var final = record
        final.appeal = nil
        #expect(final.problems.map(\.pointer) == ["/appeal"])
    }

    private static let contradictions: [(String, @Sendable (inout DecisionRecord) -> Void)] = [
        ("/reasons", { $0.outcome = .recognised }), ("/credits", { $0.outcome = .partial }),
        ("/remarks", { $0.outcome = .conditional }),
        ("/credits", { $0.credits = SampleDecision.record.credits }),
        (
            "/credits/number",
            {
                $0.outcome = .partial
                $0.credits = RecognisedCredits(number: "0", framework: SampleDecision.ects)
            }
        ), ("/subject", { $0.subject = "x" }), ("/level", { $0.level = " " }),
    ]

    @Test(arguments: contradictions.indices)
    func `a contradiction is named with what to write instead`(index: Int) throws {
        let (pointer, edit) = Self.contradictions[index]
        var record = SampleDecision.refusal
        edit(&record)
        let problem = try #require(record.problems.first)
        #expect(problem.pointer == pointer)
        #expect(!problem.remedy.isEmpty)
        #expect(problem.message.hasSuffix("."))
    }

    @Test func `a credential's digest does not depend on how the document is written`() throws {
        let document: JSON = ["b": 1, "a": [true]]
        let digest = CredentialDigest.of(document: document)
        #expect(digest.hex == "43977b401d67d71deb0d80446eb9bfbab65da5003f8d38e9d1a4ebc866765da0")
        #expect(try CredentialDigest.of(text: Array(#"{ "a":[true], "b":1 }"#.utf8)) == digest)
        #expect(CredentialDigest.of(document: ["b": 1, "a": [false]]) != digest)
    }

    @Test func `a token's digest leaves out its disclosures`() throws {
        let digest = CredentialDigest.of(jwt: "a.b.c")
        #expect(digest.hex == "e4d253aad4340cfcbd962d1d5e02def435e0ae7edb434d2c7cce2eff342f7685")
        #expect(CredentialDigest.of(jwt: "a.b.c~ZGlz~") == digest)
        #expect(try CredentialDigest.of(text: Array(" a.b.c~x\n".utf8)) == digest)
        #expect(throws: JSONError.self) { try CredentialDigest.of(text: Array("a.b".utf8)) }
        #expect(throws: JSONError.self) { try CredentialDigest.of(text: Array("a.b.c d".utf8)) }
    }
}
