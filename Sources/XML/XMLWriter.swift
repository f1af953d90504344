/// Writes XML 1.0 in UTF-8, indented by two spaces. What XML cannot carry, such as control
/// characters, is left out.
package struct XMLWriter {
    private var output: [UInt8]
    private var open: [String] = []

    /// A text that begins with the XML declaration, or a part of one without it.
    package init(isPart: Bool = false) {
        output = isPart ? [] : Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    }

    /// The text so far.
    package var bytes: [UInt8] { output }

    /// A document up to the start tag of its root, whose end tag the caller writes: for documents
    /// that are never in memory as a whole.
    package static func opening(
        _ root: String,
        _ attributes: KeyValuePairs<String, String?> = [:]
    ) -> [UInt8] {
        var xml = XMLWriter()
        xml.writeTag(root, attributes)
        xml.output += Array(">\n".utf8)
        return xml.output
    }

    /// Writes an element with what `content` writes into it. Attributes without value are left out.
    package mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String?> = [:],
        _ content: (inout XMLWriter) throws -> Void
    ) rethrows {
        writeTag(name, attributes)
        let contentStart = output.count
        output.append(UInt8(ascii: ">"))
        open.append(name)
        try content(&self)
        open.removeLast()
        if output.count == contentStart + 1 {
            output.removeLast()
            output += Array("/>\n".utf8)
        } else {
            indent()
            output += Array("</\(name)>\n".utf8)
        }
    }

    /// Writes an element with a text, or an empty one.
    package mutating func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String?> = [:],
        text: String? = nil
    ) {
        writeTag(name, attributes)
        if let text {
            output.append(UInt8(ascii: ">"))
            escape(text, inAttribute: false)
            output += Array("</\(name)>\n".utf8)
        } else {
            output += Array("/>\n".utf8)
        }
    }

    /// Puts in a part that another writer has written.
    package mutating func part(_ bytes: [UInt8]) {
        breakLine()
        output += bytes
    }

    private mutating func writeTag(
        _ name: String,
        _ attributes: KeyValuePairs<String, String?>
    ) {
        breakLine()
        indent()
        output.append(UInt8(ascii: "<"))
        output += Array(name.utf8)
        for (name, value) in attributes {
            guard let value else { continue }
            output += Array(" \(name)=\"".utf8)
            escape(value, inAttribute: true)
            output.append(UInt8(ascii: "\""))
        }
    }

    private mutating func breakLine() {
        if output.last == UInt8(ascii: ">") { output.append(UInt8(ascii: "\n")) }
    }

    private mutating func indent() {
        output += [UInt8](repeating: 0x20, count: 2 * open.count)
    }

    /// Line ends and tabs of attributes are escaped: readers make spaces of them.
    private mutating func escape(_ text: String, inAttribute: Bool) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += Array("&amp;".utf8)
            case "<": output += Array("&lt;".utf8)
            case ">": output += Array("&gt;".utf8)
            case "\"": output += Array("&quot;".utf8)
            case "\r": output += Array("&#13;".utf8)
            case "\n" where inAttribute: output += Array("&#10;".utf8)
            case "\t" where inAttribute: output += Array("&#9;".utf8)
            default:
                let isSpace = scalar == "\n" || scalar == "\t"
                if scalar.value >= 0x20 || isSpace, scalar.value != 0xfffe, scalar.value != 0xffff {
                    output += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                }
            }
        }
    }
}
