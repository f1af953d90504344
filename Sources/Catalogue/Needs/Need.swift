package import CanonicalJSON

/// What an institution is looking for in the catalogue of all: a field, skills, levels, credits, languages.
/// What is not stated is nil or an empty list, and asks for nothing. Nothing in it may name a person; the
/// contact is the mailbox of an office.
package struct Need: Sendable {
    /// 1 to 64 printable ASCII characters; stable, case-sensitive.
    package var id: String
    /// What is needed, in a few words.
    package var title: LocalizedText
    /// BCP 47 tag of the language that the need is described in.
    package var defaultLanguage: String
    /// What it is needed for.
    package var description: LocalizedText?
    /// Of `ISCEDF.fields`: one of them.
    package var iscedFields: [String] = []
    /// Of `EQF.levels`: one of them.
    package var eqfLevels: [String] = []
    /// URIs of ESCO skills: as many as possible.
    package var escoSkills: [String] = []
    /// URIs of skills of other frameworks: as many as possible.
    package var otherSkills: [String] = []
    /// ECTS credits at least, a decimal.
    package var creditsMinimum: String?
    /// ECTS credits at most, a decimal.
    package var creditsMaximum: String?
    /// Languages of instruction, of `Language.languages`: one of them.
    package var languages: [String] = []
    /// Of `Vocabulary.modes`: one of them.
    package var modes: [String] = []
    /// The mailbox of an office, such as `recognition@uni-a.example`.
    package var contact: String?

    /// Values of one list that a need may have.
    package static let maximumValues = 64

    /// A need that states nothing else.
    package init(id: String, title: LocalizedText, defaultLanguage: String) {
        self.id = id
        self.title = title
        self.defaultLanguage = defaultLanguage
    }

    /// The title in the default language, or in another one when it lacks that.
    package var displayTitle: String { title.best(for: defaultLanguage) ?? id }

    /// The range of credits; nil when none is stated.
    package var credits: CreditsRange? {
        guard creditsMinimum != nil || creditsMaximum != nil else { return nil }
        return CreditsRange(
            minimum: creditsMinimum.flatMap(Double.init),
            maximum: creditsMaximum.flatMap(Double.init))
    }

    /// What items are compared with: fields, skills, levels, languages and modes.
    package var facets: ItemFacets {
        var facets = ItemFacets.none
        facets.add(
            .field, iscedFields.compactMap(ISCEDF.code).flatMap(ItemFacets.ancestors(ofField:)))
        facets.add(.eqf, eqfLevels.map(FacetDimension.eqf.stored))
        facets.add(.skill, escoSkills + otherSkills)
        facets.add(.language, languages.map(FacetDimension.language.stored))
        facets.add(.mode, modes.map(FacetDimension.mode.stored))
        return facets
    }
}

extension Need {
    /// The written form: what is not stated is absent.
    package var json: JSON {
        var writer = MemberWriter()
        writer.set(.id, id)
        writer.set(.title, title)
        writer.set(.defaultLanguage, defaultLanguage)
        writer.set(.description, description)
        writer.set(.iscedFields, iscedFields)
        writer.set(.eqfLevels, eqfLevels)
        writer.set(.escoSkills, escoSkills)
        writer.set(.otherSkills, otherSkills)
        writer.set(.creditsMinimum, creditsMinimum)
        writer.set(.creditsMaximum, creditsMaximum)
        writer.set(.languages, languages)
        writer.set(.modes, modes)
        writer.set(.contact, contact)
        return .object(writer.object)
    }

    /// Reads the written form strictly, as an item's.
    ///
    /// - Throws: `InvalidItem` with all problems.
    package init(json: JSON) throws(InvalidItem) {
        let log = ProblemLog()
        guard let object = json.object else {
            log.add("", "\(json.kind) where a need is expected", "write it as an object")
            throw InvalidItem(problems: log.problems)
        }
        var reader = MemberReader(object, pointer: "", log: log)
        let id = reader.identifier(.id)
        let title = reader.text(.title, required: true)
        let language = reader.language(.defaultLanguage, required: true)
        // Read on with a stand-in: the caller learns of every problem, not only of these.
        self.init(id: id ?? "", title: title ?? LocalizedText([:]), defaultLanguage: language ?? "")
        description = reader.text(.description)
        iscedFields = reader.codes(.iscedFields, of: ISCEDF.fields)
        eqfLevels = reader.codes(.eqfLevels, of: EQF.levels)
        escoSkills = reader.uris(.escoSkills)
        otherSkills = reader.uris(.otherSkills)
        creditsMinimum = reader.decimal(.creditsMinimum)
        creditsMaximum = reader.decimal(.creditsMaximum)
        languages = reader.uris(.languages)
        modes = reader.uris(.modes)
        contact = reader.string(.contact)
        reader.finish()
        check(log)
        guard log.problems.isEmpty else { throw InvalidItem(problems: log.problems) }
    }

    private func check(_ log: ProblemLog) {
        let lists: [(ItemName, [String])] = [
            (.iscedFields, iscedFields), (.eqfLevels, eqfLevels), (.escoSkills, escoSkills),
            (.otherSkills, otherSkills), (.languages, languages), (.modes, modes),
        ]
        for (name, values) in lists where values.count > Self.maximumValues {
            log.add(
                name.pointer, "more than \(Self.maximumValues) values",
                "publish several needs instead")
        }
        if lists.allSatisfy(\.1.isEmpty), credits == nil {
            log.add(
                "", "it asks for nothing that items can be compared by",
                "state fields, skills, levels, credits, languages or modes")
        }
        if let range = credits, let least = range.minimum, let most = range.maximum, least > most {
            log.add(
                ItemName.creditsMaximum.pointer, "fewer credits at most than at least",
                "swap creditsMinimum and creditsMaximum")
        }
        if let contact, !Self.isMailbox(contact) {
            log.add(
                ItemName.contact.pointer, "no address of a mailbox",
                "write that of an office, such as recognition@uni-a.example")
        }
    }

    /// Whether a text has the form of an address: it cannot be seen from it whether a person reads it.
    private static func isMailbox(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && text.utf8.count <= 254 && !parts[0].isEmpty
            && parts[1].contains(".") && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
            && text.utf8.allSatisfy {
                (0x21...0x7e).contains($0) && !Array("\"(),:;<>[\\]".utf8).contains($0)
            }
    }
}

extension Need: Equatable {
    /// Equality of the written forms.
    package static func == (left: Need, right: Need) -> Bool { left.json == right.json }
}
