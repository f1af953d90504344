import Testing

@testable import Catalogue

@Suite struct `How similar two items are` {
    private func profile(_ text: String) -> Similarity.Profile {
        var facets = ItemFacets.none
        for part in text.split(separator: " ") {
            let value = String(part.dropFirst())
            switch part.first {
            case "s": facets.add(.skill, [value])
            case "f": facets.add(.field, ItemFacets.ancestors(ofField: value))
            case "e": facets.add(.eqf, [value])
            case "h": facets.hours = value
            default: facets.ects = value
            }
        }
        return Similarity.Profile(facets)
    }

    @Test(arguments: [
        ("s1 s2 f0613 e6 h100", "s1 s2 f0613 e6 h100", 100), ("s1", "s1", 40), ("s1 s2", "s1", 20),
        ("s1 s2", "s2 s3", 13), ("f0613", "f0613", 35), ("f0613", "f0612", 24),
        ("f0613", "f0688", 12),
        ("f0613", "f0713", 0), ("f06", "f0613", 12), ("f0613 f0713", "f0713 f0612", 35),
        ("e6", "e6", 15), ("e6", "e7", 7), ("e6", "e8", 0), ("eunlevelled", "eunlevelled", 0),
        ("h100", "h50", 5), ("h100", "h49", 0), ("c4", "h100", 10), ("c4", "c4", 10),
        ("h0", "h0", 0),
        ("", "", 0), ("s1 f0613", "", 0),
    ])
    func `is a number both ways`(_ one: String, _ other: String, _ score: Int) {
        #expect(Similarity(profile(one), profile(other)).score == score)
        #expect(Similarity(profile(other), profile(one)).score == score)
    }

    @Test func `is said why`() {
        let similarity = Similarity(
            profile("s1 s2 s3 f0613 f0711 e5 c4"), profile("s3 s2 f0613 f0612 f0719 e6 h80"))
        #expect(similarity.skills == ["2", "3"])
        #expect(similarity.fields == ["0613", "071"])
        #expect(similarity.levelDistance == 1 && similarity.workload == 0.8)
    }
}
