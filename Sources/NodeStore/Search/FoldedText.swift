import Foundation

/// Text as the index holds it and as words are compared: without what people leave out when they type.
enum FoldedText {
    /// Diacritics of Latin, Greek and Cyrillic letters go, vowel points and stretching of Arabic and
    /// Hebrew too, and letters with a stroke and ligatures become plain ones. Marks that make other letters
    /// (Indic, Thai, kana) stay. Case is left to the index.
    static func folding(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar.value {
            case ..<0x80: result.append(scalar)
            case 0x300...0x36f, 0x591...0x5c7, 0x610...0x61a, 0x640, 0x64b...0x65f, 0x670,
                0x6d6...0x6dc, 0x6df...0x6e8, 0x6ea...0x6ed, 0xad, 0x200b...0x200f,
                0x202a...0x202e, 0x2060...0x2069, 0xfeff:
                continue
            default:
                if let plain = plain[scalar] {
                    result.append(contentsOf: plain.unicodeScalars)
                } else {
                    result.append(scalar)
                }
            }
        }
        return String(result).precomposedStringWithCanonicalMapping
    }

    /// As `folding`, in lower case.
    static func key(_ text: String) -> String { folding(text).lowercased() }

    private static let plain: [Unicode.Scalar: String] = [
        "ß": "ss", "ẞ": "SS", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
        "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ı": "i", "ς": "σ",
    ]
}
