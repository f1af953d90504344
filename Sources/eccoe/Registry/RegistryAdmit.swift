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
            registry-authority/keys, and tells the daemon. What a member's request changes is shown \
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

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let authority = RegistryAuthority(node.folder)
        try authority.demand()
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        var repository = try authority.repository()
        let present = now
        let waiting = try WaitingRequest.demanded(
            domain, node.folder, repository: repository, at: present)
        let request = try waiting.reading.get()
        try waiting.compare(request, with: code)
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
        try FileManager.default.removeItem(atPath: waiting.path)
        let isRunning = await node.pokeRegistry()
        write(request, change, daemon: isRunning)
    }

    private func write(_ request: RegistryRequest, _ change: RepositoryChange, daemon: Bool) {
        let document = request.document
        let answer: JSON = [
            "domain": .string(domain), "action": .string(request.action.rawValue),
            "code": .string(request.shortAuthenticationString), "daemon": .bool(daemon),
            "files": .array(change.files.map { .string($0.path) }),
        ]
        output.write(answer) { _ in
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
        if outcome.isSigned { try FileManager.default.removeItem(atPath: waiting.path) }
        act.write(
            "granted", outcome,
            more: [
                ("action", .string(request.action.rawValue)),
                ("code", .string(request.shortAuthenticationString)),
            ])
    }
}
