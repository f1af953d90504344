package import CanonicalJSON
package import Catalogue

/// The catalogue item that was decided on, as the decider saw it.
package struct RecognisedItem: Hashable, Sendable {
    /// `https://<domain>/items/<percent-encoded id>`.
    package var globalID: String
    /// The title at the time of the decision.
    package var title: LocalizedText
    /// The domain of the institution whose catalogue holds it.
    package var issuer: String

    /// An item from its parts; checked when a record is validated or read.
    package init(globalID: String, title: LocalizedText, issuer: String) {
        self.globalID = globalID
        self.title = title
        self.issuer = issuer
    }

    /// `{"globalId":...,"issuer":...,"title":{"en":...}}`.
    package var json: JSON {
        ["globalId": .string(globalID), "issuer": .string(issuer), "title": title.json]
    }

    init(_ json: JSON?, at place: String) throws(RecordError) {
        let members = try RecordMembers(
            json,
            at: place,
            allowing: ["globalId", "issuer", "title"]
        )
        globalID = try members.value("globalId", "absolute URI") {
            WrittenForm.isURI($0) ? $0 : nil
        }
        issuer = try members.text("issuer")
        guard let texts = members["title"]?.object, texts.count > 0 else {
            throw members.error("title", "is no text by language")
        }
        var title: [String: String] = [:]
        for (tag, text) in texts {
            guard LanguageTag.isValid(tag), let text = text.string, !text.isEmpty else {
                throw members.error("title/\(tag)", "is no text in a language")
            }
            title[tag] = text
        }
        self.title = LocalizedText(title)
    }

    package static func == (left: RecognisedItem, right: RecognisedItem) -> Bool {
        left.json == right.json
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(Array(globalID.utf8))
    }
}

/// Credits that a decision grants.
package struct RecognisedCredits: Hashable, Sendable {
    /// A decimal string such as `2.5`.
    package var number: String
    /// The credit system as a URI.
    package var framework: String

    /// Credits from their parts; checked when a record is validated or read.
    package init(number: String, framework: String) {
        self.number = number
        self.framework = framework
    }

    /// `{"framework":...,"number":...}`.
    package var json: JSON {
        ["framework": .string(framework), "number": .string(number)]
    }

    init(_ json: JSON?, at place: String) throws(RecordError) {
        let members = try RecordMembers(json, at: place, allowing: ["framework", "number"])
        number = try members.value("number", "decimal such as 2.5") {
            WrittenForm.isDecimal($0) ? $0 : nil
        }
        framework = try members.value("framework", "absolute URI") {
            WrittenForm.isURI($0) ? $0 : nil
        }
    }
}
