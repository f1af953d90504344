/// By what items can be narrowed down and counted. The raw value is the name of the parameter.
package enum FacetDimension: String, CaseIterable, Sendable {
    /// The domain of the institution in whose log the item stands.
    case institution = "domain"
    /// ISO 3166-1 code of two letters, of the provider or the awarding body.
    case country
    /// ISCED-F code of two, three or four digits; a broad field holds the narrower ones.
    case field
    /// `1` to `8`, or `unlevelled`.
    case eqf
    /// A range of ECTS credits, such as `3-5`: from 3, below 5.
    case credits
    /// ISO 639-1 code of the language of instruction.
    case language
    /// Such as `online`.
    case mode
    /// Such as `short-learning-programme`.
    case type
    /// URI of a skill.
    case skill
    /// Of `qualityMarks`.
    case quality
    /// The domain of an institution that has published a positive precedent.
    case recognisedBy = "recognised_by"

    /// Signs of quality that an item may carry, with what each says.
    package static let qualityMarks: [(mark: String, label: String)] = [
        ("accredited", "accredited by an agency"),
        ("institutional-qa", "institutional quality assurance"),
        ("programme-qa", "quality assurance of the programme"),
        ("committee-validated", "all four validations of the scientific committee"),
        ("student-evaluated", "evaluated by students"), ("endorsed", "endorsed by others"),
    ]

    /// The value that is stored for what somebody asks for: a code, a label or a URI.
    ///
    /// - Returns: nil when there can be no such value.
    package func value(of text: String) -> String? {
        let code = text.lowercased()
        switch self {
        case .institution, .recognisedBy: return code
        case .credits: return nil
        case .country:
            return (Country.uri(code: code) ?? Country.countries.uri(labelled: text) ?? uri(text))
                .map(stored)
        case .field:
            let uri = ISCEDF.uri(code: code) ?? ISCEDF.fields.uri(labelled: text) ?? text
            return ISCEDF.fields.contains(uri) ? stored(uri) : nil
        case .eqf:
            let uri = Int(code).flatMap(EQF.uri) ?? EQF.levels.uri(labelled: text) ?? text
            return EQF.levels.contains(uri) ? stored(uri) : nil
        case .language:
            let uri = Language.uri(tag: code) ?? Language.languages.uri(labelled: text)
            return (uri ?? self.uri(text)).map(stored)
        case .mode: return (Vocabulary.modes.uri(labelled: text) ?? uri(text)).map(stored)
        case .type:
            return (Vocabulary.opportunityTypes.uri(labelled: text) ?? uri(text)).map(stored)
        case .skill: return uri(text)
        case .quality:
            return Self.qualityMarks.contains { $0.mark == code } ? code : nil
        }
    }

    /// What people call a stored value; nil when there is no other name than itself.
    package func label(of value: String) -> String? {
        switch self {
        case .institution, .recognisedBy, .skill: nil
        case .credits: "\(value) ECTS"
        case .country: Country.uri(code: value).flatMap(Country.countries.label)
        case .field: ISCEDF.uri(code: value).flatMap(ISCEDF.fields.label)
        case .eqf: Int(value).map { "Level \($0)" }
        case .language: Language.uri(tag: value).flatMap(Language.languages.label)
        case .mode: Vocabulary.modes.codes.first { Self.slug($0.label) == value }?.label
        case .type:
            Vocabulary.opportunityTypes.codes.first { Self.slug($0.label) == value }?.label
        case .quality: Self.qualityMarks.first { $0.mark == value }?.label
        }
    }

    /// The short form in which a URI of a list is stored; another URI as it is.
    func stored(_ uri: String) -> String {
        switch self {
        case .country: Country.code(of: uri) ?? uri
        case .field: ISCEDF.code(of: uri) ?? uri
        case .eqf: EQF.level(of: uri).map(String.init) ?? "unlevelled"
        case .language: Language.tag(of: uri) ?? uri
        case .mode: Vocabulary.modes.label(of: uri).map(Self.slug) ?? uri
        case .type: Vocabulary.opportunityTypes.label(of: uri).map(Self.slug) ?? uri
        default: uri
        }
    }

    private func uri(_ text: String) -> String? { WrittenForm.isURI(text) ? text : nil }

    private static func slug(_ label: String) -> String {
        String(label.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }
}
