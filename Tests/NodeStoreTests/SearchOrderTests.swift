import Catalogue
import Foundation
import NodeStore
import Testing

@Suite struct `Pages of a search` {
    private let store: SearchableStore

    init() throws { store = try SearchableStore() }

    private func fill() throws {
        try store.publish("A", "Éclair", "dough", at: 30) { $0.ects = "10" }
        try store.publish("B", "apple", "dough dough", at: 10) {
            $0.ects = "2.5"
            $0.state(.eqf, "7")
        }
        try store.publish("C", "Dough", at: 20) { $0.state(.eqf, "5") }
        try store.publish("D", "zebra", "dough", at: 20) {
            $0.ects = "2.5"
            $0.state(.eqf, "unlevelled")
        }
    }

    @Test(arguments: [
        ("", "A B C D"), ("q=dough", "C B A D"), ("sort=title", "B C A D"),
        ("sort=newest", "A D C B"),
        ("sort=credits", "B D A C"), ("sort=level", "C B A D"), ("q=dough&sort=title", "B C A D"),
    ])
    func `come in this order, whatever their size`(_ parameters: String, _ order: String) throws {
        try fill()
        for limit in 1...5 {
            let found = try store.ids(parameters + "&limit=\(limit)")
            if parameters == "q=dough" {
                #expect(found.first == "C" && Set(found) == ["A", "B", "C", "D"])
            } else {
                #expect(found.joined(separator: " ") == order, "\(limit)")
            }
        }
    }

    @Test func `end without a next one`() throws {
        try fill()
        #expect(try store.ask("limit=4").next == nil)
        #expect(try store.ask("limit=3").next != nil)
        #expect(try store.ask("q=dough&limit=4").next == nil)
        #expect(try store.ask("q=nothing").next == nil)
        #expect(try store.ask("limit=3").total == 4)
    }

    @Test(arguments: ["", "sort=title", "sort=credits", "sort=newest", "sort=level"])
    func `neither repeat nor miss an item when others come and go`(_ sort: String) throws {
        for number in 10..<40 {
            try store.publish("I\(number)", "T\(number / 4)", at: Int64(number / 4)) {
                $0.ects = "\(number / 4)"
                $0.state(.eqf, "\(number / 10)")
            }
        }
        let before = try store.ids(sort)
        #expect(Set(before).count == 30)
        var ids: [String] = []
        var next: SearchCursor?
        var round = 0
        repeat {
            let page = try store.ask("\(sort)&limit=7" + (next.map { "&cursor=\($0.text)" } ?? ""))
            ids += page.rows.map(\.id)
            next = page.next
            // One comes before all, one in the middle, and what was told last goes.
            try store.publish("A\(round)", "A", at: -1)
            try store.publish("I25x\(round)", "T6", at: 6) { $0.ects = "6" }
            if let last = ids.last, last.count == 3 { try store.withdraw(last) }
            round += 1
        } while next != nil && round < 20
        #expect(ids.filter { before.contains($0) } == before)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `by relevance end at a bound`() throws {
        try fill()
        let far = SearchCursor(order: .relevance, key: "", item: 9_999).text
        #expect(try store.ask("q=dough&cursor=\(far)").rows.isEmpty)
        #expect(try store.ask("q=dough&cursor=\(far)").next == nil)
    }

    @Test func `of many matches have the shortest titles with the words first`() throws {
        for number in 0..<5001 { try store.publish("I\(number)", "Thing", "dough") }
        try store.publish("L", "Dough for the many", "x")
        try store.publish("S", "Dough", "dough")
        let page = try store.ask("q=dough&limit=4")
        #expect(page.total == 5003)
        #expect(page.rows.map(\.id) == ["S", "L", "I5000", "I4999"])
        #expect(try store.ids("q=dough&limit=100&domain=uni-a.example").count == 5003)
        let narrow = try store.ids("q=dough&sort=title&limit=100")
        #expect(narrow.count == 5003 && narrow.prefix(2) == ["S", "L"])
    }

    // MARK: Filters and facets against a simple count

    private struct Sample {
        let id: String
        let domain: String
        let words: Set<String>
        let facets: ItemFacets

        func has(_ dimension: FacetDimension, _ values: Set<String>) -> Bool {
            dimension == .institution
                ? values.contains(domain) : !values.isDisjoint(with: facets.values(dimension))
        }
    }

    private func samples(_ count: Int, _ chance: inout Chance) throws -> [Sample] {
        try (0..<count).map { number in
            let words = ["robots", "paint", "law", "music"].filter { _ in chance.next(3) == 0 }
            let domain = ["uni-a.example", "uni-b.example", "uni-c.example"][chance.next(3)]
            var facets = ItemFacets.none
            func pick(_ values: [String]) -> [String] { values.filter { _ in chance.next(3) == 0 } }
            for value in pick(["DE", "FR"]) { facets.state(.country, value) }
            for value in pick(["0613", "0611", "0713"]).prefix(1) { facets.state(.field, value) }
            for value in pick(["online", "blended"]) { facets.state(.mode, value) }
            for value in pick(["urn:x:1", "urn:x:2", "urn:x:3"]) { facets.state(.skill, value) }
            if chance.next(2) == 0 { facets.ects = ["1", "2.5", "5"][chance.next(3)] }
            let stated = facets
            try store.publish(
                "I\(number)", "Title", words.joined(separator: " "), of: domain
            ) { $0 = stated }
            return Sample(id: "I\(number)", domain: domain, words: Set(words), facets: stated)
        }
    }

    @Test(arguments: [1, 2, 3]) func `and counts are those of a simple count`(_ seed: UInt64) throws
    {
        var chance = Chance(state: seed)
        let samples = try samples(300, &chance)
        if seed == 2 { try store.reopen() }
        for _ in 0..<40 {
            let word = chance.next(2) == 0 ? nil : ["robots", "law"][chance.next(2)]
            var filters: [FacetDimension: Set<String>] = [:]
            if chance.next(3) == 0 { filters[.country] = ["DE"] }
            if chance.next(3) == 0 { filters[.mode] = ["online", "blended"] }
            if chance.next(3) == 0 { filters[.field] = [["06", "0613", "071"][chance.next(3)]] }
            if chance.next(3) == 0 { filters[.skill] = ["urn:x:1", "urn:x:2"] }
            if chance.next(3) == 0 { filters[.institution] = ["uni-b.example"] }
            let range = chance.next(3) == 0 ? CreditsRange(minimum: 2, maximum: 5) : nil
            func matches(_ sample: Sample, but left: FacetDimension? = nil) -> Bool {
                (word.map(sample.words.contains) ?? true)
                    && filters.allSatisfy { $0.key == left || sample.has($0.key, $0.value) }
                    && (range.map { range in
                        left == .credits
                            || sample.facets.ects.flatMap(Double.init).map(range.contains)
                                == true
                    } ?? true)
            }
            var query = CatalogueQuery(word ?? "", limit: 100)
            query.filters = filters
            query.credits = range
            query.hasFacets = true
            let page = try store.views.search(query)
            let expected = samples.filter { matches($0) }
            #expect(page.total == expected.count)
            #expect(Set(page.rows.map(\.id)).isSubset(of: expected.map(\.id)))
            #expect(page.rows.count == min(100, expected.count))
            for dimension in [FacetDimension.country, .mode, .skill, .institution, .field] {
                for (value, count) in page.facets[dimension] ?? [] {
                    let own = samples.filter {
                        matches($0, but: dimension) && $0.has(dimension, [value])
                    }
                    #expect(count == own.count, "\(dimension) \(value)")
                }
            }
        }
    }

    @Test func `tell the broad fields, and those below the ones that are asked for`() throws {
        for (id, field) in [("A", "0613"), ("B", "0611"), ("C", "0713"), ("D", "0715")] {
            try store.publish(id, id) { $0.state(.field, field) }
        }
        #expect(try store.counts(.field) == "06 2, 07 2")
        #expect(try store.counts(.field, "field=06") == "06 2, 061 2, 07 2")
        #expect(try store.ids("field=06") == ["A", "B"])
        #expect(try store.ids("field=061,0715") == ["A", "B", "D"])
    }

    @Test func `tell the most frequent values only`() throws {
        for number in 0..<90 {
            try store.publish("I\(number)", "x") { facets in
                for skill in 0...(number % 30) { facets.state(.skill, "urn:x:\(100 + skill)") }
                facets.state(.mode, "urn:m:\(100 + number % 30)")
            }
        }
        let skills = try store.ask("facets=true").facets[.skill] ?? []
        #expect(skills.map(\.count) == (0..<20).map { 90 - 3 * $0 })
        let modes = try store.ask("facets=true").facets[.mode] ?? []
        #expect(modes.map(\.count) == [Int](repeating: 3, count: 20))
        #expect(modes.first?.value == "urn:m:100")
        #expect(try store.ask("").facets.isEmpty)
    }
}

/// Numbers that are the same for the same seed.
private struct Chance {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}
