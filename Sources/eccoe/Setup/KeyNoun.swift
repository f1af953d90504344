import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe key ...`
struct KeyNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract:
            "The private keys of this node: shown by their public halves, or handed to an agent.",
        subcommands: [KeyShow.self, KeyExport.self]
    )
}

/// What a key is called on the command line: `log` and `log-1` are the same.
struct KeyName: ExpressibleByArgument {
    /// The name of its file, without `.key`.
    let name: String

    init?(argument: String) {
        name = argument == "log" ? "log-1" : argument
        let uses = DataFolder.KeyUse.allCases.map(\.rawValue)
        guard uses.contains(name) || name.hasPrefix("log-") && Int(name.dropFirst(4)) ?? 0 > 0
        else {
            return nil
        }
    }

    /// Reads the key of a data folder.
    ///
    /// - Throws: `CommandFailure`, 66, when there is none.
    func read(_ folder: DataFolder) throws -> Ed25519Key {
        let path = folder.file("keys/\(name).key")
        guard let key = try DataFolder.readKey(path) else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .keyUnusable, "there is no such key here", at: path,
                    try: "name the data folder with --data; ls its keys/"))
        }
        return key
    }
}

/// `eccoe key show <name>`
struct KeyShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the public half of a key.",
        discussion: """
            With --agent it prints the line by which eccoed.yaml names a key that an ssh-agent holds.

            Example:  eccoe key show node --agent /run/eccoe/agent.sock
            """
    )

    @Argument(help: "log, log-<epoch>, witness, mirror, node, credential or recovery.")
    var key: KeyName

    @Option(help: ArgumentHelp("Socket of an ssh-agent.", valueName: "path"))
    var agent: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let publicKey = try key.read(node.folder).publicKey
        let named = agent.map { SSHAgentKey(socket: AbsolutePath.of($0), publicKey: publicKey) }
        var answer = JSONObject()
        answer["name"] = .string(key.name)
        answer["kid"] = JWK.thumbprint(publicKey).map { .string($0) }
        answer["ssh"] = SSHKey.line(publicKey).map { .string($0) }
        answer["configuration"] = named.map { .string($0.text) }
        output.write(.object(answer)) { answer in
            let use = key.name.hasPrefix("log-") ? "log" : key.name
            guard let named else { return TextTable.cell(answer["ssh"]) + "\n" }
            return "keys:\n  \(use): \(named.text)\n"
        }
    }
}

/// `eccoe key export <name>`
struct KeyExport: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print a private key as OpenSSH writes it, to be added to an ssh-agent.",
        discussion: """
            What is printed is the secret itself: pipe it, and never into a file that stays.

            Example:  eccoe key export node --openssh | SSH_AUTH_SOCK=/run/eccoe/agent.sock ssh-add -
            """
    )

    @Argument(help: "log, log-<epoch>, witness, mirror, node, credential or recovery.")
    var key: KeyName

    @Flag(name: .customLong("openssh"), help: "In OpenSSH's form, without a passphrase; required.")
    var isOpenSSH = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard isOpenSSH else { throw ValidationError("name the form: --openssh") }
    }

    func execute() async throws {
        let secret = try key.read(node.folder)
        let domain = try OwnMember.read(node.folder).domain
        let text = secret.openSSH(comment: "\(domain) \(key.name)")
        output.write(["name": .string(key.name), "openssh": .string(text)]) { _ in text }
    }
}
