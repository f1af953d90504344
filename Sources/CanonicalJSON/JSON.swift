/// A JSON value (RFC 8259) as it was written.
///
/// Strings and member names are compared by their UTF-8 bytes, never by canonical equivalence, so
/// two names that differ only by Unicode normal form stay two names. Numbers keep the token of the
/// source.
public indirect enum JSON: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// The string, or nil for any other kind of value.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The boolean, or nil for any other kind of value.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number as an exact integer, or nil for any other kind of value, for fractions, exponents
    /// and for values outside ±(2^53 - 1).
    public var integer: Int64? {
        if case .number(let value) = self { value.integer } else { nil }
    }

    /// The number with its source token, or nil for any other kind of value.
    public var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The elements, or nil for any other kind of value.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, or nil for any other kind of value.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member called `name`, or nil when this is no object or has no such member.
    public subscript(name: String) -> JSON? {
        object?[name]
    }

    /// The element at `index`, or nil when this is no array or is shorter.
    public subscript(index: Int) -> JSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// What kind of value this is, in the words of an error message.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: Equatable {
    /// Equality of RFC 8785 forms: strings by bytes, numbers by value, objects without regard to
    /// the order of members.
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a.value == b.value
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    /// An integer; beyond ±(2^53 - 1) it is rounded as RFC 8785 says.
    public init(integerLiteral value: Int64) {
        self = .number(JSONNumber(value))
    }

    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    public init(arrayLiteral elements: JSON...) {
        self = .array(elements)
    }

    /// Of repeated names the last one is kept.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var object = JSONObject()
        for (name, value) in elements { object[name] = value }
        self = .object(object)
    }
}

/// A number: the token of the source and the IEEE 754 double that it stands for.
public struct JSONNumber: Sendable {
    /// The characters of the source, such as `1.50` or `1e+20`.
    public let token: String
    /// The nearest double; always finite.
    public let value: Double

    init(token: String, value: Double) {
        self.token = token
        self.value = value
    }

    /// An integer as a number.
    public init(_ value: Int64) {
        self.token = String(value)
        self.value = Double(value)
    }

    /// The value when the token is a plain integer within ±(2^53 - 1), otherwise nil.
    public var integer: Int64? {
        guard let integer = Int64(token), integer.magnitude < 1 << 53 else { return nil }
        return integer
    }
}
