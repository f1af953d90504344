import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe registry close-epoch <domain>`
struct RegistryCloseEpoch: Verb {
    static let configuration = CommandConfiguration(
        commandName: "close-epoch",
        abstract: "Close the epoch of a member's log by the registry's own act.",
        discussion: """
            For a member that has lost its recovery key; otherwise the member asks by itself: eccoe \
            log close. Name the last cosigned size and its root, as witnesses and mirrors have \
            them, and a public reason. With --next-key the next epoch is opened in the same \
            version; without it the member stays without a log until one is opened.

            Example:  eccoe registry close-epoch uni-b.example --size 1204 --root 9f2c... \
            --reason "keys lost" --next-key uni-b-log-2.jwk
            """
    )

    @Argument(help: "The member's domain.")
    var domain: String

    @Option(help: "Why, in public words without names of persons.")
    var reason: String

    @Option(help: "File with the next epoch's public key, a JWK.")
    var nextKey: String?

    @Flag(help: "Only show what would be signed.")
    var dryRun = false

    @OptionGroup var end: ClosingOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let authority = RegistryAuthority(node.folder)
        var repository = try authority.repository()
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        guard let member = repository.members.first(where: { $0.document.domain == domain }) else {
            throw CommandFailure(
                Problem(
                    .notAMember, "\(domain) is no member", at: domain,
                    try: "list them: eccoe registry list"))
        }
        let closing = try end.closing(reason: reason, at: now) { nil }
        let document = try next(member.document, closing)
        if !dryRun {
            let change = try repository.update(
                document, signers: authority.signers(), at: now)
            try authority.published.write(change)
        }
        let isRunning = dryRun ? false : await node.pokeRegistry()
        write(document, closing, daemon: isRunning)
    }

    private func next(
        _ document: MemberDocument,
        _ closing: LogEpoch.Closing
    ) throws -> MemberDocument {
        guard let closed = document.closingEpoch(closing, revokingKeyAs: end.revocation) else {
            throw CommandFailure(
                Problem(.conflict, "no epoch of \(domain) is open", at: domain))
        }
        guard let nextKey else { return closed }
        guard let jwk = try? JSON.read(InputFile.read(nextKey)), let key = JWK.decode(jwk),
            let opened = closed.openingEpoch(key, at: now)
        else {
            throw CommandFailure(
                .data,
                Problem(
                    .malformedRequest, "no public Ed25519 JWK", at: nextKey,
                    try: "take it from the member: kty, crv and x"))
        }
        return opened
    }

    private func write(_ document: MemberDocument, _ closing: LogEpoch.Closing, daemon: Bool) {
        let open = document.epochs.last.flatMap { $0.closed == nil ? $0 : nil }
        let closed = document.epochs.last { $0.closed != nil }
        var answer = JSONObject()
        answer["domain"] = .string(domain)
        answer["closed"] = closed.map { .number(JSONNumber($0.number)) }
        answer["size"] = .number(JSONNumber(closing.size))
        answer["root"] = .string(closing.root.hex)
        answer["opened"] = open.map { .number(JSONNumber($0.number)) }
        answer["kid"] = open.map { .string($0.kid) }
        answer["signed"] = .bool(!dryRun)
        answer["daemon"] = .bool(daemon)
        output.write(.object(answer)) { answer in
            TextTable.pairs([
                ("member", domain), ("closes epoch", TextTable.cell(answer["closed"])),
                ("at size", TextTable.cell(answer["size"])),
                ("root", TextTable.cell(answer["root"])), ("reason", closing.reason),
                ("opens epoch", open.map { "\($0.number), key \($0.kid)" } ?? "none"),
                ("signed", dryRun ? "no, a dry run" : "yes, for ever"),
            ])
        }
    }
}
