import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe registry root ...`
struct RegistryRootNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root",
        abstract: "Ceremonies: what keys on other machines sign, carried there as a file.",
        discussion: """
            propose writes a file with what is to be signed; sign shows the change on the machine of \
            a key and adds its signature; publish checks all thresholds and installs it. sign and \
            publish take every such file: those of root propose, init --out, body add --out and \
            of --propose with admit, update and the like.
            """,
        subcommands: [
            RegistryRootMakeKey.self, RegistryRootPropose.self, RegistryRootSign.self,
            RegistryRootPublish.self,
        ]
    )
}

/// `eccoe registry root make-key <file>`
struct RegistryRootMakeKey: Verb {
    static let configuration = CommandConfiguration(
        commandName: "make-key",
        abstract: "Make a key for an offline role, on the machine where it stays.",
        discussion: """
            Writes the private key, sealed with a passphrase (scrypt, AES-256-GCM), and beside it \
            <file>.jwk with the public key to hand over. Needs no data folder and no network.

            Example:  eccoe registry root make-key /media/key/root-1.key
            """
    )

    @Argument(help: "The private key's file; never overwritten.")
    var file: String

    @Flag(help: "Without a passphrase: for a medium that is guarded otherwise.")
    var plain = false

    @OptionGroup var passphrase: PassphraseOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let path = AbsolutePath.of(file)
        let key = try KeyFile.make(
            path, passphrase: plain ? nil : passphrase.passphrase(for: path, twice: true))
        let jwk = JWK.encode(key.publicKey) ?? .null
        try DurableFile.write(jwk.canonicalBytes + [0x0a], to: path + ".jwk")
        let answer: JSON = [
            "key": .string(path), "public": .string(path + ".jwk"), "sealed": .bool(!plain),
            "kid": JWK.thumbprint(key.publicKey).map { .string($0) } ?? .null,
            "keyid": RoleKey(key.publicKey).map { .string($0.keyID) } ?? .null,
        ]
        output.write(answer) { answer in
            TextTable.pairs([
                ("private key", path + (plain ? ", not sealed" : ", sealed")),
                ("public key", path + ".jwk"),
                ("key id", TextTable.cell(answer["keyid"])),
            ])
        }
    }
}

/// `eccoe registry root propose`
struct RegistryRootPropose: Verb {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Write the next root, unsigned, into a file: renewed, or with other keys.",
        discussion: """
            Without any key it only renews the root, which lives for a year. The keys of a role are \
            stated all: those that are not named can no longer sign for it. With --renew another \
            role is renewed whose keys are elsewhere, such as targets.

            Example:  eccoe registry root propose --out root-2.json --root-key root-1.key.jwk \
            --root-key root-6.key.jwk --root-key root-3.key.jwk --root-threshold 2
            """
    )

    @Option(help: "Where to write the proposal.")
    var out: String

    @Option(help: ArgumentHelp("Public key of the root; repeat for each.", valueName: "jwk"))
    var rootKey: [String] = []

    @Option(help: "How many root keys must sign.")
    var rootThreshold: Int?

    @Option(help: ArgumentHelp("Public key of targets; repeat for each.", valueName: "jwk"))
    var targetsKey: [String] = []

    @Option(help: "How many targets keys must sign.")
    var targetsThreshold: Int?

    @Option(help: ArgumentHelp("Public key of the snapshot.", valueName: "jwk"))
    var snapshotKey: [String] = []

    @Option(help: ArgumentHelp("Public key of the timestamp.", valueName: "jwk"))
    var timestampKey: [String] = []

    @Option(help: ArgumentHelp("Renew this role instead of the root.", valueName: "role"))
    var renew: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let repository = try RegistryAuthority(node.folder).repository()
        if let renew {
            return try CeremonyFile.write(
                try repository.proposeRenewal(of: renew, at: now), to: out, output)
        }
        var plans: [String: RolePlan] = [:]
        func plan(_ role: String, _ files: [String], _ threshold: Int?) throws {
            guard !files.isEmpty || threshold != nil else { return }
            let current = repository.plan(of: role)
            let keys = try files.map { try PublicKeyFile.read($0) }
            plans[role] = RolePlan(
                keys.isEmpty ? current.keys : keys, threshold: threshold ?? current.threshold)
        }
        try plan("root", rootKey, rootThreshold)
        try plan("targets", targetsKey, targetsThreshold)
        try plan("snapshot", snapshotKey, nil)
        try plan("timestamp", timestampKey, nil)
        try CeremonyFile.write(try repository.proposeRoot(plans, at: now), to: out, output)
    }
}

/// `eccoe registry root sign <file>`
struct RegistryRootSign: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Add a key's signature to a proposal, after the change was shown.",
        discussion: """
            Needs no data folder and no network: bring the file to the machine of the key. Compare \
            the SHA-256 of the root in force with the invite's, or give it with --root-digest, and \
            the key ids with what their holders read out.

            Example:  eccoe registry root sign root-2.json --key /media/key/root-1.key
            """
    )

    @Argument(help: "The proposal; the signature is written into it.")
    var file: String

    @Option(help: ArgumentHelp("Private key file; may be repeated.", valueName: "file"))
    var key: [String]

    @Option(help: ArgumentHelp("SHA-256 of the root in force.", valueName: "hex"))
    var rootDigest: String?

    @OptionGroup var passphrase: PassphraseOptions
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let ceremony = try CeremonyFile.read(file)
        if let rootDigest, ceremony.currentRoot?.hex != rootDigest {
            throw CommandFailure(
                Problem(
                    .registryRefused,
                    "the proposal is on top of the root \(ceremony.currentRoot?.hex ?? "none")",
                    at: file, try: "do not sign; ask who sent this"))
        }
        let shown = try CeremonyFile.text(ceremony, now: now)
        guard try confirmation.confirm(shown, "Sign this?") else {
            return try CeremonyFile.report(ceremony, file, output)
        }
        let signers = try key.map { try KeyFile.read($0, passphrase) }
        let signed = try ceremony.signed(by: signers)
        try CeremonyFile.write(signed, to: file, output)
    }
}

/// `eccoe registry root publish <file>...`
struct RegistryRootPublish: Verb {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Check all thresholds of a signed proposal, and publish it.",
        discussion: """
            Copies that went to different key holders are put together. The old root's keys and the \
            new one's must both have signed a root. Snapshot and timestamp are signed with the keys \
            in registry-authority/keys.

            Example:  eccoe registry root publish root-2.json
            """
    )

    @Argument(help: "The signed proposal; several copies are put together.")
    var files: [String]

    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var ceremony = try CeremonyFile.read(files.first ?? "")
        for copy in files.dropFirst() { ceremony = try ceremony.merging(CeremonyFile.read(copy)) }
        let shown = try CeremonyFile.text(ceremony, now: now)
        guard try confirmation.confirm(shown, "Publish this for ever?") else {
            return try CeremonyFile.report(ceremony, nil, output)
        }
        let authority = RegistryAuthority(node.folder)
        if ceremony.currentRoot == nil {
            try RegistryFoundation(folder: node.folder).publish(ceremony, at: now)
        } else {
            try authority.demand()
            let lock = try authority.lock()
            defer { withExtendedLifetime(lock) {} }
            var repository = try authority.repository()
            let change = try repository.publish(ceremony, signers: authority.signers(), at: now)
            try authority.published.write(change)
            try WaitingRequest.dropGranted(ceremony.domains, node.folder, repository, at: now)
        }
        let isRunning = await node.pokeRegistry()
        let repository = try authority.repository()
        let digest = try authority.newestRoot().digest.hex
        let answer: JSON = [
            "versions": .object(CeremonyFile.versions(repository)), "daemon": .bool(isRunning),
            "root": .string(digest),
        ]
        output.write(answer) { answer in
            TextTable.pairs([
                ("published", TextTable.cell(answer["versions"])),
                ("root's SHA-256", digest),
            ])
        }
    }
}
