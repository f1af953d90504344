import CanonicalJSON

/// Why bytes are no document or metadata of ours: the place, the reason and the remedy.
package struct DocumentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// JSON pointer (RFC 6901) to the offending value; empty for the whole text.
    package let place: String
    /// What is wrong, in one clause.
    package let reason: String
    /// What the author can do about it.
    package let remedy: String

    init(_ place: String, _ reason: String, remedy: String) {
        self.place = place
        self.reason = reason
        self.remedy = remedy
    }

    /// The text is not JSON.
    init(_ error: JSONError) {
        self.init(
            "",
            error.description,
            remedy: "write RFC 8259 JSON within the limits of protocol.md"
        )
    }

    /// One sentence with place and remedy.
    package var description: String {
        "\(place.isEmpty ? "the document" : place): \(reason); \(remedy)"
    }

    /// The pointer to member `name` of the value at `place`.
    static func pointer(_ place: String, _ name: String) -> String {
        var text = place + "/"
        for character in name.unicodeScalars {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
