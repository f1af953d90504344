public import CanonicalJSON

/// Something that has to be obtained before a credential can be judged.
public enum Need: Hashable, Sendable {
    /// The document of a DID, or of an https address that controls keys.
    case didDocument(id: String)

    /// Where the web has it; nil when only the folder of documents or the registry can help.
    public var url: String? {
        switch self {
        case .didDocument(let id):
            id.utf8.starts(with: "https://".utf8) ? id : DIDWeb.url(id)
        }
    }
}

/// Everything from outside that a verification may lean on, gathered beforehand: verification
/// itself asks nobody.
public struct Evidence: Sendable {
    /// What came of the search for one DID document.
    public enum Found: Equatable, Sendable {
        /// The document and where it came from, such as `the registry` or `did-documents/a.json`.
        case document(JSON, source: String)
        /// It could not be had: the reason as a full sentence.
        case unobtainable(String)
    }

    /// By DID. Documents of `did:key` are not looked up here: the DID is the key.
    public var didDocuments: [String: Found]

    /// Evidence as given; none by default.
    public init(didDocuments: [String: Found] = [:]) {
        self.didDocuments = didDocuments
    }

    /// A DID document, or why there is none.
    enum Resolution {
        case document(DIDDocument, source: String)
        case unresolved(String)
    }

    /// Resolves a DID or https address from the evidence alone.
    func resolve(_ id: String) -> Resolution {
        if id.utf8.starts(with: "did:key:".utf8) {
            do {
                return .document(try DIDKey.document(id), source: "the DID itself")
            } catch {
                return .unresolved("\(id) \(error.reason); use a key of one of these kinds.")
            }
        }
        switch didDocuments[id] {
        case nil:
            return .unresolved(
                "The DID document of \(id) has not been obtained; go online, or supply it as a "
                    + "file among the DID documents."
            )
        case .unobtainable(let reason):
            return .unresolved("The DID document of \(id) could not be obtained. \(reason)")
        case .document(let json, let source):
            return read(json, of: id, source: source)
        }
    }

    private func read(_ json: JSON, of id: String, source: String) -> Resolution {
        do {
            let document = try DIDDocument(json)
            guard DIDURL.same(document.id, id) else {
                return .unresolved(
                    "The document from \(source) is that of \(document.id), not of \(id); "
                        + "supply the right one."
                )
            }
            return .document(document, source: source)
        } catch {
            return .unresolved(
                "The DID document of \(id) from \(source) cannot be used: \(error); "
                    + "\(error.remedy)."
            )
        }
    }
}
