import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeClient
import NodeStore
import TransparencyLog

/// The node that is examined, as its data folder and its daemon show it.
struct Patient: Sendable {
    private let node: NodeOptions
    let folder: DataFolder
    let now: Instant
    /// What the institution says of itself: as the registry has it, otherwise as `init` wrote it.
    let member: MemberDocument
    /// The accepted registry; nil before the first, or when its copy is damaged.
    let registry: TrustedRegistry?
    /// Why there is none.
    let registryFault: String?
    /// Hosts whose addresses DNS does not know.
    let allow: [OutboundAllow]
    let outbound: OutboundGuard
    let transport: HTTPPeerTransport
    /// What the daemon says of itself, or why it does not.
    let status: Result<JSON, Problem>

    /// Reads the folder and asks the daemon.
    ///
    /// - Throws: `CommandFailure` when there is no node in the folder.
    init(_ node: NodeOptions, at now: Instant) async throws {
        self.node = node
        folder = node.folder
        self.now = now
        let own = try OwnMember.read(folder)
        var fault: String?
        do {
            registry = try RegistryFiles(folder: folder).accepted()
        } catch {
            registry = nil
            fault = "\(error)"
        }
        registryFault = fault
        member = registry?.member(own.domain)?.document ?? own
        allow = try OutboundFile.read(folder)
        outbound = OutboundGuard(allow: allow)
        transport = HTTPPeerTransport(outbound: outbound)
        do {
            status = .success(try await node.ask(.status))
        } catch let problem as Problem { status = .failure(problem) }
    }

    /// Whether a daemon answers.
    var isRunning: Bool { (try? status.get()) != nil }

    /// Keys that the daemon has from elsewhere than the data folder: name, kid, and where from.
    var keysElsewhere: [(name: String, kid: String, home: String)] {
        keysInUse.filter { $0.home != "file" }
    }

    /// Keys that the daemon has read when it started.
    var keysInUse: [(name: String, kid: String, home: String)] {
        let rows = (try? status.get())?["keys"]?.array ?? []
        return rows.compactMap { row in
            guard let name = row["name"]?.string, let kid = row["kid"]?.string,
                let home = row["home"]?.string
            else { return nil }
            return (name, kid, home)
        }
    }

    /// The command that starts the daemon.
    var start: String {
        folder.path == "/var/lib/eccoe"
            ? "systemctl start eccoed" : "eccoed --config \(folder.configuration)"
    }

    /// The command that makes it read its keys anew.
    var restart: String {
        folder.path == "/var/lib/eccoe" ? "systemctl restart eccoed" : "end eccoed, then \(start)"
    }

    /// The command that makes it read its certificate anew.
    var reload: String {
        folder.path == "/var/lib/eccoe" ? "systemctl reload eccoed" : "kill -HUP <eccoed>"
    }

    /// A command of this program for this node.
    func command(_ words: String) -> String { "eccoe \(words) --data \(folder.path)" }

    /// What is said of a check that only the daemon can do.
    var needsDaemon: Finding { .notChecked("no daemon answers at \(node.socketPath)", try: start) }

    /// Asks the daemon.
    func ask(_ operation: ControlOperation, _ body: JSON = [:]) async throws -> JSON {
        try await node.ask(operation, body)
    }

    /// Where this node listens; nil for a member without a node.
    var address: PeerAddress? { PeerAddress(of: member) }

    /// The nodes of the other active members.
    var others: [PeerAddress] {
        (registry?.members ?? []).compactMap { other in
            let document = other.document
            guard document.domain != member.domain, document.standing(at: now).state == .active
            else { return nil }
            return PeerAddress(of: document)
        }
    }

    /// The node of a member; nil when it has none.
    func address(of domain: String) -> PeerAddress? {
        (registry?.member(domain)?.document).flatMap(PeerAddress.init)
    }

    /// The newest epoch's log key; nil while the registry lists no log.
    var logKey: VerifierKey? {
        guard let epoch = member.epochs.last else { return nil }
        let key = registry?.logKey(forOrigin: member.origin(epoch: epoch.number))?.key
        return key.flatMap { try? VerifierKey($0.text) }
    }
}

/// Words for numbers.
enum Spoken {
    /// `1 day`, `3 days`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// A length of time in its largest whole unit.
    static func time(_ seconds: Int64) -> String {
        let seconds = Int(max(0, seconds))
        let units = [(86_400, "day"), (3600, "hour"), (60, "minute")]
        for (length, name) in units where seconds >= length {
            return count(seconds / length, name)
        }
        return count(seconds, "second")
    }
}
