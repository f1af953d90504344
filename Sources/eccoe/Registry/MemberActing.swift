import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeStore

/// A change of a member that the registry's operator is about to publish.
struct MemberAct {
    let node: NodeOptions
    let confirmation: ConfirmationOptions
    let output: OutputOptions
    let domain: String
    let time: Instant
    /// Where a proposal goes for a body whose keys are elsewhere; nil to sign here.
    let proposal: String?

    /// What came of it.
    struct Outcome {
        let changes: [DocumentChange]
        let files: [RepositoryChange.File]
        let isSigned: Bool
        let isDaemonRunning: Bool
    }

    /// The member as it is published now.
    ///
    /// - Throws: `CommandFailure` when there is no such member, or no registry is run here.
    func member() throws -> Member {
        try member(in: RegistryAuthority(node.folder).repository())
    }

    private func member(in repository: RegistryRepository) throws -> Member {
        guard let member = repository.members.first(where: { $0.document.domain == domain }) else {
            throw CommandFailure(
                Problem(
                    .notAMember, "\(domain) is no member", at: domain,
                    try: "list them: eccoe registry list"))
        }
        return member
    }

    /// Shows what `document` changes of `member`, has it confirmed, signs and publishes it. Without
    /// the lock while a person thinks: a member that changed meanwhile is a conflict.
    ///
    /// - Throws: `CommandFailure`, and `RepositoryError` for a document that does not extend.
    func publish(_ document: MemberDocument, replacing member: Member) async throws -> Outcome {
        let authority = RegistryAuthority(node.folder)
        try authority.repository().check(document)
        let changes = document.changes(from: member.document)
        guard !changes.isEmpty else {
            throw CommandFailure(
                Problem(
                    .conflict, "this changes nothing of \(domain)", at: domain,
                    try: "look at it: eccoe member show \(domain)"))
        }
        let shown = ChangeText.text(changes, of: domain, now: time)
        if let proposal {
            StandardStream.error.write(shown)
            let ceremony = try authority.repository().proposeMember(document, at: time)
            try DurableFile.write(
                ceremony.json.canonicalBytes + [0x0a], to: AbsolutePath.of(proposal))
            return Outcome(changes: changes, files: [], isSigned: false, isDaemonRunning: false)
        }
        guard try confirmation.confirm(shown, "Sign and publish this for ever?") else {
            return Outcome(changes: changes, files: [], isSigned: false, isDaemonRunning: false)
        }
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        var repository = try authority.repository()
        guard try self.member(in: repository).digest == member.digest else {
            throw CommandFailure(
                Problem(
                    .conflict, "\(domain) was changed meanwhile; nothing was signed", at: domain,
                    try: "run the command again"))
        }
        let change = try repository.update(document, signers: authority.signers(), at: time)
        try authority.published.write(change)
        let isRunning = await node.pokeRegistry()
        return Outcome(
            changes: changes, files: change.files, isSigned: true, isDaemonRunning: isRunning)
    }

    /// Writes what was done: {"domain","act","signed","changes","files","daemon",...}.
    func write(_ act: String, _ outcome: Outcome, more: [(String, JSON)] = []) {
        var answer = JSONObject()
        answer["domain"] = .string(domain)
        answer["act"] = .string(act)
        answer["signed"] = .bool(outcome.isSigned)
        answer["changes"] = ChangeText.json(outcome.changes)
        answer["files"] = .array(outcome.files.map { .string($0.path) })
        answer["daemon"] = .bool(outcome.isDaemonRunning)
        for (name, value) in more { answer[name] = value }
        output.write(.object(answer)) { _ in
            TextTable.pairs([
                ("member", domain), ("act", act),
                ("changes", outcome.changes.map(\.subject).joined(separator: ", ")),
                (
                    "signed",
                    outcome.isSigned
                        ? "yes, for ever"
                        : proposal.map { "no, proposed in \($0)" } ?? "no, a dry run"
                ),
                (
                    "published",
                    outcome.isDaemonRunning
                        ? "yes; the others take it within an hour, or at eccoe registry refresh"
                        : outcome.isSigned ? "when a daemon is started here" : "no"
                ),
            ])
        }
    }
}

/// The options of every act upon a member.
struct ActOptions: ParsableArguments {
    @Argument(help: "The member's domain.")
    var domain: String

    @Option(
        help: ArgumentHelp(
            "Sign nothing here: write a proposal for the body's keys (eccoe registry root sign).",
            valueName: "file"))
    var propose: String?

    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    /// The act, at the present moment.
    func act(at time: Instant) -> MemberAct {
        MemberAct(
            node: node, confirmation: confirmation, output: output, domain: domain, time: time,
            proposal: propose)
    }
}

/// A moment that an act names; other than a question's it may lie ahead.
enum ActMoment {
    /// The moment of `text`, by default `now`.
    ///
    /// - Throws: `ValidationError`.
    static func read(_ text: String?, now: Instant) throws -> Instant {
        guard let text else { return now }
        guard let moment = Instant(text) ?? Instant(text + "T00:00:00Z") else {
            throw ValidationError("--at \(text) is not YYYY-MM-DDThh:mm:ssZ")
        }
        return moment
    }
}

/// A reason as the registry publishes it.
enum ReasonCode {
    /// The code of `text`.
    ///
    /// - Throws: `ValidationError`.
    static func read(_ text: String) throws -> String {
        guard StandingEvent.isReasonCode(text) else {
            throw ValidationError(
                "--reason \(text) is no code: use lower-case letters, digits and hyphens, such as "
                    + "non-payment; it is public for ever and names nobody")
        }
        return text
    }
}
