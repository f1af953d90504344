import Catalogue
import Foundation
import Keys

/// Items of realistic shape, the same for the same numbers: titles of two to six words, some eighty words of
/// text, three outcomes with skills, and the usual statements. Words are as frequent as words are (Zipf).
struct SyntheticCatalogue {
    let items: Int
    let institutions: Int

    private static let languages = ["en", "en", "en", "de", "fr", "es", "it", "pl", "el", "pt"]
    private static let countries = [
        "DE", "FR", "IT", "ES", "PL", "GR", "PT", "NL", "BE", "AT", "IE", "SE", "FI", "DK", "CZ",
        "HU", "RO", "BG", "HR", "SI",
    ]
    private static let vocabulary = 30_000
    private static let fields = ISCEDF.fields.codes.map(\.uri).filter {
        ISCEDF.code(of: $0)?.count == 4
    }
    private static let words: [String] = {
        let heads = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr"]
        let vowels = ["a", "e", "i", "o", "u", "ai", "ou"]
        var chance = Chance(seed: 42)
        var known: Set<String> = []
        var words: [String] = []
        while words.count < vocabulary {
            let syllables = 2 + chance.below(3)
            let word = (0..<syllables).map { _ in
                heads[chance.below(heads.count)] + vowels[chance.below(vowels.count)]
            }.joined()
            if known.insert(word).inserted { words.append(word) }
        }
        return words
    }()

    func domain(of item: Int) -> String { "uni-\(item / perInstitution).example" }

    /// Items of each institution, one after the other.
    var perInstitution: Int { max(1, items / institutions) }

    /// The n-th item.
    func item(_ number: Int) -> LearningOpportunity {
        var chance = Chance(seed: UInt64(number) &* 7919 &+ 1)
        let title = Self.text(2 + chance.below(5), beyond: 20, &chance)
        let country = Country.uri(code: Self.countries[number / perInstitution % 20])
        let own = Organisation(
            name: ["en": "University \(number / perInstitution)"], country: country)
        var item = LearningOpportunity(
            id: "I-\(number)", title: ["en": title], defaultLanguage: "en", provider: own,
            awardingBody: own)
        item.description = ["en": Self.text(50 + chance.below(60), beyond: 0, &chance)]
        item.types = [Self.one(of: Vocabulary.opportunityTypes, &chance)]
        item.learningOutcomes = (0..<3).map { _ in
            let skill = Self.rank(13_900, &chance)
            return LearningOutcome(
                title: ["en": Self.text(4, beyond: 5, &chance)],
                escoSkills: ["http://data.europa.eu/esco/skill/\(skill)"])
        }
        item.iscedFields = [Self.fields[Self.rank(Self.fields.count, &chance)]]
        item.eqfLevel = EQF.uri(level: 4 + chance.below(5))
        let credits = ["0.5", "1", "2", "2.5", "3", "5", "5", "6", "10", "30"][chance.below(10)]
        item.creditPoints = [CreditPoints(framework: Vocabulary.ects, number: credits)]
        let language = Self.languages[chance.below(Self.languages.count)]
        item.languages = [Language.uri(tag: language)].compactMap(\.self)
        item.modes = [Self.one(of: Vocabulary.modes, &chance)]
        if chance.below(3) == 0 {
            item.qualityAssurance = [Self.one(of: Vocabulary.qualityAssuranceTypes, &chance)]
        }
        return item
    }

    private static func one(of list: CodeList, _ chance: inout Chance) -> String {
        list.codes[chance.below(list.codes.count)].uri
    }

    /// 0 to `count` - 1, the first ones most often.
    private static func rank(_ count: Int, _ chance: inout Chance) -> Int {
        min(count - 1, Int(pow(Double(count), chance.share())) - 1)
    }

    private static func text(_ count: Int, beyond first: Int, _ chance: inout Chance) -> String {
        (0..<count).map { _ in words[max(first, rank(vocabulary, &chance))] }.joined(
            separator: " ")
    }
}

/// Numbers that are the same for the same seed.
struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next number of SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func share() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
