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

    /// As `folding`, and letters of scripts that are written without spaces between words stand alone:
    /// each is a word of the index, and a run of them a phrase, which is found in the middle of another.
    static func words(_ text: String) -> String {
        let folded = folding(text)
        guard folded.unicodeScalars.contains(where: isSpaceless) else { return folded }
        var result = String.UnicodeScalarView()
        for scalar in folded.unicodeScalars {
            guard isSpaceless(scalar) else {
                result.append(scalar)
                continue
            }
            result.append(contentsOf: [" ", scalar, " "])
        }
        return String(result)
    }

    /// Thai, Lao, Burmese, Khmer, kana, and Chinese characters.
    private static func isSpaceless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xe00...0xeff, 0x1000...0x109f, 0x1780...0x17ff, 0x2e80...0x2fdf, 0x3005...0x3007,
            0x3040...0x30ff, 0x31f0...0x31ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xf900...0xfaff,
            0xff66...0xff9f, 0x20000...0x3ffff:
            true
        default: false
        }
    }

    /// As `folding`, in lower case.
    static func key(_ text: String) -> String { folding(text).lowercased() }

    private static let plain: [Unicode.Scalar: String] = [
        "ß": "ss", "ẞ": "SS", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
        "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ı": "i", "ς": "σ",
    ]
}
