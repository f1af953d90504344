import ArgumentParser
import CanonicalJSON
import Credentials
import Federation
import Keys
import MemberRegistry
import NodeClient
import NodeStore

/// `eccoe tls ...`
struct TLSNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tls",
        abstract: "The certificate by which members know this node's server.",
        subcommands: [TLSRenew.self]
    )
}

/// `eccoe tls renew`
struct TLSRenew: Verb {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Issue a new server certificate by the node's own authority.",
        discussion: """
            The authority stays, so the registry need not know. The daemon takes the new \
            certificate at SIGHUP (systemctl reload eccoed), without ending a connection.

            Example:  eccoe tls renew && systemctl reload eccoed
            """
    )

    @Option(
        help: ArgumentHelp(
            "Further name in the certificate; may be repeated.", valueName: "dns or ip"))
    var tlsName: [String] = []

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let folder = node.folder
        let member = try OwnMember.read(folder)
        guard let url = member.node, let (origin, _) = HTTPOrigin.read(url) else {
            throw ValidationError("this institution has no node address")
        }
        let authority = try authority(folder)
        let server = try ServerIdentity.certificate(
            by: authority, names: try ServerName.list(of: origin, and: tlsName), at: now)
        let files = try ServerIdentity.write(server, of: authority, to: folder)
        let shown = ShownCertificate(der: server.certificate.der)
        var answer = JSONObject()
        answer["certificate"] = .string(files.certificate)
        answer["key"] = .string(files.key)
        answer["until"] = shown.map { .string($0.notAfter.text) }
        output.write(.object(answer)) { answer in
            """
            Issued \(files.certificate), which counts until \(TextTable.cell(answer["until"])).
            Let the daemon take it: systemctl reload eccoed, or send it SIGHUP.

            """
        }
    }

    private func authority(_ folder: DataFolder) throws -> OwnAuthority {
        let texts = try ["tls/authority.pem", "tls/authority.key"].map { name in
            guard let bytes = try DurableFile.read(folder.file(name), limit: 1 << 20) else {
                throw CommandFailure(
                    .noInput,
                    Problem(
                        .notFound, "this node has no authority of its own", at: folder.file(name),
                        try: "renew the certificate where it was made"))
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        return try OwnAuthority(certificatePEM: texts[0], privateKeyPEM: texts[1])
    }
}
