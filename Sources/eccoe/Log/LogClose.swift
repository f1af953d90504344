import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeClient
import NodeStore
import TransparencyLog

/// `eccoe log close`
struct LogClose: Verb {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Ask the registry to close this log's epoch and to open the next one.",
        discussion: """
            For a log that is lost, forked, or whose key has leaked. The request names the last good \
            size with its root, by default those of the newest confirmed checkpoint, and a new log \
            key, which is made here. It is signed by the recovery key, so bring that key back to \
            keys/ for this command. What was appended beyond the closing is said again in the next \
            epoch.

            After the registry's operator has granted it:  eccoe log init

            Example:  eccoe log close --reason "disk lost" --size 1204 --root 9f2c...
            """
    )

    @Option(help: "Why, in public words without names of persons.")
    var reason: String

    @OptionGroup var end: ClosingOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let folder = node.folder
        let own = try await OwnMembership.refreshed(node)
        let member = own.member
        let closing = try end.closing(reason: reason, at: now) { try confirmedHead(folder) }
        let epoch = (member.document.epochs.last?.number ?? 0) + 1
        let next = try nextKey(folder, epoch: Int(epoch))
        guard let closed = member.document.closingEpoch(closing, revokingKeyAs: end.revocation),
            let document = closed.openingEpoch(next.publicKey, at: now)
        else {
            throw CommandFailure(
                Problem(
                    .conflict, "no epoch of \(member.document.domain) is open", at: "epochs",
                    try: "begin the newest one: eccoe log init"))
        }
        let request = own.request(.close, document, at: now)
        let recovery = try own.recoveryKey(
            ifLost: "only the registry itself can close the epoch: eccoe registry close-epoch")
        try await own.send(request, signedBy: [recovery, next])
        write(request, closing, epoch: epoch)
    }

    /// What the log's file holds as confirmed; nil when the file is lost.
    private func confirmedHead(_ folder: DataFolder) throws -> Checkpoint? {
        guard let epoch = try folder.logEpochs().last else { return nil }
        let reader = try LogReader(path: folder.log(epoch: epoch))
        return try reader.confirmed().map { try Checkpoint(text: $0.text) }
    }

    /// The next epoch's key: made, or the one that an earlier attempt has made.
    private func nextKey(_ folder: DataFolder, epoch: Int) throws -> Ed25519Key {
        let path = folder.logKey(epoch: epoch)
        if let key = try DataFolder.readKey(path) { return key }
        let key = Ed25519Key()
        try DataFolder.writeKey(key, to: path)
        return key
    }

    private func write(_ request: RegistryRequest, _ closing: LogEpoch.Closing, epoch: Int64) {
        let answer: JSON = [
            "domain": .string(request.document.domain), "closes": .number(JSONNumber(epoch - 1)),
            "size": .number(JSONNumber(closing.size)), "root": .string(closing.root.hex),
            "opens": .number(JSONNumber(epoch)),
            "code": .string(request.shortAuthenticationString),
        ]
        output.write(answer) { _ in
            """
            Asked to close epoch \(epoch - 1) at \(closing.size) leaves, root \(closing.root.hex),
            and to open epoch \(epoch).

            Read this code to the registry's operator by another channel:
              \(request.shortAuthenticationString)

            Once it is granted, begin the epoch: eccoe log init

            """
        }
    }
}

/// Where an epoch ends.
struct ClosingOptions: ParsableArguments {
    @Option(
        help: "The last good size, in leaves (default: that of the newest confirmed checkpoint).")
    var size: Int64?

    @Option(help: "The root at that size, in hexadecimal.")
    var root: String?

    @Flag(help: "The epoch's key is in foreign hands, not merely replaced.")
    var compromised = false

    /// What becomes of the epoch's key.
    var revocation: MemberKey.Revocation { compromised ? .compromised : .superseded }

    /// The closing that was asked for, by default at `confirmed`.
    ///
    /// - Throws: `CommandFailure`, 64.
    func closing(
        reason: String,
        at time: Instant,
        confirmed: () throws -> Checkpoint?
    ) throws -> LogEpoch.Closing {
        if let size, let root, size >= 0, let digest = Digest(hex: root) {
            return LogEpoch.Closing(at: time, size: size, root: digest, reason: reason)
        }
        guard size == nil, root == nil else {
            throw CommandFailure(
                .usage,
                Problem(
                    .malformedRequest, "--size and --root belong together",
                    at: "--root", try: "give both, the root as 64 hexadecimal digits, or neither"))
        }
        guard let head = try confirmed() else {
            throw CommandFailure(
                .usage,
                Problem(
                    .malformedRequest, "no confirmed checkpoint is at hand", at: "--size",
                    try: "take size and root from another node's copy: eccoe log verify "
                        + "https://<node>/mirror/<hash of the origin> --key <vkey>"))
        }
        return LogEpoch.Closing(
            at: time, size: Int64(head.size), root: head.root, reason: reason)
    }
}
