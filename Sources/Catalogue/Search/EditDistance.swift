/// How far two words are apart: letters that are missing, too many, wrong, or swapped with their neighbour
/// (optimal string alignment).
package enum EditDistance {
    /// Letters of the longest word that is corrected.
    package static let maximumLetters = 32

    /// How far a correction may be: 1 for 4 to 7 letters, 2 for more, 0 for shorter words and for those
    /// with a digit: another code is another thing.
    package static func allowed(_ word: String) -> Int {
        guard word.allSatisfy(\.isLetter) else { return 0 }
        return switch word.count {
        case 4...7: 1
        case 8...maximumLetters: 2
        default: 0
        }
    }

    /// The distance, 3 for everything that is at least so far apart.
    package static func between(_ left: String, _ right: String) -> Int {
        let a = Array(left)
        let b = Array(right)
        guard abs(a.count - b.count) < 3, a.count <= maximumLetters + 3 else { return 3 }
        var twoBefore: [Int] = []
        var before = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(row[j] + 1, before[j + 1] + 1, before[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, twoBefore[j - 1] + 1)
                }
                row.append(best)
            }
            twoBefore = before
            before = row
        }
        return min(3, before[b.count])
    }

    /// Everything at a distance of one in the alphabet of the word: some 1,000 for a word of 12 letters.
    package static func neighbours(of word: String) -> Set<String> {
        let letters = Array(word)
        guard letters.count <= maximumLetters else { return [] }
        let alphabet = alphabet(of: word)
        var found: Set<String> = []
        for place in 0...letters.count {
            for letter in alphabet {
                found.insert(String(letters[..<place] + [letter] + letters[place...]))
            }
            guard place < letters.count else { continue }
            let rest = letters[(place + 1)...]
            found.insert(String(letters[..<place] + rest))
            for letter in alphabet { found.insert(String(letters[..<place] + [letter] + rest)) }
            if let next = rest.first {
                found.insert(
                    String(letters[..<place] + [next, letters[place]] + rest.dropFirst()))
            }
        }
        found.remove(word)
        return found
    }

    /// Small letters without diacritics of the script of the first letter.
    private static func alphabet(of word: String) -> [Character] {
        let range: ClosedRange<UInt32> =
            switch word.unicodeScalars.first?.value ?? 0 {
            case 0x370...0x3ff: 0x3b1...0x3c9
            case 0x400...0x4ff: 0x430...0x44f
            case 0x590...0x5ff: 0x5d0...0x5ea
            case 0x600...0x6ff: 0x621...0x64a
            default: 0x61...0x7a
            }
        return range.compactMap { Unicode.Scalar($0).map(Character.init) }
    }
}
