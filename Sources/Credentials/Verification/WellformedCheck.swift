import CanonicalJSON
import Keys

/// The line `wellformed`: the members that the VC Data Model 2.0 (section 4) or 1.1 (section 4)
/// demands, each with its JSON pointer when it is wrong.
struct WellformedCheck {
    enum Version {
        case one
        case two

        init?(context: String?) {
            switch context {
            case "https://www.w3.org/2018/credentials/v1": self = .one
            case "https://www.w3.org/ns/credentials/v2": self = .two
            default: return nil
            }
        }
    }

    private let document: JSON
    private var problems: [String] = []

    static func check(_ document: JSON) -> CredentialCheck {
        guard document.object != nil else {
            return CredentialCheck(
                "wellformed",
                .fail,
                "The credential is \(document.kind), no object."
            )
        }
        var check = WellformedCheck(document: document)
        let version = check.contextVersion()
        check.id()
        check.types()
        check.issuer()
        check.subjects()
        check.dates(version)
        check.typedObjects()
        guard check.problems.isEmpty else {
            return CredentialCheck(
                "wellformed",
                .fail,
                "The credential breaks the data model: \(check.problems.joined(separator: "; "))."
            )
        }
        let name = version == .one ? "1.1" : "2.0"
        return CredentialCheck(
            "wellformed",
            .pass,
            "It has all members that the Verifiable Credentials Data Model \(name) requires."
        )
    }

    private init(document: JSON) {
        self.document = document
    }

    private mutating func fail(_ pointer: String, _ problem: String) {
        if problems.count < 8 { problems.append("\(pointer) \(problem)") }
    }

    private mutating func contextVersion() -> Version? {
        guard let value = document["@context"] else {
            fail("/@context", "is missing")
            return nil
        }
        guard let contexts = value.array else {
            fail("/@context", "is \(value.kind), no array")
            return nil
        }
        for (index, entry) in contexts.enumerated() where index > 0 {
            let isURL = entry.string.map(DIDURL.isAbsolute) ?? false
            if !isURL, entry.object == nil { fail("/@context/\(index)", "is no URL and no object") }
        }
        guard let version = Version(context: contexts.first?.string) else {
            fail("/@context/0", "is not the address of the data model 2.0 or 1.1")
            return nil
        }
        return version
    }

    private mutating func id() {
        guard let value = document["id"] else { return }
        if !isURL(value) { fail("/id", "is no URL") }
    }

    private mutating func types() {
        guard let value = document["type"] else { return fail("/type", "is missing") }
        let names = (value.array ?? [value]).map(\.string)
        if names.contains(nil) {
            fail("/type", "is neither text nor an array of texts")
        } else if !names.contains("VerifiableCredential") {
            fail("/type", "lacks VerifiableCredential")
        }
    }

    private mutating func issuer() {
        guard let value = document["issuer"] else { return fail("/issuer", "is missing") }
        if value.object != nil {
            guard let id = value["id"] else { return fail("/issuer/id", "is missing") }
            if !isURL(id) { fail("/issuer/id", "is no URL") }
        } else if !isURL(value) {
            fail("/issuer", "is neither a URL nor an object with an id")
        }
    }

    private mutating func subjects() {
        let name = "credentialSubject"
        guard let value = document[name] else { return fail("/\(name)", "is missing") }
        let subjects = value.array ?? [value]
        if subjects.isEmpty { fail("/\(name)", "is empty") }
        for (index, subject) in subjects.enumerated() {
            let pointer = value.array == nil ? "/\(name)" : "/\(name)/\(index)"
            guard let object = subject.object else {
                fail(pointer, "is \(subject.kind), no object")
                continue
            }
            if object.count == 0 { fail(pointer, "claims nothing") }
            if let id = object["id"], !isURL(id) { fail(pointer + "/id", "is no URL") }
        }
    }

    private mutating func dates(_ version: Version?) {
        if version == .one, document["issuanceDate"] == nil { fail("/issuanceDate", "is missing") }
        for name in ValidityCheck.starts + ValidityCheck.ends {
            guard let value = document[name] else { continue }
            if value.string.flatMap({ Instant(lenient: $0) }) == nil {
                fail("/\(name)", "is no date and time with an offset")
            }
        }
        let (start, end) =
            version == .one ? ("issuanceDate", "expirationDate") : ("validFrom", "validUntil")
        if let from = document[start]?.string.flatMap({ Instant(lenient: $0) }),
            let until = document[end]?.string.flatMap({ Instant(lenient: $0) }), until < from
        {
            fail("/\(end)", "is before \(start)")
        }
    }

    /// Members whose values are objects with a type (VC 2.0 sections 4.10 to 4.14 and 5).
    private mutating func typedObjects() {
        let names = [
            "credentialStatus", "credentialSchema", "refreshService", "termsOfUse", "evidence",
        ]
        for name in names {
            guard let value = document[name] else { continue }
            for (index, entry) in (value.array ?? [value]).enumerated() {
                let pointer = value.array == nil ? "/\(name)" : "/\(name)/\(index)"
                if entry.object == nil {
                    fail(pointer, "is \(entry.kind), no object")
                } else if entry["type"] == nil {
                    fail(pointer + "/type", "is missing")
                } else if name == "credentialSchema", entry["id"].map(isURL) != true {
                    fail(pointer + "/id", "is missing or no URL")
                }
            }
        }
    }

    private func isURL(_ value: JSON) -> Bool {
        value.string.map(DIDURL.isAbsolute) ?? false
    }
}
