import CanonicalJSON
import Keys
import Testing

@testable import Recognition

@Suite struct PrecedentTests {
    private static let salt = Array<UInt8>(repeating: 7, count: 32)
    private let facts = PrecedentFacts(of: SampleDecision.record)

    @Test func `a payload has golden bytes and reads back`() throws {
        let precedent = Precedent(facts: facts, count: 3)
        let payload = try precedent.payload(salt: Self.salt)
        #expect(
            String(decoding: payload, as: UTF8.self)
                == ##"{"kind":"precedent","precedent":{"basis":"assessment","count":3,"credits":"##
                + ##"{"framework":"http://data.europa.eu/snb/education-credit/6fcec5c5af","numb"##
                + ##"er":"5"},"item":{"globalId":"https://uni-a.example/items/BC-101","issuer":"##
                + ##""uni-a.example","title":{"en":"Basics of baking"}},"level":"http://data.eu"##
                + ##"ropa.eu/snb/eqf/6","month":"2026-11","outcome":"recognised"},"salt":"BwcHB"##
                + ##"wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc","v":1}"##
        )
        #expect(try Precedent(payload: payload) == precedent)
    }

    @Test func `nothing about the learner or the case is in it`() throws {
        var record = SampleDecision.refusal
        record.remarks = "Ada should train on."
        let payload = try Precedent(facts: PrecedentFacts(of: record), count: 1)
            .payload(salt: Self.salt)
        let text = String(decoding: payload, as: UTF8.self)
        for secret in [
            "Ada", SampleDecision.subject, record.credential.hex, "2026-11-23", "appeal",
            "remarks", "applicant",
        ] {
            #expect(!text.contains(secret))
        }
        #expect(text.contains(#""reasons":["level","workload"]"#))
    }

    @Test func `a count of none, a short salt and strange members are refused`() throws {
        #expect(throws: RecordError.self) {
            try Precedent(facts: facts, count: 0).payload(salt: Self.salt)
        }
        #expect(throws: RecordError.self) {
            try Precedent(facts: facts, count: 1).payload(salt: [1])
        }
        let payload = try Precedent(facts: facts, count: 1).payload(salt: Self.salt)
        let json = try JSON.read(payload)
        var object = try #require(json["precedent"]?.object)
        object["applicant"] = "Ada"
        var whole = try #require(json.object)
        whole["precedent"] = .object(object)
        let error = #expect(throws: RecordError.self) {
            try Precedent(payload: JSON.object(whole).canonicalBytes)
        }
        #expect(error?.pointer == "/precedent/applicant")
    }

    @Test func `the policy says when decisions may be published`() {
        let november = Array(repeating: facts, count: 5)
        var other = facts
        other.level = nil
        let pending = november + [other]
        let during = SampleDecision.day
        let after = during + 10 * 86_400
        #expect(
            PrecedentPolicy.always.publishable(pending, at: during).map(\.count).sorted() == [1, 5]
        )
        #expect(PrecedentPolicy.standard.publishable(pending, at: during).isEmpty)
        #expect(
            PrecedentPolicy.standard.publishable(pending, at: after)
                == [Precedent(facts: facts, count: 5)]
        )
        #expect(
            PrecedentPolicy.standard.publishable(Array(november.dropLast()), at: after).isEmpty
        )
        #expect(PrecedentPolicy.never.publishable(pending, at: after).isEmpty)
    }

    @Test func `the order published says nothing about the order decided`() {
        var other = facts
        other.level = nil
        #expect(
            PrecedentPolicy.always.publishable([facts, other], at: SampleDecision.day)
                == PrecedentPolicy.always.publishable([other, facts], at: SampleDecision.day)
        )
    }

    @Test(arguments: ["always", "never", "threshold:5", "threshold:2"])
    func `a policy is written as it is read`(text: String) {
        #expect(PrecedentPolicy(text)?.text == text)
    }

    @Test(arguments: ["", "Always", "threshold:1", "threshold:x", "threshold:"])
    func `another policy is none`(text: String) {
        #expect(PrecedentPolicy(text) == nil)
    }

    @Test func `without a number the threshold is five`() {
        #expect(PrecedentPolicy("threshold") == .threshold(5))
    }
}
