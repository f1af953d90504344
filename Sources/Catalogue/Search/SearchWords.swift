/// What somebody is looking for in words: `data literacy`, `"machine learning" -video`, `robo`.
///
/// All terms must occur. A text in quotation marks is a phrase; the last word that is not in quotation
/// marks is also taken as the beginning of a word; a word or phrase with a hyphen before it must not
/// occur. There are no other operators: AND, OR, NOT, NEAR, * and : are words or nothing. Words are what
/// stands between characters that are neither letters nor digits. A run of letters of a script that is
/// written without spaces (Chinese, Japanese, Thai) is one word here; the index finds it as a phrase of its
/// letters, wherever it stands.
package struct SearchWords: Sendable, Equatable {
    /// Words in a row that must occur, or must not.
    package struct Term: Sendable, Equatable {
        /// At least one word, as written.
        package var words: [String]
        /// Whether the last word may go on.
        package var isPrefix = false
        /// Whether the term must not occur.
        package var isExcluded = false
        /// Whether it was written in quotation marks.
        package var isQuoted = false

        /// A term that must occur.
        package init(
            words: [String], isPrefix: Bool = false, isExcluded: Bool = false,
            isQuoted: Bool = false
        ) {
            self.words = words
            self.isPrefix = isPrefix
            self.isExcluded = isExcluded
            self.isQuoted = isQuoted
        }
    }

    /// Terms that are read; what follows is left aside.
    package static let maximumTerms = 16
    /// Words of one phrase that are read.
    package static let maximumPhraseWords = 16

    /// The terms in the order of the text.
    package var terms: [Term]

    /// Reads any text: what is no word is passed over.
    package init(_ text: String) {
        var reader = Reader(rest: text[...])
        terms = []
        while terms.count < Self.maximumTerms, let term = reader.next() { terms.append(term) }
        // The beginning of a word of one letter would be half the catalogue.
        if let last = terms.indices.last, reader.isAtEnd, !terms[last].isQuoted,
            !terms[last].isExcluded, terms[last].words.last.map(Self.mayGoOn) == true
        {
            terms[last].isPrefix = true
        }
    }

    /// Whether nothing is asked for.
    package var isEmpty: Bool { terms.isEmpty }

    /// The words of a text; a mark above or below a letter belongs to it.
    package static func split(_ text: Substring) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    private static func mayGoOn(_ word: String) -> Bool {
        word.count > 1 || word.unicodeScalars.contains { $0.value >= 0x2e80 }
    }
}

/// Goes through a text once.
private struct Reader {
    var rest: Substring

    /// Whether nothing but white space follows.
    var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

    mutating func next() -> SearchWords.Term? {
        var isAfterSpace = true
        while let first = rest.first {
            let isExcluded = first == "-" && isAfterSpace
            isAfterSpace = first.isWhitespace
            if isExcluded { rest.removeFirst() }
            let isQuoted = rest.first.map(Self.isQuotationMark) ?? false
            guard isQuoted || rest.first.map(Self.isOfWord) == true else {
                if !isExcluded { rest.removeFirst() }
                continue
            }
            let words = isQuoted ? quoted() : word()
            guard !words.isEmpty else { continue }
            return SearchWords.Term(
                words: Array(words.prefix(SearchWords.maximumPhraseWords)),
                isExcluded: isExcluded, isQuoted: isQuoted)
        }
        return nil
    }

    private mutating func quoted() -> [String] {
        rest.removeFirst()
        let end = rest.firstIndex(where: Self.isQuotationMark) ?? rest.endIndex
        defer { rest = rest[end...].dropFirst() }
        return SearchWords.split(rest[..<end])
    }

    /// A word; one with hyphens or apostrophes is several in a row.
    private mutating func word() -> [String] {
        let end = rest.firstIndex { !Self.isOfWord($0) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return SearchWords.split(rest[..<end])
    }

    private static func isOfWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "-'\u{2019}\u{2010}".contains(character)
    }

    private static func isQuotationMark(_ character: Character) -> Bool {
        "\"\u{201c}\u{201d}\u{201e}\u{ab}\u{bb}".contains(character)
    }
}
