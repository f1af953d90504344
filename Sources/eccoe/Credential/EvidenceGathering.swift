import CanonicalJSON
import Credentials
import Federation
import MemberRegistry
import NodeClient
import NodeStore

/// Finds what the verification of a credential needs: in a folder, in the registry, then in the
/// network.
struct EvidenceGathering {
    private static let documentBytes = 1 << 20
    /// A document may name a second controller; that one's is fetched too, and no more.
    private static let rounds = 2

    /// DID documents by DID, with the file that each came from.
    private let documents: [String: (document: JSON, file: String)]
    private let registry: TrustedRegistry?
    private let transport: HTTPPeerTransport?

    /// - Parameters:
    ///   - folder: holds DID documents, one JSON file each.
    ///   - transport: nil to stay offline.
    /// - Throws: `CommandFailure` when the folder or a file in it cannot be read.
    init(
        folder: String?,
        registry: TrustedRegistry?,
        transport: HTTPPeerTransport?
    ) throws {
        self.registry = registry
        self.transport = transport
        documents = try folder.map(Self.read) ?? [:]
    }

    /// Everything that is needed for a credential, as far as it can be had.
    func evidence(for credential: JSON) async -> Evidence {
        var evidence = Evidence()
        for _ in 0..<Self.rounds {
            let needs = CredentialVerification.needs(of: credential, evidence: evidence)
            for need in needs {
                guard case .didDocument(let id) = need else { continue }
                evidence.didDocuments[id] = await find(id, url: need.url)
            }
        }
        return evidence
    }

    private func find(_ id: String, url: String?) async -> Evidence.Found {
        if let (document, file) = documents[id] { return .document(document, source: file) }
        if let document = registered(id) {
            return .document(document, source: "the member key registry")
        }
        guard let url else {
            return .unobtainable("This kind of DID is resolved from files and the registry only.")
        }
        guard let transport else { return .unobtainable("Offline: \(url) was not asked.") }
        do {
            return .document(try await fetch(url, by: transport), source: url)
        } catch let problem as Problem {
            return .unobtainable("\(url): \(problem.detail).")
        } catch {
            return .unobtainable("\(url): \(error).")
        }
    }

    private func registered(_ did: String) -> JSON? {
        guard let member = registry?.members.first(where: { $0.document.dids.contains(did) }),
            DIDWeb.did(domain: member.document.domain) == did
        else { return nil }
        let keys = member.document.keys.filter { $0.use == .credential }
        return DIDWeb.document(
            domain: member.document.domain,
            keys: keys.map { DIDWeb.NamedKey(kid: $0.kid, key: $0.publicKey) }
        )
    }

    private func fetch(_ url: String, by transport: HTTPPeerTransport) async throws -> JSON {
        guard let (origin, rest) = HTTPOrigin.read(url) else {
            throw Problem(.unreachable, "this is no https URL", at: url)
        }
        let response = try await transport.send(
            PeerRequest(
                "GET",
                rest.isEmpty ? "/" : rest,
                of: PeerAddress(domain: origin.host, url: origin.url, trust: .system),
                maximumBytes: Self.documentBytes
            )
        )
        guard response.status == 200 else {
            throw Problem(.unreachable, "the server answered with status \(response.status)")
        }
        do {
            return try JSON.read(response.body, limits: .outsideCredential)
        } catch { throw Problem(.malformedRequest, error.description) }
    }

    private static func read(
        _ folder: String
    ) throws -> [String: (document: JSON, file: String)] {
        let names = try DurableFile.list(folder).filter { $0.hasSuffix(".json") }
        guard !names.isEmpty else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .notFound,
                    "there are no DID documents",
                    at: folder,
                    try: "give a folder with one .json file a DID document"
                )
            )
        }
        var documents: [String: (document: JSON, file: String)] = [:]
        for name in names {
            let path = folder + "/" + name
            let bytes = try InputFile.read(path, limit: documentBytes)
            let document: JSON
            do {
                document = try JSON.read(bytes, limits: .outsideCredential)
            } catch {
                throw CommandFailure(
                    .data,
                    Problem(.malformedRequest, error.description, at: path)
                )
            }
            if let id = document["id"]?.string { documents[id] = (document, path) }
        }
        return documents
    }
}
