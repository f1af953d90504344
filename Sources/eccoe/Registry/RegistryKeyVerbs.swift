import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry

extension MemberKey.Revocation: ExpressibleByArgument {}
extension MemberKey.Use: ExpressibleByArgument {}

/// `eccoe registry revoke-key <domain> <kid>`
struct RegistryRevokeKey: Verb {
    static let configuration = CommandConfiguration(
        commandName: "revoke-key",
        abstract: "Revoke a member's key from some moment on.",
        discussion: """
            superseded: what the key signed before stays good. compromised: it is in foreign hands, \
            and what it signed counts only with proof that it existed before; --at may lie in the \
            past. A key that was superseded may turn out compromised, no later; nothing else is ever \
            taken back. The key of an open log ends with its epoch: eccoe registry close-epoch.

            Example:  eccoe registry revoke-key uni-b.example NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs \
            --reason compromised --at 2026-11-20T00:00:00Z
            """
    )

    @OptionGroup var options: ActOptions

    @Argument(help: "The key's id.")
    var kid: String

    @Option(help: "superseded or compromised.")
    var reason: MemberKey.Revocation

    @Option(help: ArgumentHelp("From when on (default: now).", valueName: "time"))
    var at: String?

    var output: OutputOptions { options.output }

    func execute() async throws {
        let from = try ActMoment.read(at, now: now)
        let act = options.act(at: now)
        let member = try act.member()
        if member.document.epochs.contains(where: { $0.kid == kid && $0.closed == nil }) {
            throw CommandFailure(
                Problem(
                    .conflict, "this is the key of an open log, which ends with its epoch", at: kid,
                    try: "close it: eccoe registry close-epoch \(act.domain) --help"))
        }
        guard let document = member.document.revoking(kid, at: from, reason) else {
            throw CommandFailure(
                Problem(
                    .notFound, "\(act.domain) has no key with this id", at: kid,
                    try: "list its keys: eccoe member show \(act.domain)"))
        }
        let outcome = try await act.publish(document, replacing: member)
        act.write(
            "key revoked", outcome,
            more: [
                ("kid", .string(kid)), ("reason", .string(reason.rawValue)),
                ("from", .string(from.text)),
            ])
    }
}

/// `eccoe registry rotate-key <domain>`
struct RegistryRotateKey: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Replace a member's key, by the member's request or by the registry's own act.",
        discussion: """
            Without --use and --key it grants the request that the member sent with eccoe member \
            request rotate-key, signed by its recovery key and the new one. With both it is the \
            registry's own act, for a member that lost its recovery key: take the public key from \
            the member by a channel that you trust. The old key ends when the new one begins, or \
            --overlap days later.

            Example:  eccoe registry rotate-key uni-b.example --code "1f2e3 d4c5b 6a798 81234"
            """
    )

    @OptionGroup var options: ActOptions

    @Option(help: "The code that the member read out; a different one is refused.")
    var code: String?

    @Option(help: "What the key is for: witness, mirror, node, credential or recovery.")
    var use: MemberKey.Use?

    @Option(help: "File with the new public key, a JWK.")
    var key: String?

    @Option(help: ArgumentHelp("Days for which the old key stays valid.", valueName: "days"))
    var overlap: Int64 = 0

    var output: OutputOptions { options.output }

    func validate() throws {
        guard (use == nil) == (key == nil) else {
            throw ValidationError("--use and --key belong together")
        }
        guard (0...90).contains(overlap) else { throw ValidationError("--overlap is 0 to 90 days") }
    }

    func execute() async throws {
        guard let use, let key else {
            try await GrantedRequest(options: options, code: code).perform(at: now) { old, new in
                let added = new.keys.dropFirst(old.keys.count)
                let ended = zip(old.keys, new.keys).filter { $0 != $1 }.map(\.1.use)
                return !added.isEmpty && added.allSatisfy { ended.contains($0.use) }
                    ? nil : "it replaces no key"
            }
            return
        }
        let act = options.act(at: now)
        let member = try act.member()
        let publicKey = try PublicKeyFile.read(key)
        guard
            let document = member.document.rotating(
                use, to: publicKey, at: act.time, endingOthers: act.time + overlap * 86_400)
        else {
            throw CommandFailure(
                .usage,
                Problem(
                    .malformedRequest, "a log key changes with its epoch", at: "--use",
                    try: "close it: eccoe registry close-epoch \(act.domain) --help"))
        }
        let outcome = try await act.publish(document, replacing: member)
        act.write("key replaced", outcome, more: [("use", .string(use.rawValue))])
    }
}

/// Files with a public key.
enum PublicKeyFile {
    /// The key of a file that holds a JWK; what else the JWK holds is not looked at.
    ///
    /// - Throws: `CommandFailure`, 65 or 66.
    static func read(_ path: String) throws -> PublicKey {
        let bytes = try InputFile.read(path, limit: 1 << 16)
        guard let jwk = try? JSON.read(bytes), let key = JWK.decode(jwk) else {
            throw CommandFailure(
                .data,
                Problem(
                    .malformedRequest, "no public JWK", at: path,
                    try: "take it from the holder of the key: kty, crv and x"))
        }
        return key
    }
}
