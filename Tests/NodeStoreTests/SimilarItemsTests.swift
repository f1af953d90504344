import Catalogue
import NodeStore
import Testing

@Suite struct `Similar items` {
    private let store: SearchableStore

    init() throws { store = try SearchableStore() }

    private func similar(_ id: String, limit: Int = 10, hidden: Set<String> = []) throws -> String?
    {
        try store.views.similar(to: "https://uni-a.example/items/\(id)", limit: limit) {
            !hidden.contains($0)
        }.map { rows in
            rows.map { "\($0.row.id) \($0.similarity.score)" }.joined(separator: ", ")
        }
    }

    private func fill() throws {
        try store.publish("A", "a") {
            $0.state(.skill, "urn:x:1", "urn:x:2")
            $0.state(.field, "0613")
            $0.state(.eqf, "6")
        }
        try store.publish("B", "b") { $0.state(.field, "0612") }
        try store.publish("C", "c") { $0.state(.skill, "urn:x:2") }
        try store.publish("D", "d", of: SearchableStore.b) { $0.state(.field, "0613") }
        try store.publish("E", "e") { $0.state(.eqf, "6") }
    }

    @Test func `are the nearest first, without the item itself`() throws {
        try fill()
        #expect(try similar("A") == "D 35, B 24, C 20")
        #expect(try similar("A", limit: 1) == "D 35")
        #expect(try similar("C") == "A 20")
        #expect(try similar("E") == "")
        #expect(try similar("nope") == nil)
    }

    @Test func `are only those that are told`() throws {
        try fill()
        let hidden: Set = [SearchableStore.origin(SearchableStore.b)]
        #expect(try similar("A", hidden: hidden) == "B 24, C 20")
        #expect(try similar("A", hidden: [SearchableStore.origin(SearchableStore.a)]) == nil)
        try store.withdraw("C")
        #expect(try similar("A") == "D 35, B 24")
        #expect(try similar("C") == "A 20")
    }

    @Test func `are looked for among those of the rarest values`() throws {
        for number in 0..<2100 {
            try store.publish("I\(number)", "x") { $0.state(.field, "0613") }
        }
        try store.publish("A", "a") {
            $0.state(.field, "0613")
            $0.state(.skill, "urn:x:1")
        }
        try store.publish("B", "b") { $0.state(.skill, "urn:x:1") }
        #expect(try similar("A", limit: 3) == "B 40, I2099 35, I2098 35")
    }
}
