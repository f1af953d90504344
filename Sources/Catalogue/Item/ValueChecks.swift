import CanonicalJSON
import Keys

/// Why a single value is refused.
struct ValueProblem {
    let message: String
    let remedy: String
}

/// The checks of single values: nil when the value is acceptable.
enum ValueCheck {
    /// Neither empty nor with control characters.
    static func text(_ text: String) -> ValueProblem? {
        if text.allSatisfy(\.isWhitespace) {
            return ValueProblem(message: "an empty text", remedy: "leave out what is not stated")
        }
        if let scalar = text.unicodeScalars.first(where: PlainText.isRefused) {
            let code = String(scalar.value, radix: 16, uppercase: true)
            let zeros = String(repeating: "0", count: max(0, 4 - code.count))
            return ValueProblem(
                message: "the control character U+\(zeros)\(code)",
                remedy: "remove control and bidirectional formatting characters"
            )
        }
        return nil
    }

    /// An absolute URI.
    static func uri(_ text: String) -> ValueProblem? {
        WrittenForm.isURI(text)
            ? nil
            : ValueProblem(
                message: "\"\(text.prefix(80))\" is no absolute URI of at most 2,048 bytes",
                remedy:
                    "write the full URI, such as http://data.europa.eu/snb/eqf/6, with spaces and "
                    + "characters beyond ASCII percent-encoded"
            )
    }

    /// An http or https address.
    static func web(_ text: String) -> ValueProblem? {
        WrittenForm.isWebAddress(text)
            ? nil
            : ValueProblem(
                message: "\"\(text.prefix(80))\" is no web address",
                remedy: "write the full address with https://"
            )
    }

    /// A decimal in its one form.
    static func decimal(_ text: String) -> ValueProblem? {
        WrittenForm.isDecimal(text)
            ? nil
            : ValueProblem(
                message: "\"\(text.prefix(80))\" is no decimal number",
                remedy:
                    "write it like \"2.5\" or \"5\": a point, no sign, no zeros that say nothing"
            )
    }

    /// `YYYY-MM-DD`.
    static func date(_ text: String) -> ValueProblem? {
        Instant(date: text) != nil
            ? nil
            : ValueProblem(
                message: "\"\(text.prefix(80))\" is no date",
                remedy: "write it as YYYY-MM-DD, such as 2026-11-23"
            )
    }

    /// A BCP 47 tag.
    static func language(_ text: String) -> ValueProblem? {
        LanguageTag.isValid(text)
            ? nil
            : ValueProblem(
                message: "\"\(text.prefix(80))\" is no language tag",
                remedy: "write a BCP 47 tag such as en, fr or pt-BR"
            )
    }

    /// An id of an item.
    static func identifier(_ text: String) -> ValueProblem? {
        ItemIdentifier.isValid(text)
            ? nil
            : ValueProblem(
                message: "\"\(text.prefix(80))\" is no id: \(text.utf8.count) bytes",
                remedy: "use 1 to 64 printable ASCII characters without space"
            )
    }
}

/// Reads a map from language to text.
struct LocalizedTextReader {
    let log: ProblemLog

    func read(_ value: JSON, at place: String) -> LocalizedText? {
        guard let object = value.object else {
            log.add(
                place,
                "\(value.kind) where a text by language is expected",
                "write it as {\"en\": \"...\"}"
            )
            return nil
        }
        if object.count == 0 {
            log.add(place, "a text in no language", "leave out what is not stated")
            return nil
        }
        var texts: [String: String] = [:]
        var folded: Set<String> = []
        for (tag, text) in object {
            let place = JSONPointer.appending(tag, to: place)
            if let problem = ValueCheck.language(tag) {
                log.add(place, problem.message, problem.remedy)
            } else if !folded.insert(tag.lowercased()).inserted {
                log.add(place, "the language appears twice", "keep one text for each language")
            } else if let text = text.string {
                if let problem = ValueCheck.text(text) {
                    log.add(place, problem.message, problem.remedy)
                }
                texts[tag] = text
            } else {
                log.add(place, "\(text.kind) where a string is expected", "write it as a string")
            }
        }
        return texts.isEmpty ? nil : LocalizedText(texts)
    }
}
