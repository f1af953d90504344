@testable import Catalogue

/// A format's page of the manual with its worked file, and what is to come of reading that.
struct ManualPage: Sendable {
    /// An item of a worked file.
    struct Item: Sendable {
        let id: String
        let title: LocalizedText
        /// The names of the members that it has besides those that all items have.
        let members: String
    }

    /// The page's file name without its ending.
    let name: String
    let format: ImportFormat
    /// Below Deploy/demo-data/formats.
    let file: String
    var mapping: String?
    /// In the order of the file.
    let items: [Item]
    /// How the remarks begin, in their order.
    let remarks: [String]

    /// The members that every item has.
    static let required: Set<String> = [
        "id", "title", "defaultLanguage", "provider", "awardingBody",
    ]

    /// Pages of formats that are only written, by the format's name, and of formats that are read too.
    static let written = [
        "json": "JSONItems", "elm": "EuropeanLearningModel", "qdr": "EuropassQDR",
        "ob3": "OpenBadges3", "ctdl": "CTDL", "lom": "LOM", "csv": "CSVSheets",
        "schemaorg": "SchemaOrg",
    ]

    /// One for each format that is read.
    static let all: [ManualPage] = [
        ManualPage(
            name: "JSONItems",
            format: .json,
            file: "json.json",
            items: [
                Item(
                    id: "MAR-110",
                    title: [
                        "en": "Reading the sea: waves, tides and charts",
                        "nb": "Å lese havet: bølger, tidevann og kart",
                    ],
                    members: "approvalDate assessmentTypes code creditPoints description eqfLevel"
                        + " homepage iscedFields languages learningOutcomes modes status types"
                        + " workloadHours"
                ),
                Item(
                    id: "x-c92299a0c24eb5ff722259c39aad4aa2",
                    title: ["en": "Small boats in cold water"],
                    members: "sameAs"
                ),
            ],
            remarks: [
                "HTML markup was removed; spaces at the ends",
                "2026-05-04T09:30:00Z was read as the day",
                "2.5 was read as \"2.5\"",
                "PT65H was read as \"65\" hours",
                "not stated; This institution was assumed",
                "not stated; This institution was assumed",
                "\"MAR 111\" is no id; the item became",
                "P30M is 30 months, which says nothing about",
            ]
        ),
        ManualPage(
            name: "EuropeanLearningModel",
            format: .elm,
            file: "elm.jsonld",
            items: [
                Item(
                    id: "https://valverde.example/opportunities/agua-01",
                    title: ["en": "Precision irrigation", "es": "Riego de precisión"],
                    members: "assessmentTypes code creditPoints description eqfLevel homepage"
                        + " iscedFields languages learningOutcomes modes sameAs supervision"
                        + " types"
                )
            ],
            remarks: [
                "no awarding body; the provider was taken",
                "contentUrl, the RDF name of contentURL, was",
                "thematicArea, the name of ISCEDFCode in the",
                "a JSON number where a string of credits is",
                "P60M is 60 months, which says nothing about",
                "\"Blended\" was taken as",
                "not carried over, since an item has no place",
            ]
        ),
        ManualPage(
            name: "EuropassQDR",
            format: .qdr,
            file: "qdr.xml",
            items: [
                Item(
                    id: "https://auental.example/angebote/holz-7",
                    title: ["de": "Bauen mit Holz", "en": "Building with timber"],
                    members: "code creditPoints description eqfLevel homepage iscedFields"
                        + " languages learningOutcomes modes sameAs types"
                )
            ],
            remarks: [
                "7,5 was read as 7.5: the comma counts as the",
                "P150M is 150 months, which says nothing about",
                "not carried over: <duration>",
            ]
        ),
        ManualPage(
            name: "OpenBadges3",
            format: .ob3,
            file: "ob3.json",
            items: [
                Item(
                    id: "https://kilbride.example/badges/peat-fieldwork",
                    title: ["en": "Fieldwork on peatland"],
                    members: "code creditPoints criteria description eqfLevel fieldOfStudy"
                        + " gradingScheme homepage iscedFields keywords sameAs types version"
                )
            ],
            remarks: [
                "HTML markup was removed; spaces at the ends",
                "5 credits, but Open Badges does not say of",
                "the picture is not carried over",
            ]
        ),
        ManualPage(
            name: "OpenBadges2",
            format: .ob2,
            file: "ob2.json",
            items: [
                Item(
                    id: "https://zalesie.example/badges/bees",
                    title: ["pl": "Pszczoły w mieście"],
                    members: "alignments creditPoints description eqfLevel homepage keywords"
                        + " languages learningOutcomes sameAs workloadHours"
                )
            ],
            remarks: [
                "\"www.zalesie.example\" is no web address; left",
                "the picture is not carried over",
            ]
        ),
        ManualPage(
            name: "CTDL",
            format: .ctdl,
            file: "ctdl.jsonld",
            items: [
                Item(
                    id: "ce-6d0f6b52-3b1e-4e0a-9f57-2c7d1a5be901",
                    title: ["en-US": "Desert Restoration", "es": "Restauración del desierto"],
                    members: "code creditPoints criteria description homepage keywords languages"
                        + " modes sameAs status types"
                )
            ],
            remarks: [
                "P4M says how long it lasts, not how much work",
                "occupationType without an address became",
                "not carried over, since an item has no place",
            ]
        ),
        ManualPage(
            name: "LOM",
            format: .lom,
            file: "lom.xml",
            items: [
                Item(
                    id: "https://valbleu.example/cours/marees",
                    title: ["en": "Understanding tides", "fr": "Comprendre les marées"],
                    members: "alignments description eqfLevel fieldOfStudy homepage keywords"
                        + " languages licence sameAs status types validations version"
                        + " workloadHours"
                )
            ],
            remarks: [
                "LOM has no awarding body; Université du",
                "HTML markup was removed",
                "keywords in other languages than fr were left",
                "the role \"educational validator\" was read as an",
                "the context was read as EQF level 6, by the",
                "names of persons were left out (1): a catalogue",
            ]
        ),
        ManualPage(
            name: "OAIPMH",
            format: .oaiPMH,
            file: "oai-pmh.xml",
            items: [
                Item(
                    id: "oai:open.lindhaven.example:dijken",
                    title: ["en": "Building dikes", "nl": "Dijken bouwen"],
                    members: "description homepage keywords languages licence sameAs types"
                ),
                Item(
                    id: "oai:open.lindhaven.example:polders",
                    title: ["nl": "Polders lezen"],
                    members: "homepage sameAs"
                ),
            ],
            remarks: [
                "Dublin Core has no awarding body; Hogeschool",
                "not carried over: <creator>",
                "no publisher; This institution was assumed as",
                "a licence in words, of which no address is",
                "the title is there in one language only (nl);",
                "oai:open.lindhaven.example:sluizen is deleted",
                "the answer is one page of a list of 212",
            ]
        ),
        ManualPage(
            name: "EWPCourses",
            format: .ewpCourses,
            file: "ewp-courses.xml",
            items: [
                Item(
                    id: "CR/1408-GLEBA",
                    title: ["en": "Soil science", "pl": "Gleboznawstwo"],
                    members: "code creditPoints description eqfLevel gradingScheme homepage"
                        + " iscedFields languages types"
                ),
                Item(
                    id: "MOD/14-SOIL",
                    title: ["en": "Soil and water"],
                    members: "hasPart types"
                ),
            ],
            remarks: [
                "of 2 instances the latest is read; an item has",
                "Bachelor was read as EQF level 6",
                "60 hours of attendance are not the workload,",
                "\"62\" is no code of ISCED-F 2013; left out",
                "the title is there in one language only (en);",
            ]
        ),
        ManualPage(
            name: "NZQARegister",
            format: .nzqa,
            file: "nzqa.csv",
            items: [
                Item(
                    id: "x-b9100d16dea8bc10bcd2954a9600cddd",
                    title: ["en": "Native Seed Collecting (Micro-credential)"],
                    members: "approvalDate creditPoints eqfLevel nqfLevel reviewDate"
                ),
                Item(
                    id: "x-6901fc93ca1b7c7d6f6e0090b2211a0e",
                    title: ["en": "Dry Stone Walling, Repair and Rebuilding (Micro-credential)"],
                    members: "approvalDate creditPoints eqfLevel nqfLevel reviewDate"
                ),
                Item(
                    id: "x-01a99e0ecc51da1711c640b5eea91dce",
                    title: ["en": "Freshwater Sampling (Micro-credential)"],
                    members: "approvalDate creditPoints reviewDate"
                ),
            ],
            remarks: [
                "columns that are not read: Status",
                "only a month is given; the first of the month",
                "dates as DD/MM/YYYY here and as MM/YYYY above;",
                "\"five\" is no level; it was left out",
            ]
        ),
        ManualPage(
            name: "CSVSheets",
            format: .csv,
            file: "csv.csv",
            mapping: "csv.yaml",
            items: [
                Item(
                    id: "PT-31",
                    title: ["en": "Reading a tile", "pt": "Ler um azulejo"],
                    members: "approvalDate creditPoints eqfLevel iscedFields languages"
                        + " learningOutcomes modes types workloadHours"
                ),
                Item(
                    id: "PT-32",
                    title: ["en": "Lime and mortar", "pt": "Cal e argamassa"],
                    members: "approvalDate creditPoints eqfLevel iscedFields languages"
                        + " learningOutcomes types workloadHours"
                ),
                Item(
                    id: "PT-33",
                    title: ["en": "Repairing timber floors", "pt": "Restauro de soalhos"],
                    members: "approvalDate creditPoints eqfLevel iscedFields languages"
                        + " learningOutcomes modes types workloadHours"
                ),
            ],
            remarks: [
                "1,5 was read as \"1.5\"",
                "\"oficina\" is not in the list mode; left out",
                "a date as YYYY-MM-DD here and as DD/MM/YYYY",
            ]
        ),
    ]
}
