/// Writes one RFC 8785 object without building a value first: for messages that are written by the
/// million. The caller gives the members in the order of their names, each once.
public struct CanonicalObjectWriter {
    private var output: [UInt8]
    private var isEmpty = true

    /// An object without members.
    ///
    /// - Parameter capacity: bytes to set aside.
    public init(capacity: Int) {
        output = []
        output.reserveCapacity(capacity)
        output.append(UInt8(ascii: "{"))
    }

    /// A member with a string; none when it is nil.
    public mutating func string(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        begin(name)
        JSON.writeString(value, into: &output)
    }

    /// A member with a string that is `prefix` and the lower-case hexadecimal form of `bytes`; none
    /// when there are no bytes. The prefix must need no escapes.
    public mutating func hex(_ name: StaticString, _ prefix: StaticString, _ bytes: [UInt8]?) {
        guard let bytes else { return }
        begin(name)
        output.append(UInt8(ascii: "\""))
        append(prefix)
        for byte in bytes {
            output.append(Self.digit(byte >> 4))
            output.append(Self.digit(byte & 15))
        }
        output.append(UInt8(ascii: "\""))
    }

    /// A member with an integer within ±(2^53 - 1); none when it is nil.
    public mutating func integer(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        begin(name)
        output.append(contentsOf: String(value).utf8)
    }

    /// A member with an array of strings.
    public mutating func strings(_ name: StaticString, _ values: [String]) {
        begin(name)
        output.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSON.writeString(value, into: &output)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// The object's bytes; the writer is used up.
    public consuming func finish() -> [UInt8] {
        output.append(UInt8(ascii: "}"))
        return output
    }

    private mutating func begin(_ name: StaticString) {
        if !isEmpty { output.append(UInt8(ascii: ",")) }
        isEmpty = false
        output.append(UInt8(ascii: "\""))
        append(name)
        output.append(UInt8(ascii: "\""))
        output.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ text: StaticString) {
        output.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
