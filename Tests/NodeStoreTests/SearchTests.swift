import Catalogue
import Foundation
import NodeStore
import Testing

@Suite struct `A search of the views` {
    private static let a = SearchableStore.a
    private static let b = SearchableStore.b
    private let store: SearchableStore

    init() throws { store = try SearchableStore() }

    // MARK: Words

    private static let words: [(String, Set<String>)] = [
        ("learning", ["L", "M"]), ("machine learning", ["L", "M"]), ("\"machine learning\"", ["M"]),
        ("learning -machine", []), ("learning -bulldozer", ["M"]), ("-machine", ["R"]),
        ("mach", ["L", "M"]), ("mach learning", []), ("\"machine learn\"", []),
        ("learning OR robots", []), ("self-study", ["R"]), ("study-self", []),
    ]

    @Test(arguments: Self.words)
    func `takes words, phrases, beginnings and exclusions`(
        _ words: String, _ found: Set<String>
    ) throws {
        try store.publish("M", "Machine learning")
        try store.publish("L", "Bulldozer", "Learning to drive a machine")
        try store.publish("R", "Robots", "A self study")
        #expect(try Set(store.ids("q=\(words)")) == found)
    }

    @Test(arguments: Self.titles)
    func `takes any language without its marks`(_ title: String, _ words: [String]) throws {
        try store.publish("A", title)
        try store.publish("B", "Something else")
        for word in words { #expect(try store.ids("q=\(word)") == ["A"], "\(word)") }
    }

    @Test(arguments: ["据数", "析分", "分析数据", "数分", "-数据", "数 -分析"])
    func `finds letters without spaces in their order only`(_ words: String) throws {
        try store.publish("A", "高级数据分析课程")
        #expect(try store.ids("q=\(words)") == [])
    }

    @Test func `weighs a whole title of letters without spaces`() throws {
        try store.publish("A", "数据")
        try store.publish("B", "高级数据分析课程", "数据 数据")
        #expect(try store.ids("q=数据").first == "A")
    }

    private static let titles: [(String, [String])] = [
        ("Άλφα του λόγου", ["αλφα", "ΛΟΓΟΥ", "λογ", "ἄλφα"]), ("ΛΟΓΟΣ", ["λόγος", "λογοσ"]),
        ("Ёлка и чай", ["елка", "ЧАИ", "чай"]), ("مُحَمَّد", ["محمد", "مُحَمَّد", "محـمد"]),
        ("שָׁלוֹם", ["שלום"]), ("हिन्दी भाषा", ["हिन्दी", "भाषा"]), ("数据分析", ["数据分析", "数据", "数", "分析", "据分"]),
        ("Python入門: プログラミング", ["入門", "python入門", "グラミ", "python 入"]),
        ("การเรียนรู้ของเครื่อง", ["เครื่อง", "เรียนรู้"]), ("แมว", ["แมว"]),
        ("Straße Łódź Malmø", ["strasse", "lodz", "malmo", "STRASSE", "łódź"]),
        ("Gießen", ["giessen"]), ("İzmir ısı", ["izmir", "isi"]),
        ("cafe\u{301}", ["café", "cafe"]),
        ("co\u{ad}op\u{200b}eration", ["cooperation"]), ("한국어", ["한국어", "한국"]),
        ("Việt ngữ", ["viet", "ngu"]), ("a\u{202e}bcd", ["abcd"]),
    ]

    @Test(arguments: [
        "\"", "\"\"", "*", "-", "- -", "a* OR b*", "{title}: x", "^x", "NEAR(a b)", "title : x",
        "\u{0}", "a\u{0}b", "x'--", "\\", "(", "a AND", "NOT", "\"a\u{0}\"", "%", "\u{301}",
        "\"\u{301}\"", "-\u{301}", "\u{202e}\u{200b}", "½", "\u{fffd}", "🤖",
    ])
    func `is never an operator of the engine`(_ words: String) throws {
        try store.publish("A", "a b x")
        for sort in SearchSort.allCases {
            _ = try store.views.search(
                {
                    var query = CatalogueQuery(words)
                    query.sort = sort
                    query.hasFacets = true
                    return query
                }())
        }
        let long = String(repeating: words + "\u{5b}", count: 10_000 / max(1, words.utf8.count))
        _ = try store.views.search(CatalogueQuery(long))
    }

    // MARK: Corrections

    @Test(arguments: [
        ("robtics", "robotics"), ("rbootics", "robotics"), ("paintng", "painting"),
        ("Pánting", "painting"), ("mathemetiks", "mathematics"), ("λογοσσ", "λογοσ"),
    ])
    func `corrects a word that is in no item`(_ word: String, _ by: String) throws {
        try fillForCorrection()
        let page = try store.ask("q=\(word)")
        #expect(page.total == 1 && page.rows.count == 1)
        #expect(page.corrected.map(\.by) == [by] && page.corrected.map(\.word) == [word])
    }

    @Test(arguments: [
        "ars", "\"robtics\"", "robot", "rotobics", "bc-102", "bc102", "\"robtics painting\"",
        "-robtics",
        "robtics paintng mathemetiks", "xobtics", "robtics zzzz",
    ])
    func `does not guess`(_ words: String) throws {
        try fillForCorrection()
        #expect(try store.ask("q=\(words)").corrected.isEmpty)
    }

    @Test func `corrects one word of several, and to the most frequent of equally near ones`()
        throws
    {
        try store.publish("A", "Marketing mind")
        try store.publish("B", "Marketing mint")
        try store.publish("C", "Marketing mint again")
        let page = try store.ask("q=marketing mins")
        #expect(page.rows.map(\.id).sorted() == ["B", "C"] && page.corrected.map(\.by) == ["mint"])
    }

    @Test func `tells no word of a text that is not told`() throws {
        try store.publish("A", "Zanzibar")
        let erased = try store.publish("B", "Quokka")
        try store.withdraw("A")
        try store.erase(erased)
        try store.publish("C", "Capybara", of: Self.b)
        for word in ["zanzibbr", "quokkas"] {
            let page = try store.ask("q=\(word)")
            #expect(page.total == 0 && page.corrected.isEmpty)
        }
        let hidden: Set = [SearchableStore.origin(Self.b)]
        #expect(try store.ask("q=capibara").corrected.count == 1)
        #expect(try store.ask("q=capibara", hidden: hidden).corrected.isEmpty)
    }

    private func fillForCorrection() throws {
        try store.publish("A", "Robotics arts", "bc-101 bc101")
        try store.publish("B", "Painting")
        try store.publish("C", "Mathematics")
        try store.publish("D", "λόγος")
    }

    // MARK: What is not there

    @Test func `neither finds nor counts what is withdrawn, erased or not served`() throws {
        try store.publish("A", "Robots") { $0.state(.country, "DE") }
        let payload = try store.publish("B", "Robots") { $0.state(.country, "DE") }
        try store.publish("C", "Robots") { $0.state(.country, "DE") }
        try store.publish("D", "Robots", of: Self.b) { $0.state(.country, "DE") }
        let hidden: Set = [SearchableStore.origin(Self.b)]
        for _ in 0..<2 {
            #expect(try store.counts(.country) == "DE 4")
            #expect(try store.counts(.country, hidden: hidden) == "DE 3")
            #expect(try store.counts(.institution, hidden: hidden) == "uni-a.example 3")
            #expect(try store.ids("q=robots", hidden: hidden) == ["A", "B", "C"])
            #expect(try store.ids("domain=\(Self.b)", hidden: hidden).isEmpty)
            try store.reopen()
        }
        try store.withdraw("A")
        try store.erase(payload)
        for _ in 0..<2 {
            #expect(try store.counts(.country) == "DE 2")
            #expect(try store.ids("q=robots") == ["C", "D"])
            #expect(try store.ids("country=DE") == ["C", "D"])
            #expect(try store.ids("sort=title") == ["C", "D"])
            try store.reopen()
        }
        try store.publish("A", "Robots again")
        #expect(try store.counts(.country) == "DE 2")
        #expect(try store.ids("q=robots again") == ["A"])
    }

    @Test func `leaves no value of an erased text in the file`() throws {
        let payload = try store.publish("A", "Robots") { $0.state(.skill, "urn:x:QuokkaSkill") }
        #expect(try store.counts(.skill) == "urn:x:QuokkaSkill 1")
        try store.views.scrub()
        func file() throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: store.folder.file("views.sqlite")))
        }
        #expect(try file().range(of: Data("QuokkaSkill".utf8)) != nil)
        try store.erase(payload)
        try store.views.scrub()
        #expect(try file().range(of: Data("QuokkaSkill".utf8)) == nil)
        #expect(try store.counts(.skill) == "")
    }

    @Test func `goes by the text that is shown until the newest arrives`() throws {
        try store.publish("A", "Old") { $0.state(.mode, "online") }
        let newer = try store.publish("A", "New", isShown: false) { $0.state(.mode, "blended") }
        #expect(try store.counts(.mode) == "online 1")
        try store.show(newer)
        #expect(try store.counts(.mode) == "blended 1")
        #expect(try store.ids("mode=online").isEmpty)
        try store.reopen()
        #expect(try store.counts(.mode) == "blended 1")
    }

    @Test func `forgets an institution with what it recognised`() throws {
        try store.publish("A", "Robots")
        try store.recognise("https://uni-a.example/items/A", by: Self.b)
        #expect(try store.ids("recognised_by=\(Self.b)") == ["A"])
        try store.views.forget(domain: Self.b)
        #expect(try store.ids("recognised_by=\(Self.b)").isEmpty)
        try store.views.forget(domain: Self.a)
        #expect(try store.ids("").isEmpty)
        #expect(try store.counts(.institution) == "")
    }

    // MARK: Recognition

    @Test func `knows who has recognised an item, whatever came first`() throws {
        let item = "https://uni-a.example/items/A"
        try store.recognise(item, by: Self.b)
        try store.publish("A", "Robots")
        try store.publish("B", "Paint")
        let third = "uni-c.example"
        for _ in 0..<2 {
            #expect(try store.counts(.recognisedBy) == "uni-b.example 1")
            try store.reopen()
        }
        let payload = try store.recognise(item, by: third)
        try store.recognise("https://uni-a.example/items/B", by: third, false)
        for _ in 0..<2 {
            #expect(try store.ids("recognised_by=\(third)") == ["A"])
            #expect(try store.ids("recognised_by=\(third),\(Self.b)&q=robots") == ["A"])
            #expect(try store.counts(.recognisedBy) == "uni-b.example 1, uni-c.example 1")
            let hidden: Set = [SearchableStore.origin(third)]
            #expect(try store.counts(.recognisedBy, hidden: hidden) == "uni-b.example 1")
            #expect(try store.ids("recognised_by=\(third)", hidden: hidden).isEmpty)
            try store.reopen()
        }
        try store.erase(payload, of: third)
        #expect(try store.counts(.recognisedBy) == "uni-b.example 1")
    }
}
