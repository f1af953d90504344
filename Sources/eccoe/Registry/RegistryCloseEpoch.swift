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
            version; without it the member stays without a log until one is opened. Shows the \
            change and asks.

            Example:  eccoe registry close-epoch uni-b.example --size 1204 --root 9f2c... \
            --reason "keys lost" --next-key uni-b-log-2.jwk
            """
    )

    @Option(help: "Why, in public words without names of persons.")
    var reason: String

    @Option(help: "File with the next epoch's public key, a JWK.")
    var nextKey: String?

    @OptionGroup var end: ClosingOptions
    @OptionGroup var options: ActOptions
    var output: OutputOptions { options.output }

    func execute() async throws {
        let act = options.act(at: now)
        let member = try act.member()
        let closing = try end.closing(reason: reason, at: now) { nil }
        let document = try next(member.document, closing)
        let outcome = try await act.publish(document, replacing: member)
        let open = document.epochs.last.flatMap { $0.closed == nil ? $0 : nil }
        let closed = document.epochs.last { $0.closed != nil }
        act.write(
            "epoch closed", outcome,
            more: [
                ("closed", closed.map { .number(JSONNumber($0.number)) } ?? .null),
                ("size", .number(JSONNumber(closing.size))), ("root", .string(closing.root.hex)),
                ("reason", .string(reason)),
                ("opened", open.map { .number(JSONNumber($0.number)) } ?? .null),
                ("kid", open.map { .string($0.kid) } ?? .null),
            ])
    }

    private func next(
        _ document: MemberDocument,
        _ closing: LogEpoch.Closing
    ) throws -> MemberDocument {
        guard let closed = document.closingEpoch(closing, revokingKeyAs: end.revocation) else {
            throw CommandFailure(
                Problem(.conflict, "no epoch of \(document.domain) is open", at: document.domain))
        }
        guard let nextKey else { return closed }
        guard let opened = closed.openingEpoch(try PublicKeyFile.read(nextKey), at: now) else {
            throw CommandFailure(
                .data,
                Problem(
                    .malformedRequest, "no public Ed25519 JWK", at: nextKey,
                    try: "take it from the member: kty, crv and x"))
        }
        return opened
    }
}
