public import CanonicalJSON

/// Why a text is no usable DID document.
public struct DIDDocumentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// JSON pointer (RFC 6901) to the member that is wrong; empty for the whole.
    public let pointer: String
    /// What is wrong there.
    public let reason: String
    /// What to do about it.
    public let remedy = "ask the controller of the DID to publish a document that follows DID 1.0"

    init(_ pointer: String, _ reason: String) {
        self.pointer = pointer
        self.reason = reason
    }

    /// One sentence with the place.
    public var description: String {
        "\(pointer.isEmpty ? "the DID document" : pointer) \(reason)"
    }
}

/// The part of a DID document, or of any controlled identifier document, that verification needs:
/// its methods and which of them may do what (DID 1.0 section 5).
public struct DIDDocument: Equatable, Sendable {
    /// The five relationships of DID 1.0 section 5.3.
    public enum Relationship: String, CaseIterable, Sendable {
        case authentication, assertionMethod, keyAgreement, capabilityInvocation
        case capabilityDelegation
    }

    /// The DID (or https address) that the document is about.
    public let id: String
    /// All methods, embedded ones included, with unique ids.
    public let verificationMethods: [VerificationMethod]
    private let relationships: [Relationship: [String]]

    /// More methods than this are refused, so that nobody can make a verifier work for nothing.
    static let methodLimit = 256

    /// A document of one DID whose methods may all be used for `relationships`.
    init(id: String, methods: [VerificationMethod], for relationships: [Relationship]) {
        self.id = id
        verificationMethods = methods
        self.relationships = Dictionary(
            uniqueKeysWithValues: relationships.map { ($0, methods.map(\.id)) }
        )
    }

    /// Reads a DID document. Unknown members and unknown types of methods are kept apart, not
    /// refused.
    ///
    /// - Throws: `DIDDocumentError` with a JSON pointer.
    public init(_ json: JSON) throws(DIDDocumentError) {
        guard json.object != nil else { throw DIDDocumentError("", "is \(json.kind), no object") }
        guard let id = json["id"]?.string, DIDURL.isAbsolute(id) else {
            throw DIDDocumentError("/id", "is missing or no DID")
        }
        self.id = id
        var methods: [VerificationMethod] = []
        for (index, entry) in try Self.list(json, "verificationMethod").enumerated() {
            try Self.add(entry, to: &methods, in: id, at: "/verificationMethod/\(index)")
        }
        var relationships: [Relationship: [String]] = [:]
        for relationship in Relationship.allCases {
            let name = relationship.rawValue
            for (index, entry) in try Self.list(json, name).enumerated() {
                let pointer = "/\(name)/\(index)"
                if let reference = entry.string {
                    relationships[relationship, default: []].append(
                        Self.absolute(reference, in: id)
                    )
                } else {
                    try Self.add(entry, to: &methods, in: id, at: pointer)
                    relationships[relationship, default: []].append(methods[methods.count - 1].id)
                }
            }
        }
        verificationMethods = methods
        self.relationships = relationships
    }

    /// The method with that absolute id; nil when the document has none.
    public func method(_ id: String) -> VerificationMethod? {
        verificationMethods.first { DIDURL.same($0.id, id) }
    }

    /// Whether the document lets the method with that absolute id act in that relationship.
    public func allows(_ id: String, for relationship: Relationship) -> Bool {
        relationships[relationship]?.contains { DIDURL.same($0, id) } ?? false
    }

    /// `#key-1` completed with the document's id; anything else as it is.
    static func absolute(_ reference: String, in document: String) -> String {
        reference.utf8.first == UInt8(ascii: "#") ? document + reference : reference
    }

    private static func list(_ json: JSON, _ name: String) throws(DIDDocumentError) -> [JSON] {
        guard let value = json[name] else { return [] }
        guard let array = value.array else {
            throw DIDDocumentError("/" + name, "is \(value.kind), no array")
        }
        guard array.count <= methodLimit else {
            throw DIDDocumentError("/" + name, "has more than \(methodLimit) entries")
        }
        return array
    }

    private static func add(
        _ entry: JSON,
        to methods: inout [VerificationMethod],
        in document: String,
        at pointer: String
    ) throws(DIDDocumentError) {
        guard entry.object != nil else {
            throw DIDDocumentError(pointer, "is \(entry.kind), neither an object nor a reference")
        }
        let method = try VerificationMethod(entry, in: document, at: pointer)
        guard !methods.contains(where: { DIDURL.same($0.id, method.id) }) else {
            throw DIDDocumentError(pointer + "/id", "is used by two methods")
        }
        methods.append(method)
    }
}
