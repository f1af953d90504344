import CanonicalJSON
import Keys

/// Reads the members of one JSON object and names the place of everything that does not fit.
struct ObjectReader {
    /// JSON pointer to the object.
    let place: String
    let object: JSONObject

    init(_ value: JSON, at place: String) throws(DocumentError) {
        guard let object = value.object else {
            throw DocumentError(place, "found \(value.kind)", remedy: "write an object here")
        }
        self.place = place
        self.object = object
    }

    /// Refuses members that the format does not know.
    func allow(only names: [String]) throws(DocumentError) {
        for name in object.names where !names.contains(where: { $0.utf8.elementsEqual(name.utf8) })
        {
            throw DocumentError(
                pointer(name),
                "unknown member",
                remedy: "remove it; known are \(names.joined(separator: ", "))"
            )
        }
    }

    func pointer(_ name: String) -> String { DocumentError.pointer(place, name) }

    func error(_ name: String, _ reason: String, remedy: String) -> DocumentError {
        DocumentError(pointer(name), reason, remedy: remedy)
    }

    func required(_ name: String) throws(DocumentError) -> JSON {
        guard let value = object[name] else {
            throw error(name, "missing", remedy: "add the member \"\(name)\"")
        }
        return value
    }

    func string(_ name: String) throws(DocumentError) -> String {
        let value = try required(name)
        guard let string = value.string else {
            throw error(name, "found \(value.kind)", remedy: "write a string")
        }
        return string
    }

    func optionalString(_ name: String) throws(DocumentError) -> String? {
        object[name] == nil ? nil : try string(name)
    }

    /// A string of `1...limit` UTF-8 bytes without control characters.
    func text(_ name: String, limit: Int) throws(DocumentError) -> String {
        let text = try string(name)
        guard Self.isText(text, limit: limit) else {
            throw error(
                name,
                "empty, longer than \(limit) bytes, or with control characters",
                remedy: "write 1 to \(limit) bytes of plain text"
            )
        }
        return text
    }

    static func isText(_ text: String, limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value)
            }
    }

    /// A string of printable ASCII, so that equality of strings is equality of bytes.
    func ascii(_ name: String) throws(DocumentError) -> String {
        let text = try string(name)
        guard Self.isASCII(text) else {
            throw error(name, "not printable ASCII", remedy: "use printable ASCII without space")
        }
        return text
    }

    static func isASCII(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }

    func integer(_ name: String, atLeast minimum: Int64) throws(DocumentError) -> Int64 {
        let value = try required(name)
        guard let integer = value.integer, integer >= minimum else {
            throw error(
                name,
                "found \(value.number?.token ?? value.kind)",
                remedy: "write an integer from \(minimum) to 2^53 - 1"
            )
        }
        return integer
    }

    func bool(_ name: String, default standard: Bool) throws(DocumentError) -> Bool {
        guard let value = object[name] else { return standard }
        guard let bool = value.bool else {
            throw error(name, "found \(value.kind)", remedy: "write true or false")
        }
        return bool
    }

    func instant(_ name: String) throws(DocumentError) -> Instant {
        let text = try string(name)
        guard let instant = Instant(text) else {
            throw error(
                name,
                "\"\(text)\" is no time",
                remedy: "write it as 2026-11-23T18:00:00Z"
            )
        }
        return instant
    }

    func optionalInstant(_ name: String) throws(DocumentError) -> Instant? {
        object[name] == nil ? nil : try instant(name)
    }

    func digest(_ name: String) throws(DocumentError) -> Digest {
        guard let digest = Digest(hex: try string(name)) else {
            throw error(
                name,
                "no SHA-256",
                remedy: "write 64 lower-case hexadecimal digits"
            )
        }
        return digest
    }

    func array(_ name: String, limit: Int) throws(DocumentError) -> [JSON] {
        let value = try required(name)
        guard let array = value.array else {
            throw error(name, "found \(value.kind)", remedy: "write an array")
        }
        guard array.count <= limit else {
            throw error(
                name,
                "\(array.count) elements",
                remedy: "write at most \(limit) elements"
            )
        }
        return array
    }

    func nested(_ name: String) throws(DocumentError) -> ObjectReader {
        try ObjectReader(required(name), at: pointer(name))
    }

    func optionalNested(_ name: String) throws(DocumentError) -> ObjectReader? {
        object[name] == nil ? nil : try nested(name)
    }

    func objects(_ name: String, limit: Int) throws(DocumentError) -> [ObjectReader] {
        var readers: [ObjectReader] = []
        for (index, element) in try array(name, limit: limit).enumerated() {
            readers.append(try ObjectReader(element, at: "\(pointer(name))/\(index)"))
        }
        return readers
    }

    /// An array of printable ASCII strings without duplicates.
    func names(_ name: String, limit: Int) throws(DocumentError) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for (index, element) in try array(name, limit: limit).enumerated() {
            let place = "\(pointer(name))/\(index)"
            guard let text = element.string, Self.isASCII(text) else {
                throw DocumentError(
                    place,
                    "not a string of printable ASCII",
                    remedy: "use printable ASCII"
                )
            }
            guard seen.insert(text).inserted else {
                throw DocumentError(place, "\"\(text)\" appears twice", remedy: "list it once")
            }
            names.append(text)
        }
        return names
    }
}
