import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe member request ...`
struct MemberRequestNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Ask the registry to change what it says of this institution.",
        discussion: """
            Every request is signed by the recovery key, which must lie in keys/ for it, and by \
            every new key. The registry's operator grants it. A log's key and epoch change by \
            eccoe log close.
            """,
        subcommands: [
            MemberRequestUpdate.self, MemberRequestRotateKey.self, MemberRequestWithdraw.self,
        ]
    )
}

/// What a request has in common.
struct RequestOptions: ParsableArguments {
    @Flag(help: "Only show what would be asked.")
    var dryRun = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    /// Shows the request, sends it, and prints the code to be read out.
    func send(
        _ request: RegistryRequest,
        of own: OwnMembership,
        signedBy keys: [any Signer],
        next: String
    ) async throws {
        let domain = request.document.domain
        let changes = request.document.changes(from: own.member.document)
        guard request.action == .withdraw || !changes.isEmpty else {
            throw CommandFailure(
                Problem(
                    .conflict, "this asks for nothing: the registry says so already", at: domain,
                    try: "look at it: eccoe member show \(domain)"))
        }
        if !changes.isEmpty {
            StandardStream.error.write(ChangeText.text(changes, of: domain, now: request.at))
        }
        if !dryRun { try await own.send(request, signedBy: keys) }
        let answer: JSON = [
            "domain": .string(domain), "action": .string(request.action.rawValue),
            "sent": .bool(!dryRun), "changes": ChangeText.json(changes),
            "code": .string(request.shortAuthenticationString),
            "txt": .string(request.digest.hex),
        ]
        output.write(answer) { _ in
            guard !dryRun else { return "Nothing was sent: a dry run.\n" }
            return """
                Asked \(PlainText.line(request.network)) to \(request.action.rawValue) \(domain).

                Read this code to the registry's operator by another channel:
                  \(request.shortAuthenticationString)

                \(next)

                """
        }
    }
}

/// `eccoe member request update`
struct MemberRequestUpdate: Verb {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Ask for another address, name, mailbox or certificate authority.",
        discussion: """
            Example:  eccoe member request update --url https://node.uni-b.example:8443
            """
    )

    @OptionGroup var details: MemberDetails
    @OptionGroup var options: RequestOptions
    var output: OutputOptions { options.output }

    func validate() throws {
        guard !details.isEmpty else { throw ValidationError("state what should change") }
    }

    func execute() async throws {
        let own = try await OwnMembership.refreshed(options.node)
        let document = try details.applied(to: own.member.document)
        let recovery = try own.recoveryKey(ifLost: "the registry's operator has registry update")
        try await options.send(
            own.request(.update, document, at: now), of: own, signedBy: [recovery],
            next: details.url == nil
                ? "Once it is granted the others see it within an hour."
                : "Once it is granted, write the address into eccoed.yaml and restart the daemon.")
    }
}

/// `eccoe member request rotate-key <use>`
struct MemberRequestRotateKey: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Make a new key and ask the registry to let it take the old one's place.",
        discussion: """
            The new key is written beside the old one and is valid from now on; the old one ends \
            after the overlap. Once the request is granted: eccoe member activate-key <use>, then \
            restart the daemon. A log's key changes with its epoch: eccoe log close.

            Example:  eccoe member request rotate-key node
            """
    )

    @Argument(help: "witness, mirror, node, credential or recovery.")
    var use: MemberKey.Use

    @Option(help: ArgumentHelp("Days for which the old key stays valid.", valueName: "days"))
    var overlap: Int64 = 7

    @OptionGroup var options: RequestOptions
    var output: OutputOptions { options.output }

    func validate() throws {
        guard use != .log else {
            throw ValidationError("a log's key changes with its epoch: eccoe log close")
        }
        guard (0...90).contains(overlap) else { throw ValidationError("--overlap is 0 to 90 days") }
    }

    func execute() async throws {
        let folder = options.node.folder
        let own = try await OwnMembership.refreshed(options.node)
        let recovery = try own.recoveryKey(ifLost: "the operator has registry rotate-key")
        let key = try nextKey(folder)
        let present = now
        guard own.member.document.key(JWK.thumbprint(key.publicKey) ?? "") == nil,
            let document = own.member.document.rotating(
                use, to: key.publicKey, at: present, endingOthers: present + overlap * 86_400)
        else {
            throw CommandFailure(
                Problem(
                    .conflict, "the new key is registered already",
                    at: folder.nextKey(use), try: "use it: eccoe member activate-key \(use)"))
        }
        try await options.send(
            own.request(.update, document, at: present), of: own, signedBy: [recovery, key],
            next: "Once it is granted:  eccoe member activate-key \(use), and restart the daemon.")
    }

    /// The key to come: made, or the one that an earlier attempt has made; none for a dry run.
    private func nextKey(_ folder: DataFolder) throws -> Ed25519Key {
        let path = folder.nextKey(use)
        if let key = try DataFolder.readKey(path) { return key }
        let key = Ed25519Key()
        if !options.dryRun { try DataFolder.writeKey(key, to: path) }
        return key
    }
}

extension DataFolder {
    /// The file of the key that is to take the place of `<use>.key`.
    fileprivate func nextKey(_ use: MemberKey.Use) -> String {
        file("keys/\(use.rawValue)-next.key")
    }
}

/// `eccoe member request withdraw`
struct MemberRequestWithdraw: Verb {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Ask the registry to end this membership.",
        discussion: """
            What was published and signed before stays good and stays copied; nothing new of this \
            institution is cosigned afterwards.

            Example:  eccoe member request withdraw
            """
    )

    @OptionGroup var options: RequestOptions
    var output: OutputOptions { options.output }

    func execute() async throws {
        let own = try await OwnMembership.refreshed(options.node)
        let recovery = try own.recoveryKey(ifLost: "the operator has registry withdraw")
        try await options.send(
            own.request(.withdraw, own.member.document, at: now), of: own, signedBy: [recovery],
            next: "Once it is granted this node asks the others nothing any more; stop it then.")
    }
}

/// `eccoe member activate-key <use>`
struct MemberActivateKey: Verb {
    static let configuration = CommandConfiguration(
        commandName: "activate-key",
        abstract: "Put a new key in the old one's place, once the registry lists it.",
        discussion: """
            Refuses while the registry that this node has accepted does not list the key as valid. \
            The old key's file is kept under another name. Restart the daemon afterwards.

            Example:  eccoe member activate-key node
            """
    )

    @Argument(help: "witness, mirror, node, credential or recovery.")
    var use: MemberKey.Use

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let folder = node.folder
        let path = folder.nextKey(use)
        guard use != .log, let key = try DataFolder.readKey(path),
            let kid = JWK.thumbprint(key.publicKey)
        else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .notFound, "no new key for \(use.rawValue) waits here", at: path,
                    try: "make one: eccoe member request rotate-key \(use.rawValue)"))
        }
        let own = try await OwnMembership.refreshed(node)
        guard let registered = own.member.document.key(kid), registered.use == use,
            registered.isValid(at: now)
        else {
            throw CommandFailure(
                Problem(
                    .registryRefused, "the registry does not list the new key yet", at: kid,
                    try: "wait for the operator's grant, then: eccoe registry refresh"))
        }
        let current = folder.file("keys/\(use.rawValue).key")
        let kept = try keep(current)
        guard rename(path, current) == 0 else {
            throw CommandFailure(systemError: errno, at: current)
        }
        var answer = JSONObject()
        answer["use"] = .string(use.rawValue)
        answer["kid"] = .string(kid)
        answer["kept"] = kept.map { .string($0) }
        output.write(.object(answer)) { _ in
            TextTable.pairs([
                ("key for \(use.rawValue)", kid), ("the old one", kept ?? "was not here"),
            ]) + "\nRestart the daemon: it reads keys when it starts.\n"
        }
    }

    /// A second name for the old key's file, so that a key is there at every moment.
    private func keep(_ current: String) throws -> String? {
        guard let old = try DataFolder.readKey(current),
            let kid = JWK.thumbprint(old.publicKey)
        else { return nil }
        let name = current.dropLast(".key".count) + "-replaced-\(kid.prefix(8)).key"
        guard link(current, String(name)) == 0 || errno == EEXIST else {
            throw CommandFailure(systemError: errno, at: String(name))
        }
        return String(name)
    }
}
