import Foundation
import Keys
import MemberRegistry

/// A registry of many members: what it weighs, and what a node's refresh costs.
struct RegistryBenchmark: Benchmark {
    let members: Int
    let name = "registry"

    private static let start = Instant(secondsSince1970: 1_767_225_600)

    func run(in workspace: Workspace) async throws -> [Row] {
        let keys = (0..<5).map { _ in Ed25519Key() }
        var repository = try found(keys)
        let documents = try (0..<members).map { try document($0) }
        let admitting = try Clock.seconds {
            _ = try repository.admit(all: documents, signers: keys, at: Self.start)
        }
        let empty = Memory.resident()
        guard let root = repository.files[RegistryPath.root(version: 1)] else {
            throw Absent(reason: "the registry has no root")
        }
        let first = try refresh(try StoredMetadata(trustedRoot: root), nil, from: repository)
        let full = Memory.resident()
        let changed = documents[0].adding(.suspension, at: Self.start, reason: "test")
        let publishing = try Clock.seconds {
            _ = try repository.update(changed, signers: keys, at: Self.start)
        }
        let second = try refresh(first.stored, first.registry, from: repository)
        let unchanged = try refresh(second.stored, second.registry, from: repository)
        let role = repository.files["metadata/2.bench.json"]?.count ?? 0
        let total = repository.files.values.reduce(0) { $0 + $1.count }
        return [
            row("files", "body's role \(role) bytes, all files \(total) bytes"),
            row("admitted in one version", Self.milliseconds(admitting)),
            row("one change published", Self.milliseconds(publishing)),
            row("refresh from nothing", first.text + ", memory +\((full - empty) >> 10) KiB"),
            row("refresh after one change", second.text),
            row("refresh without a change", unchanged.text),
            row("peak memory", "\(Memory.peak() >> 10) KiB of the whole process"),
        ]
    }

    private func row(_ what: String, _ note: String) -> Row {
        Row(name: "registry of \(members), \(what)", note: note)
    }

    private static func milliseconds(_ seconds: Double) -> String {
        String(format: "%.0f ms", seconds * 1e3)
    }

    private func found(_ keys: [Ed25519Key]) throws -> RegistryRepository {
        func plan(_ number: Int) -> RolePlan { RolePlan([keys[number].publicKey], threshold: 1) }
        return try RegistryRepository.create(
            NetworkDocument(
                name: "benchmark", quorums: NetworkDocument.standardQuorums(from: Self.start),
                bodies: [.init(name: "bench", suffixes: ["example"])]),
            topLevel: TopLevelPlan(
                root: plan(0), targets: plan(1), snapshot: plan(2), timestamp: plan(3)),
            bodies: ["bench": plan(4)], signers: keys, at: Self.start
        ).repository
    }

    /// A member as `eccoe init` makes it: six keys, one open epoch, a certificate of its own.
    private func document(_ number: Int) throws -> MemberDocument {
        let domain = "uni-\(number).example"
        let keys = MemberKey.Use.allCases.compactMap {
            MemberKey(Ed25519Key().publicKey, use: $0, notBefore: Self.start)
        }
        guard let log = keys.first(where: { $0.use == .log }) else {
            throw Absent(reason: "no log key")
        }
        return MemberDocument(
            domain: domain, names: ["en": "University number \(number)"], country: "FR",
            kind: .higherEducation, mailboxes: ["technical": "eccoe@\(domain)"],
            node: "https://\(domain):8443",
            tls: .authority([0x30] + [UInt8](repeating: UInt8(number & 255), count: 400)),
            dids: ["did:web:\(domain)"], keys: keys,
            epochs: [LogEpoch(number: 1, kid: log.kid, opened: Self.start)],
            events: [StandingEvent(sequence: 1, at: Self.start, event: .registration)])
    }

    private struct Refreshed {
        let registry: TrustedRegistry
        let stored: StoredMetadata
        let text: String
    }

    /// A node's refresh, with files in the place of a server.
    private func refresh(
        _ stored: StoredMetadata,
        _ known: TrustedRegistry?,
        from repository: RegistryRepository
    ) throws -> Refreshed {
        var outcome: (TrustedRegistry, StoredMetadata)?
        var requests = 0
        var bytes = 0
        let seconds = try Clock.seconds {
            var workflow = RefreshWorkflow(stored: stored, known: known, at: Self.start + 60)
            var step = workflow.start()
            while outcome == nil {
                switch step {
                case .fetch(let path, _):
                    let file = repository.files[path]
                    requests += 1
                    bytes += file?.count ?? 0
                    step = workflow.receive(file.map { .bytes($0) } ?? .notFound)
                case .finished(let registry, let kept): outcome = (registry, kept)
                case .failed(let refusal): throw refusal
                }
            }
        }
        guard let (registry, kept) = outcome else { throw Absent(reason: "no registry") }
        return Refreshed(
            registry: registry, stored: kept,
            text: "\(Self.milliseconds(seconds)), \(requests) requests, \(bytes) bytes")
    }
}

/// This process's memory, as the kernel counts it.
private enum Memory {
    /// Bytes that are resident now.
    static func resident() -> Int { read("VmRSS:") }

    /// The most bytes that ever were.
    static func peak() -> Int { read("VmHWM:") }

    private static func read(_ field: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
    }
}
