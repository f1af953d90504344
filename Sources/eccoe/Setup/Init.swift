import ArgumentParser
import CanonicalJSON
import Credentials
import Federation
import Keys
import MemberRegistry
import NodeClient
import NodeStore
import Recognition

/// `eccoe init`
struct Init: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the data folder of a new node: keys, certificate, configuration.",
        discussion: """
            Nothing that exists is overwritten. Afterwards join a network with eccoe join, or found \
            one with eccoe registry init, and start the daemon.

            Example:  eccoe init --domain uni-a.example --name "University A" --country FR \
            --url https://node.uni-a.example:8443
            """
    )

    @Option(help: "The institution's internet domain: its identity in the network.")
    var domain: String

    @Option(help: "The institution's legal name.")
    var name: String

    @Option(help: ArgumentHelp("Language of the name (BCP 47).", valueName: "tag"))
    var language = "en"

    @Option(help: ArgumentHelp("Country (ISO 3166-1; ZZ: not stated).", valueName: "code"))
    var country = "ZZ"

    @Option(
        help: ArgumentHelp(
            "higher-education, alternative-provider, national-body or association.",
            valueName: "kind"
        )
    )
    var kind = MemberDocument.Kind.higherEducation.rawValue

    @Option(
        help: ArgumentHelp(
            "Where the daemon listens; port 0 picks a free one now.",
            valueName: "ip:port"
        )
    )
    var listen: ListenAddress?

    @Option(
        help: ArgumentHelp(
            """
            The node's address as others reach it (default: https://<domain> with the port that \
            is listened on; a port 0 stands for that one).
            """,
            valueName: "url"
        )
    )
    var url: String?

    @Option(
        help: ArgumentHelp(
            """
            own: an authority of its own, which the registry makes known; or the files of a \
            certificate that the system's roots vouch for.
            """,
            valueName: "own|cert.pem,key.pem"
        )
    )
    var tls = "own"

    @Option(
        help: ArgumentHelp(
            "Further name in the own certificate; may be repeated.",
            valueName: "dns or ip"
        )
    )
    var tlsName: [String] = []

    @Option(
        help: ArgumentHelp(
            "Mail address for the role technical, or <role>=<address>; may be repeated.",
            valueName: "address"
        )
    )
    var mailbox: [String] = []

    @Option(
        help: ArgumentHelp(
            "Host that may be reached at an address that is not public; may be repeated.",
            valueName: "host=address[:port]"
        )
    )
    var allow: [String] = []

    @Option(
        help: ArgumentHelp(
            "When learner-free precedents are published: always, threshold[:<k>] or never.",
            valueName: "policy"
        )
    )
    var precedents = "threshold"

    @Option(
        help: ArgumentHelp(
            "Folder outside the backups that remembers the log's head (default: <data>-anchor).",
            valueName: "folder"
        )
    )
    var anchor: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let folder = node.folder
        let listen = try (listen ?? ListenAddress(argument: "0.0.0.0:8443"))?.withFreePort()
        guard let listen, let policy = PrecedentPolicy(precedents) else {
            throw ValidationError("--precedents is always, threshold[:<k>] or never")
        }
        let address = try address(port: listen.port)
        let setup = try NodeSetup(
            folder: folder,
            member: try member(at: address),
            listen: listen,
            identity: try ServerIdentity(
                tls,
                domain: domain,
                names: try ServerName.list(of: address, and: tlsName),
                at: now
            ),
            precedents: policy.text,
            anchor: anchor.map(AbsolutePath.of) ?? folder.path + "-anchor",
            allow: try exceptions(),
            at: now
        )
        try setup.write()
        output.write(setup.json) { _ in report(setup) }
    }

    private func member(at address: HTTPOrigin) throws -> MemberDocument {
        guard let kind = MemberDocument.Kind(rawValue: kind) else {
            let known = MemberDocument.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--kind is one of \(known)")
        }
        var mailboxes: [String: String] = [:]
        for text in mailbox {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            mailboxes[parts.count == 2 ? parts[0] : "technical"] = parts.last
        }
        return MemberDocument(
            domain: domain,
            names: [language: name],
            country: country,
            kind: kind,
            mailboxes: mailboxes,
            node: address.url,
            dids: [DIDWeb.did(domain: domain)]
        )
    }

    private func address(port: Int) throws -> HTTPOrigin {
        var text = url ?? "https://\(domain):\(port)"
        if text.hasSuffix(":0") { text = text.dropLast(1) + String(port) }
        guard let (origin, rest) = HTTPOrigin.read(text), origin.scheme == "https",
            rest.isEmpty || rest == "/"
        else {
            throw ValidationError("--url \(text) is not https://<host>[:<port>]")
        }
        return origin
    }

    private func exceptions() throws -> [OutboundAllow] {
        try allow.map { text in
            guard let entry = OutboundAllow(text) else {
                throw ValidationError("--allow \(text) is not host=address[:port]")
            }
            return entry
        }
    }

    private func report(_ setup: NodeSetup) -> String {
        let folder = setup.folder
        return """
            Made the node of \(PlainText.line(domain)) in \(folder.path):
              keys/             private keys, one file a use; keep recovery.key offline after joining
              tls/              the server's certificate
              eccoed.yaml       the daemon's configuration; it listens on \
            \(TextTable.cell(setup.json["listen"]))
              member.json       what the institution says of itself to the registry

            Next, join a network (or found one: eccoe registry init --help):
              eccoe join <invite> --data \(folder.path)
            and start the daemon:
              eccoed --config \(folder.configuration)

            """
    }
}
