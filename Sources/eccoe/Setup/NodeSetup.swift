import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeClient
import NodeStore

/// A data folder in the making.
struct NodeSetup {
    let folder: DataFolder
    let identity: ServerIdentity
    let precedents: String
    let anchor: String
    let allow: [OutboundAllow]
    private(set) var document: MemberDocument
    private let listen: ListenAddress
    private let keys: [(use: DataFolder.KeyUse, key: Ed25519Key)]

    /// Draws keys and writes the document of a member that has them; nothing is written yet.
    init(
        folder: DataFolder,
        member: MemberDocument,
        listen: ListenAddress,
        identity: ServerIdentity,
        precedents: String,
        anchor: String,
        allow: [OutboundAllow],
        at now: Instant
    ) throws {
        self.folder = folder
        self.listen = listen
        self.identity = identity
        self.precedents = precedents
        self.anchor = anchor
        self.allow = allow
        keys = DataFolder.KeyUse.allCases.map { ($0, Ed25519Key()) }
        document = member
        document.tls = identity.tls
        document.keys = keys.compactMap { use, key in
            MemberKey(key.publicKey, use: use.registered, notBefore: now)
        }
        document.epochs = document.keys.filter { $0.use == .log }.map {
            LogEpoch(number: 1, kid: $0.kid, opened: now)
        }
        do {
            document = try MemberDocument(reading: document.canonicalBytes)
        } catch {
            throw CommandFailure(
                .usage,
                Problem(.malformedRequest, error.reason, at: error.place, try: error.remedy)
            )
        }
    }

    /// Writes everything, the member document last.
    ///
    /// - Throws: `StoreError.exists` when there is a node already; nothing is changed then.
    func write() throws {
        try refuseToOverwrite()
        try ControlSocket.check(folder.socket)
        try folder.create()
        for (use, key) in keys { try folder.writeKey(key, use: use) }
        let tls = try identity.write(to: folder)
        try OutboundFile.write(allow, to: folder)
        let configuration = DaemonConfiguration(
            data: folder.path,
            domain: document.domain,
            url: document.node ?? "",
            listen: listen,
            certificate: tls.certificate,
            key: tls.key,
            anchor: anchor,
            precedents: precedents,
            allow: allow
        )
        try DurableFile.write(
            Array(configuration.yaml.utf8),
            to: folder.configuration,
            mode: 0o640
        )
        try DurableFile.write(document.canonicalBytes, to: folder.memberDocument)
    }

    /// {"domain","data","url","listen","socket","configuration","authority"?,"keys"}.
    var json: JSON {
        var object = JSONObject()
        object["domain"] = .string(document.domain)
        object["data"] = .string(folder.path)
        object["url"] = document.node.map { .string($0) }
        object["listen"] = .string(listen.text)
        object["socket"] = .string(folder.socket)
        object["configuration"] = .string(folder.configuration)
        if case .own = identity { object["authority"] = .string(folder.file("tls/authority.pem")) }
        var ids = JSONObject()
        for key in document.keys { ids[key.use.rawValue] = .string(key.kid) }
        object["keys"] = .object(ids)
        return .object(object)
    }

    private func refuseToOverwrite() throws {
        var names = ["member.json", "eccoed.yaml", "outbound.json", "node.sqlite"]
        for name in ["keys", "tls", "log"] {
            names += try DurableFile.list(folder.file(name)).map { "\(name)/\($0)" }
        }
        for name in names where FileManager.default.fileExists(atPath: folder.file(name)) {
            throw StoreError.exists(folder.file(name))
        }
    }
}

extension DataFolder.KeyUse {
    /// The use under which the registry lists the key.
    var registered: MemberKey.Use {
        switch self {
        case .log: .log
        case .witness: .witness
        case .mirror: .mirror
        case .node: .node
        case .credential: .credential
        case .recovery: .recovery
        }
    }
}
