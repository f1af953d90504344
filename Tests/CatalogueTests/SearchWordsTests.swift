import Testing

@testable import Catalogue

@Suite struct `Words of a search` {
    /// Terms in a form of their own: `"a b"` in a row, `c*` may go on, `-d` must not occur.
    private func read(_ text: String) -> String {
        SearchWords(text).terms.map { term in
            (term.isExcluded ? "-" : "")
                + (term.words.count > 1 || term.isQuoted
                    ? "\"\(term.words.joined(separator: " "))\"" : term.words[0])
                + (term.isPrefix ? "*" : "")
        }.joined(separator: " ")
    }

    @Test(arguments: [
        ("", ""), ("  ?! ", ""), ("robotics", "robotics*"), ("data literacy", "data literacy*"),
        ("data literacy ", "data literacy*"), ("\"machine learning\"", "\"machine learning\""),
        ("\"machine learning\" vid", "\"machine learning\" vid*"),
        ("vid \"machine learning\"", "vid \"machine learning\""), ("a", "a"), ("日", "日*"),
        ("robots -video", "robots -video"), ("-video", "-video"),
        ("-\"by video\" robots", "-\"by video\" robots*"), ("self-study", "\"self study\"*"),
        ("l'eau", "\"l eau\"*"), ("a,b;cd", "a b cd*"), ("a - b", "a b"), ("--x", "-x"),
        ("c*-de", "c de*"), ("\"unclosed words", "\"unclosed words\""), ("\"\"", ""),
        ("„Maschinelles Lernen“ ab", "\"Maschinelles Lernen\" ab*"),
        ("AND OR NOT NEAR(a b, 2) title:x", "AND OR NOT NEAR a b 2 title x"),
        ("\u{202e}robots\u{0}", "robots*"), ("हिन्दी", "हिन्दी*"), ("data\"x", "data \"x\""),
    ])
    func `are read from any text`(_ text: String, _ terms: String) {
        #expect(read(text) == terms)
    }

    @Test func `are limited in number`() {
        let many = String(repeating: "ab ", count: 17)
        #expect(SearchWords(many).terms.count == 16)
        #expect(SearchWords(many).terms.last?.isPrefix == false)
        #expect(SearchWords(String(repeating: "ab ", count: 16)).terms.last?.isPrefix == true)
        #expect(SearchWords("\"" + many + "\"").terms.map(\.words.count) == [16])
        #expect(SearchWords(String(repeating: "-\"*:", count: 2500)).isEmpty)
    }

    @Test(arguments: [
        ("robot", "robot", 0), ("robot", "robots", 1), ("robot", "obot", 1), ("robot", "rabot", 1),
        ("robot", "rboot", 1), ("robot", "rbooot", 2), ("robot", "canvas", 3), ("", "ab", 2),
        ("ab", "abcde", 3), ("mathematics", "matematiks", 2),
    ])
    func `are so far apart`(_ left: String, _ right: String, _ distance: Int) {
        #expect(EditDistance.between(left, right) == distance)
        #expect(EditDistance.between(right, left) == distance)
    }

    @Test(arguments: [
        ("art", 0), ("arts", 1), ("history", 1), ("robotics", 2), ("bc-101", 0), ("word12345", 0),
        (String(repeating: "a", count: 32), 2), (String(repeating: "a", count: 33), 0),
    ])
    func `may be corrected by so much`(_ word: String, _ distance: Int) {
        #expect(EditDistance.allowed(word) == distance)
    }

    @Test(arguments: ["arts", "λογος", "наука", "שלום"])
    func `have these neighbours`(_ word: String) {
        let near = EditDistance.neighbours(of: word)
        #expect(near.count < 1200 && !near.contains(word))
        #expect(near.allSatisfy { EditDistance.between($0, word) == 1 })
        #expect(
            near.contains(String(word.dropFirst())) && near.contains(word + String(word.suffix(1))))
    }
}
