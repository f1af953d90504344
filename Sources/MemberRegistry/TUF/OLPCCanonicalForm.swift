package import CanonicalJSON

extension JSON {
    /// The OLPC canonical JSON form in UTF-8, which TUF signs: no space, members sorted by code
    /// point, only quote and backslash escaped, integers only.
    ///
    /// - Throws: `DocumentError` for a number that is no integer, with its place.
    package func olpcBytes() throws(DocumentError) -> [UInt8] {
        var output: [UInt8] = []
        try writeOLPC(into: &output, at: "")
        return output
    }

    private func writeOLPC(into output: inout [UInt8], at place: String) throws(DocumentError) {
        switch self {
        case .null: output.append(contentsOf: Array("null".utf8))
        case .bool(let value): output.append(contentsOf: Array((value ? "true" : "false").utf8))
        case .number(let number):
            guard let text = number.olpcText else {
                throw DocumentError(
                    place,
                    "the number \(number.token) is no integer",
                    remedy: "signed TUF metadata may hold integers only"
                )
            }
            output.append(contentsOf: Array(text.utf8))
        case .string(let value): Self.writeOLPCString(value, into: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                try element.writeOLPC(into: &output, at: "\(place)/\(index)")
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            // UTF-8 sorts as code points do.
            let sorted = object.members.sorted {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            }
            for (index, member) in sorted.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.writeOLPCString(member.name, into: &output)
                output.append(UInt8(ascii: ":"))
                try member.value.writeOLPC(
                    into: &output,
                    at: DocumentError.pointer(place, member.name)
                )
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func writeOLPCString(_ value: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                output.append(UInt8(ascii: "\\"))
            }
            output.append(byte)
        }
        output.append(UInt8(ascii: "\""))
    }
}

extension JSONNumber {
    /// The digits of an integer of any size; nil for fractions and exponents.
    fileprivate var olpcText: String? {
        let digits = token.utf8.drop { $0 == UInt8(ascii: "-") }
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return token == "-0" ? "0" : token
    }
}
