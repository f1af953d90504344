/// An element in one piece of memory, for those who hold many: about a fifth of what the element
/// itself takes. Names and texts are kept as they are, numbers in as few bytes as they need.
package struct PackedElement: Sendable {
    private let bytes: [UInt8]

    /// Packs an element with all that is in it.
    package init(_ element: XMLElement) {
        var packer = Packer()
        packer.put(element, outer: nil)
        bytes = packer.bytes
    }

    /// How many bytes it takes.
    package var count: Int { bytes.count }

    /// The element as it was.
    package var element: XMLElement {
        var unpacker = Unpacker(bytes: bytes)
        return unpacker.takeElement(outer: nil)
    }

    private struct Packer {
        var bytes: [UInt8] = []

        /// `outer` is the namespace around the element, which most elements share.
        mutating func put(_ element: XMLElement, outer: String?) {
            bytes.append(element.namespace == outer ? 1 : 0)
            if element.namespace != outer { put(element.namespace ?? "") }
            put(element.name)
            put(element.position.line)
            put(element.position.column)
            put(element.attributes.count)
            for attribute in element.attributes {
                put(attribute.name)
                put(attribute.namespace ?? "")
                put(attribute.value)
            }
            put(element.ownText)
            put(element.children.count)
            for child in element.children { put(child, outer: element.namespace) }
        }

        private mutating func put(_ text: String) {
            put(text.utf8.count)
            bytes += text.utf8
        }

        private mutating func put(_ number: Int) {
            var rest = UInt(number)
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7f) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
    }

    /// Reads what a packer wrote.
    private struct Unpacker {
        let bytes: [UInt8]
        var index = 0

        mutating func takeElement(outer: String?) -> XMLElement {
            let isSame = bytes[index] == 1
            index += 1
            let namespace = isSame ? outer : takeName()
            let name = takeText()
            let position = XMLPosition(line: takeNumber(), column: takeNumber())
            let attributes = (0..<takeNumber()).map { _ in
                XMLAttribute(name: takeText(), namespace: takeName(), value: takeText())
            }
            var element = XMLElement(
                name: name,
                namespace: namespace,
                attributes: attributes,
                position: position
            )
            element.ownText = takeText()
            element.children = (0..<takeNumber()).map { _ in takeElement(outer: namespace) }
            return element
        }

        /// No namespace is written as an empty text, which is none.
        private mutating func takeName() -> String? {
            let text = takeText()
            return text.isEmpty ? nil : text
        }

        private mutating func takeText() -> String {
            let count = takeNumber()
            defer { index += count }
            return String(decoding: bytes[index..<(index + count)], as: UTF8.self)
        }

        private mutating func takeNumber() -> Int {
            var number: UInt = 0
            var shift: UInt = 0
            while true {
                let byte = bytes[index]
                index += 1
                number |= UInt(byte & 0x7f) << shift
                if byte < 0x80 { return Int(number) }
                shift += 7
            }
        }
    }
}
