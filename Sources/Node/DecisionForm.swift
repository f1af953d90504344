import CanonicalJSON
import Catalogue
import Federation
import Keys
import MemberRegistry
import NodeStore
import Recognition

/// What an officer filled in, turned into the record of a decision with errors that name the field.
struct DecisionForm {
    private let parameters: JSON
    private let credential: JSON
    private let node: Node

    init(_ parameters: JSON, node: Node) throws(Problem) {
        guard let credential = parameters["credential"], credential.object != nil else {
            throw Problem(.invalidDecision, "no credential", at: "/credential")
        }
        self.parameters = parameters
        self.credential = credential
        self.node = node
    }

    func record(subject: String) throws -> DecisionRecord {
        var record = DecisionRecord(
            domain: node.identity.domain, subject: subject, decided: node.time.now(),
            applicant: try applicant(), credential: CredentialDigest.of(document: credential),
            item: try item(), outcome: try code(parameters["outcome"], at: "/outcome"),
            basis: try code(
                parameters["basis"] ?? .string(DecisionBasis.assessment.rawValue), at: "/basis"))
        if let number = parameters["credits"]?.string {
            record.credits = RecognisedCredits(
                number: number, framework: parameters["framework"]?.string ?? Vocabulary.ects)
        }
        record.level = parameters["level"]?.string
        record.remarks = parameters["remarks"]?.string
        record.appeal = parameters["appeal"]?.string
        for (index, reason) in (parameters["reasons"]?.array ?? []).enumerated() {
            record.reasons.append(try code(reason, at: "/reasons/\(index)"))
        }
        return record
    }

    private func code<Code: RawRepresentable & CaseIterable>(
        _ value: JSON?, at pointer: String
    ) throws(Problem) -> Code where Code.RawValue == String {
        guard let code = value?.string.flatMap(Code.init(rawValue:)) else {
            let known = Code.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .invalidDecision, "missing or unknown", at: pointer, try: "one of \(known)")
        }
        return code
    }

    private func applicant() throws(Problem) -> JSON {
        let named = parameters["applicant"] ?? credential["credentialSubject"].flatMap(Self.person)
        guard let named else {
            throw Problem(
                .invalidDecision, "the credential names no learner", at: "/applicant",
                try: "say who applies with --applicant")
        }
        return named
    }

    /// Who the learner is, without what was achieved: that is the item.
    private static func person(_ subject: JSON) -> JSON? {
        guard var object = subject.object else { return nil }
        object["achievement"] = nil
        object["type"] = nil
        return object.count > 0 ? .object(object) : nil
    }

    private func item() throws -> RecognisedItem {
        let subject = credential["credentialSubject"]
        let achievement = subject?["achievement"] ?? subject?[0]?["achievement"]
        guard let id = achievement?["id"]?.string else {
            throw Problem(
                .invalidDecision,
                "the credential names no achievement to decide on",
                at: "/credential/credentialSubject/achievement/id"
            )
        }
        let issuer = credential["issuer"]?.string ?? credential["issuer"]?["id"]?.string ?? ""
        let domain = node.registry.domain(ofDID: issuer)
        if let row = try node.views.item(globalID: id, issuer: domain), let bytes = row.document,
            let item = try? LearningOpportunity(json: JSON.read(bytes, limits: .operatorFile))
        {
            return RecognisedItem(globalID: row.globalID, title: item.title, issuer: row.domain)
        }
        let name = achievement?["name"]?.string ?? id
        return RecognisedItem(
            globalID: id,
            title: LocalizedText(["en": name]),
            issuer: domain ?? issuer
        )
    }
}
