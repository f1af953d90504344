import CanonicalJSON
import Catalogue
import Keys

@testable import Recognition

/// A made-up decision of University B about an item of University A.
enum SampleDecision {
    static let domain = "uni-b.example"
    static let subject = "000102030405060708090a0b0c0d0e0f"
    static let day = Instant(secondsSince1970: 1_795_392_000)
    static let r = (0..<64).map { UInt8($0) }
    static let ects = "http://data.europa.eu/snb/education-credit/6fcec5c5af"
    static let item = RecognisedItem(
        globalID: "https://uni-a.example/items/BC-101",
        title: ["en": "Basics of baking"],
        issuer: "uni-a.example"
    )

    static var record: DecisionRecord {
        var record = DecisionRecord(
            domain: domain,
            subject: subject,
            decided: day + 3600,
            applicant: ["name": "Ada Learner"],
            credential: Digest(of: [1, 2, 3]),
            item: item,
            outcome: .recognised,
            basis: .assessment
        )
        record.credits = RecognisedCredits(number: "5", framework: ects)
        record.level = "http://data.europa.eu/snb/eqf/6"
        return record
    }

    static var refusal: DecisionRecord {
        var record = record
        record.outcome = .refused
        record.credits = nil
        record.reasons = [.workload, .level]
        record.appeal = "To the board of appeal, by post, within six weeks."
        return record
    }
}
