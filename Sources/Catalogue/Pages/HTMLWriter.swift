/// Writes HTML 5. All text is escaped; what is not, is ours.
struct HTMLWriter {
    private(set) var text = ""

    /// An element with what `content` writes into it. Attributes without value are left out.
    mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String?> = [:],
        _ content: (inout HTMLWriter) -> Void
    ) {
        open(name, attributes)
        content(&self)
        text += "</\(name)>\n"
    }

    /// An element with a text.
    mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String?> = [:],
        text content: String
    ) {
        open(name, attributes)
        write(content)
        text += "</\(name)>\n"
    }

    /// An element that never has content.
    mutating func void(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
        open(name, attributes)
        text += "\n"
    }

    /// A text.
    mutating func write(_ content: String) {
        text += Self.escaped(content)
    }

    /// Text from outside within a line of ours: whatever its direction, it does not turn the line
    /// around.
    mutating func isolated(_ content: String, language: String? = nil) {
        open("bdi", ["lang": language])
        write(content)
        text += "</bdi>"
    }

    /// Text of ours that is markup.
    mutating func markup(_ content: String) {
        text += content
    }

    private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String?>) {
        text += "<" + name
        for (name, value) in attributes {
            if let value { text += " \(name)=\"\(Self.escaped(value))\"" }
        }
        text += ">"
    }

    /// Without control characters and those that steer the direction of writing.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars where !PlainText.isRefused(scalar) {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
