import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe registry admit <domain>`
struct RegistryAdmit: Verb {
    static let configuration = CommandConfiguration(
        commandName: "admit",
        abstract: "Grant an institution's request and publish the registry anew.",
        discussion: """
            Checks the signatures of all keys in the request, signs with the keys in \
            registry-authority/keys, and tells the daemon. Of one who joins it says, on standard \
            error, whether DNS shows that it controls the domain (TXT _eccoe.<domain>); where it does \
            not, see to that before, by another way. What a member's request changes is shown \
            on standard error; eccoe registry update asks before it signs. Where the keys of the \
            institution's body are elsewhere, --propose writes a file for them.

            Example:  eccoe registry admit uni-b.example --code "1f2e3 d4c5b 6a798 81234"
            """
    )

    @Argument(help: "The institution's domain.")
    var domain: String

    @Option(help: "The code that the institution read out; a different one is refused.")
    var code: String?

    @Option(
        help: ArgumentHelp(
            "Sign nothing here: write a proposal for the body's keys (eccoe registry root sign).",
            valueName: "file"))
    var propose: String?

    @OptionGroup var nameServer: NameServerOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let authority = RegistryAuthority(node.folder)
        try authority.demand()
        let control = try demandedControl(authority)
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        var repository = try authority.repository()
        let present = now
        let waiting = try WaitingRequest.demanded(
            domain, node.folder, repository: repository, at: present)
        let request = try waiting.reading.get()
        try waiting.compare(request, with: code)
        guard control.map({ $0.expected == request.digest.hex }) ?? (request.action != .join)
        else {
            throw CommandFailure(
                Problem(
                    .conflict, "\(domain) has asked for something else meanwhile", at: domain,
                    try: "nothing was signed; run the command again"))
        }
        let document = request.granted(at: present)
        if let propose {
            let proposal = try repository.proposeMember(document, at: present)
            return try CeremonyFile.write(proposal, to: propose, output)
        }
        let signers = try authority.signers()
        let change: RepositoryChange
        if request.action == .join {
            change = try repository.admit(document, signers: signers, at: present)
        } else {
            let older = repository.members.first { $0.document.domain == domain }?.document
            let changes = older.map { document.changes(from: $0) } ?? []
            StandardStream.error.write(ChangeText.text(changes, of: domain, now: present))
            change = try repository.update(document, signers: signers, at: present)
        }
        try authority.published.write(change)
        try waiting.remove()
        let isRunning = await node.pokeRegistry()
        write(request, change, daemon: isRunning, control)
    }

    /// What DNS says of one who joins; asked before the lock is taken, since it may take seconds. nil
    /// for members, whose recovery key has signed.
    private func demandedControl(_ authority: RegistryAuthority) throws -> DomainControl? {
        let waiting = try WaitingRequest.demanded(
            domain, node.folder, repository: authority.repository(), at: now)
        let request = try waiting.reading.get()
        guard request.action == .join else { return nil }
        let control = nameServer.control(of: request)
        StandardStream.error.write(control.text)
        return control
    }

    private func write(
        _ request: RegistryRequest, _ change: RepositoryChange, daemon: Bool,
        _ control: DomainControl?
    ) {
        let document = request.document
        var answer = JSONObject()
        answer["domain"] = .string(domain)
        answer["action"] = .string(request.action.rawValue)
        answer["code"] = .string(request.shortAuthenticationString)
        answer["daemon"] = .bool(daemon)
        answer["files"] = .array(change.files.map { .string($0.path) })
        answer["control"] = control?.json
        output.write(.object(answer)) { _ in
            TextTable.pairs(
                [
                    (request.action == .join ? "admitted" : "granted", domain),
                    ("names", document.names.values.sorted().joined(separator: ", ")),
                    ("node", document.node ?? "none"),
                    ("code", request.shortAuthenticationString),
                ] + document.keys.map { ("key for \($0.use.rawValue)", $0.kid) }
            )
                + (daemon
                    ? "\nThe daemon publishes it now.\n"
                    : "\nNo daemon answers here; it publishes this when it is started.\n")
        }
    }
}

extension WaitingRequest {
    /// The request of one domain.
    ///
    /// - Throws: `CommandFailure`, 1, when there is none.
    static func demanded(
        _ domain: String,
        _ folder: DataFolder,
        repository: RegistryRepository,
        at time: Instant
    ) throws -> WaitingRequest {
        guard let waiting = try one(domain, folder, repository: repository, at: time) else {
            throw CommandFailure(
                Problem(
                    .notFound,
                    "\(domain) does not ask for anything",
                    at: domain,
                    try: "list those who do: eccoe registry requests"
                )
            )
        }
        return waiting
    }

    /// Compares the code that the institution read out with the request's; nil compares nothing.
    ///
    /// - Throws: `CommandFailure`, 1, when they differ.
    func compare(_ request: RegistryRequest, with code: String?) throws {
        func digits(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }
        let expected = request.shortAuthenticationString
        guard let code, digits(code) != digits(expected) else { return }
        throw CommandFailure(
            Problem(
                .registryRefused,
                "the code is another: the request has \(expected), you gave \(code)",
                at: domain,
                try: "ask the institution again; somebody else may have sent this"
            )
        )
    }
}

/// A member's request that is granted after its change was shown and confirmed.
struct GrantedRequest {
    let options: ActOptions
    let code: String?

    /// Grants it.
    ///
    /// - Parameter refusal: why the change is not what the command is for; nil when it is.
    func perform(
        at time: Instant,
        _ refusal: (_ old: MemberDocument, _ new: MemberDocument) -> String?
    ) async throws {
        let act = options.act(at: time)
        let member = try act.member()
        let waiting = try WaitingRequest.demanded(
            options.domain, options.node.folder,
            repository: RegistryAuthority(options.node.folder).repository(), at: time)
        let request = try waiting.reading.get()
        try waiting.compare(request, with: code)
        let document = request.granted(at: time)
        if let refusal = refusal(member.document, document) {
            throw CommandFailure(
                Problem(
                    .conflict, "the request asks for something else: \(refusal)",
                    at: options.domain,
                    try: "look at it and grant it: eccoe registry update \(options.domain)"))
        }
        let outcome = try await act.publish(document, replacing: member)
        if outcome.isSigned { try waiting.remove() }
        act.write(
            "granted", outcome,
            more: [
                ("action", .string(request.action.rawValue)),
                ("code", .string(request.shortAuthenticationString)),
            ])
    }
}
