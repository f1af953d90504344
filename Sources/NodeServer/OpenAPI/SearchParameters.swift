import CanonicalJSON
import Catalogue
import Federation

extension Operation {
    /// The parameters of a search.
    static let searchParameters: [Parameter] =
        [
            Parameter(
                name: "q", schema: text,
                text:
                    "Words that an item must have; the last one may be the beginning of a word, a text in "
                    + "quotation marks is a phrase, and what stands behind a hyphen must not occur. At "
                    + "most \(Limits.searchBytes) bytes.")
        ] + FacetDimension.allCases.compactMap(filter) + [
            Parameter(name: "credits_min", schema: decimal, text: "At least so many ECTS credits."),
            Parameter(name: "credits_max", schema: decimal, text: "At most so many ECTS credits."),
            Parameter(
                name: "sort", schema: one(of: SearchSort.allCases.map(\.rawValue)),
                text: "The order; items that lack what they are sorted by come last."),
            limit,
            Parameter(
                name: "facets", schema: one(of: ["true", "false"]),
                text: "Whether the items of each value are counted."),
            Parameter(
                name: "cursor", schema: ["type": "string", "pattern": "^[A-Za-z0-9_-]+$"],
                text:
                    "Where the page begins: `next` of the page before, with all else as it was then. A "
                    + "text of one's own is refused."),
            Parameter(
                name: "similar", schema: text,
                text:
                    "The items most similar to this one, by its global id; goes with limit only."),
        ]

    /// The parameters of needs; the last one only of their list.
    static let needParameters: [Parameter] = [
        Parameter(name: "domain", schema: text, text: "Of this institution."), limit,
        Parameter(
            name: "item", schema: text, text: "Only those that this item serves, by its global id."),
    ]

    private static let decimal: JSON = [
        "type": "string", "pattern": "^(0|[1-9][0-9]{0,5})(\\.[0-9]{0,5}[1-9])?$",
    ]

    private static let limit = Parameter(
        name: "limit", schema: ["type": "string", "pattern": "^-?[0-9]+$"],
        text: "At most so many: a number, taken for 1 below and for 100 above.")

    private static func one(of values: [String]) -> JSON {
        ["type": "string", "enum": .array(values.map { .string($0) })]
    }

    private static func filter(_ dimension: FacetDimension) -> Parameter? {
        let (schema, words): (JSON, String)
        switch dimension {
        case .credits: return nil
        case .institution: (schema, words) = (text, "of this institution")
        case .country:
            (schema, words) = (values(of: Country.countries, dimension), "of this country")
        case .field:
            (schema, words) = (
                values(of: ISCEDF.fields, dimension), "of this field or one within it"
            )
        case .eqf: (schema, words) = (values(of: EQF.levels, dimension), "of this EQF level")
        case .language:
            (schema, words) = (values(of: Language.languages, dimension), "taught in this language")
        case .mode: (schema, words) = (values(of: Vocabulary.modes, dimension), "in this mode")
        case .type:
            (schema, words) = (values(of: Vocabulary.opportunityTypes, dimension), "of this type")
        case .skill:
            (schema, words) = (
                ["type": "string", "pattern": "^(https://[a-z]{1,20}/[A-Za-z0-9/._-]{1,200})?$"],
                "with this skill"
            )
        case .quality:
            (schema, words) = (
                one(of: FacetDimension.qualityMarks.map(\.mark)), "with this sign of quality"
            )
        case .recognisedBy: (schema, words) = (text, "that this institution has recognised")
        }
        return Parameter(
            name: dimension.rawValue, schema: schema,
            text:
                "Only items \(words); several values with commas between, or the parameter repeated, "
                + "are alternatives.")
    }

    private static func values(of list: CodeList, _ dimension: FacetDimension) -> JSON {
        one(of: list.codes.compactMap { dimension.value(of: $0.uri) })
    }
}
