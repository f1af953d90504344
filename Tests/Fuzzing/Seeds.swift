import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import TransparencyLog

/// Well-formed inputs to begin from, made by our own writers with fixed keys.
enum Seeds {
    static let at = Instant(secondsSince1970: 1_795_456_800)
    private static let hash = Digest(of: [1] as [UInt8])

    private static func key(_ label: String) -> Ed25519Key? {
        Ed25519Key(seed: Digest(of: Array(label.utf8)).bytes)
    }

    private static func signer(_ name: String, _ type: VerifierKey.SignatureType) -> NoteSigner? {
        key(name).flatMap { NoteSigner(name: name, type: type, signer: $0) }
    }

    /// A checkpoint of seven leaves with a cosignature.
    static let note: SignedNote? = {
        guard let log = signer("uni-a.example/eccoe/1", .ed25519),
            let witness = signer("uni-b.example/eccoe/witness", .cosignature),
            let head = try? VerifiedCheckpoint(
                signing: Checkpoint(origin: log.key.name, size: 7, root: hash), by: log),
            let line = try? witness.sign(head.note.text, at: at)
        else { return nil }
        return try? head.note.adding([line])
    }()

    /// Leaves of each kind.
    static let leaves: [Leaf] = [
        Leaf(type: .genesis, at: at, payload: hash),
        Leaf(
            type: .itemPublished, at: at, subject: "BC-101", revision: 3, previous: 12,
            payload: hash, references: ["uni-b.example/eccoe/1#5120@\(hash)"]),
        Leaf(
            type: .decisionRecorded, at: at.startOfDay, subject: String(repeating: "0a", count: 16),
            revision: 1, commitment: hash),
        Leaf(
            type: .agreementTerminated, at: at, subject: String(repeating: "0b", count: 16),
            revision: 2, payload: hash, with: "uni-b.example", on: "2026-12-31"),
    ]

    static let network = "test-net"

    private static let repositories: [RegistryRepository] = {
        guard let owner = key("registry") else { return [] }
        let plan = RolePlan([owner.publicKey], threshold: 1)
        let levels = TopLevelPlan(root: plan, targets: plan, snapshot: plan, timestamp: plan)
        let network = NetworkDocument(
            name: Self.network, quorums: NetworkDocument.standardQuorums(from: at),
            bodies: [NetworkDocument.Body(name: "all", suffixes: ["example"])])
        let made = try? RegistryRepository.create(
            network, topLevel: levels, bodies: ["all": plan], signers: [owner], at: at)
        return [made?.0].compactMap(\.self)
    }()

    private static func registryFiles(_ part: String) -> [[UInt8]] {
        repositories.flatMap { repository in
            repository.files.filter { $0.key.contains(part) }.sorted { $0.key < $1.key }.map(
                \.value)
        }
    }

    /// Who trusts the first root of a registry.
    static let trusted: TrustedMetadata? = registryFiles("1.root.json").first.flatMap {
        try? TrustedMetadata(trustedRoot: $0, expiry: .ignored)
    }

    /// All roles of a registry.
    static let metadata: [[UInt8]] = registryFiles("metadata/")

    /// A root renewed and signed, and a member to be admitted.
    static let ceremonies: [[UInt8]] = {
        guard let repository = repositories.first, let owner = key("registry"),
            let request = requests.dropFirst().first.flatMap({
                try? RegistryRequest(readingPayload: $0)
            }),
            let root = try? repository.proposeRoot([:], at: at).signed(by: [owner]),
            let member = try? repository.proposeMember(request.granted(at: at), at: at)
        else { return [] }
        return [root.json.canonicalBytes, member.json.canonicalBytes]
    }()

    /// At the lowest cost that is accepted.
    static let sealedKey: [[UInt8]] = {
        guard let owner = key("registry"), let cost = SealedKey.Cost(n: 1 << 10, r: 1, p: 1),
            let sealed = try? SealedKey(
                sealing: owner, passphrase: Array("a passphrase for tests".utf8),
                salt: hash.bytes, nonce: Array(hash.bytes.prefix(12)), cost: cost)
        else { return [] }
        return [sealed.json.canonicalBytes]
    }()

    /// A request to join with its signatures, its payload, and the document that it carries.
    static let requests: [[UInt8]] = {
        guard let log = key("log"), let recovery = key("recovery"),
            let first = MemberKey(log.publicKey, use: .log, notBefore: at),
            let second = MemberKey(recovery.publicKey, use: .recovery, notBefore: at)
        else { return [] }
        let document = MemberDocument(
            domain: "uni-a.example", names: ["en": "University A", "fr": "Université A"],
            country: "FR", kind: .higherEducation, mailboxes: ["technical": "it@uni-a.example"],
            node: "https://node.uni-a.example:8443",
            tls: .authority([0x30] + [UInt8](repeating: 5, count: 63)),
            dids: ["did:web:uni-a.example"], keys: [first, second])
        let request = RegistryRequest(
            network: network, action: .join, at: at, base: nil, document: document)
        let signed = try? request.signed(by: [log, recovery])
        return [signed, request.payload, document.canonicalBytes].compactMap(\.self)
    }()

    /// An upload of three small leaves that begins one before a multiple of 256.
    static let upload: [UInt8] = {
        let entries = leaves.prefix(3).map(\.bytes)
        let header = AddEntriesHeader(origin: "uni-a.example/eccoe/1", start: 255, end: 258)
        let packages = [
            EntryPackage(indices: 255..<256, entries: [entries[0]], proof: [hash]),
            EntryPackage(indices: 256..<258, entries: Array(entries[1...]), proof: []),
        ]
        return header.bytes + packages.flatMap(\.bytes)
    }()

    static let page = HeadsPage(
        instance: "9f2c", from: 48_211, next: 48_213, more: false, now: at,
        snapshot: RegistryVersion(version: 812, digest: hash),
        rows: [
            HeadHint(origin: "0123456789abcdef", size: 7, root: "4bf5122f344554c5", cosignatures: 2)
        ]
    )

    static let signature: [UInt8] = {
        guard let key = key("node"),
            let signed = try? MessageSignature(
                signing: RequestTarget(
                    method: "PUT", nodeURL: "https://node.uni-a.example:8443", path: "/v1/blobs"),
                body: [1, 2, 3], by: key, kid: "a-key", nonce: "0123456789abcdef", at: at)
        else { return [] }
        return Array(
            [signed.contentDigest, signed.input, signed.signature].joined(separator: "\n").utf8)
    }()
}

extension FuzzTarget {
    /// Inputs that are accepted, to begin from.
    package var seeds: [[UInt8]] {
        let notes = [Seeds.note].compactMap(\.self)
        let hash = Digest(of: [1] as [UInt8])
        switch self {
        case .addCheckpoint:
            return notes.map { AddCheckpoint(oldSize: 3, proof: [hash, hash], note: $0).bytes }
        case .addEntries: return [[6] + Seeds.upload]
        case .announcement: return [Announcement(checkpoints: notes).bytes]
        case .bundle:
            let entries = Seeds.leaves.flatMap { EntryBundle.encode($0.bytes) ?? [] }
            return [[UInt8(Seeds.leaves.count - 1)] + entries]
        case .ceremony: return Seeds.ceremonies
        case .checkpoint:
            return notes.map(\.text)
                + [Array("a/b\n0\n\(MerkleTree.emptyRoot.base64)\nan extension\n".utf8)]
        case .evidence:
            return notes.flatMap {
                [
                    ForkEvidence($0, $0).bytes,
                    ForkEvidence($0, $0, prefix: .init(root: hash, proof: [hash])).bytes,
                ]
            }
        case .headsPage: return [Seeds.page.bytes]
        case .json:
            return Seeds.leaves.map(\.bytes)
                + [Array(#"{"a":[1e+20,-0.5,"\u00e9\n",true,null],"b":{}}"#.utf8)]
        case .leaf: return Seeds.leaves.map(\.bytes)
        case .memberRequest: return Seeds.requests
        case .note: return notes.map(\.bytes)
        case .proof:
            return notes.map {
                InclusionProof(index: 3, path: [hash, hash, hash], checkpoint: $0, extra: [1]).bytes
            }
        case .sealedKey: return Seeds.sealedKey
        case .signatureHeaders: return [Seeds.signature]
        case .tilePath:
            return [
                "tile/0/000", "tile/1/x001/x234/067.p/8", "tile/entries/x001/000",
                "tile/63/255.p/255",
            ].map { Array($0.utf8) }
        case .tuf: return Seeds.metadata
        }
    }
}
