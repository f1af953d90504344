import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeClient
import NodeStore

/// `eccoe join <invite>`
struct Join: Verb {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Ask the registry of a network to admit this institution.",
        discussion: """
            Fetches the root file that the invite names and trusts it only if it is exactly that \
            one, then sends a request signed by every key of this node, and prints a code to read \
            to the registry's operator by another channel.

            Example:  eccoe join 'https://registry.example:8443/registry#1.9f2c...'
            """
    )

    @Argument(help: "The invite, as eccoe registry invite prints it.")
    var invite: String

    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let folder = node.folder
        let invite = try readInvite()
        let member = try OwnMember.read(folder)
        let pem = try authority.pem()
        try refuseAnotherNetwork(folder, invite)
        let client = try FetchClient(authorityPEM: pem, allow: try OutboundFile.read(folder))
        let request: RegistryRequest
        do {
            let (registry, stored) = try await fetch(invite, by: client)
            request = RegistryRequest(
                network: registry.network.name,
                action: .join,
                at: now,
                base: nil,
                document: member
            )
            let keys = try DataFolder.KeyUse.allCases.compactMap { try folder.readKey($0) }
            try await request.send(to: invite.baseURL, signedBy: keys, by: client)
            try trust(stored, invite: invite, pem: pem, folder: folder)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        _ = await node.pokeRegistry()
        write(request)
    }

    private func readInvite() throws -> Invite {
        do {
            return try Invite(reading: invite)
        } catch {
            throw CommandFailure(
                .usage,
                Problem(.malformedRequest, error.reason, at: "<invite>", try: error.remedy)
            )
        }
    }

    /// A node belongs to one network; joining the same one again repeats the request.
    private func refuseAnotherNetwork(_ folder: DataFolder, _ invite: Invite) throws {
        guard let bytes = try DurableFile.read(folder.registrySource, limit: 1 << 20) else {
            return
        }
        let known = try JSON.read(bytes)["url"]?.string
        guard known == invite.baseURL else {
            throw CommandFailure(
                .cannotCreate,
                Problem(
                    .conflict,
                    "this node belongs to another network already: \(known ?? "its own")",
                    at: folder.registrySource,
                    try: "make another node with eccoe init"
                )
            )
        }
    }

    /// Fetches the whole registry from the root that the invite names.
    private func fetch(
        _ invite: Invite,
        by client: FetchClient
    ) async throws -> (TrustedRegistry, StoredMetadata) {
        let rootURL = "\(invite.baseURL)/\(invite.rootPath)"
        guard
            let root = try await client.get(
                rootURL,
                maximumBytes: RegistryLimits.standard.rootBytes
            )
        else {
            throw CommandFailure(
                .unavailable,
                Problem(
                    .registryUnavailable,
                    "the registry has no root \(invite.rootVersion)",
                    at: rootURL,
                    try: "ask the registry's operator for a new invite"
                )
            )
        }
        var workflow = RefreshWorkflow(stored: try invite.stored(root: root), at: now)
        let line = ProgressLine()
        defer { line.clear() }
        let outcome = try await workflow.carryOut(
            by: { path, maximumBytes in
                let bytes = try await client.get(
                    "\(invite.baseURL)/\(path)", maximumBytes: maximumBytes)
                return bytes.map { .bytes($0) } ?? .notFound
            },
            progress: { fetched, left in
                if left > 0 {
                    let bar = ProgressLine.bar(fetched, of: fetched + left)
                    line.update(
                        "\(bar) fetching what the registry says of \(fetched + left) members")
                }
            })
        switch outcome {
        case .finished(let registry, let stored): return (registry, stored)
        case .failed(let refusal): throw refusal
        }
    }

    private func trust(
        _ stored: StoredMetadata,
        invite: Invite,
        pem: [UInt8]?,
        folder: DataFolder
    ) throws {
        try RegistryFiles(folder: folder).save(stored, replacing: StoredMetadata(files: [:]))
        var source = JSONObject()
        source["url"] = .string(invite.baseURL)
        source["ca"] = pem.map { .string(String(decoding: $0, as: UTF8.self)) }
        try DurableFile.write(
            JSON.object(source).canonicalBytes + [0x0a],
            to: folder.registrySource
        )
    }

    private func write(_ request: RegistryRequest) {
        let domain = request.document.domain
        let answer: JSON = [
            "network": .string(request.network), "domain": .string(domain),
            "code": .string(request.shortAuthenticationString),
            "txt": .string(request.digest.hex),
        ]
        output.write(answer) { _ in
            """
            Asked \(PlainText.line(request.network)) to admit \(domain).

            Read this code to the registry's operator by another channel:
              \(request.shortAuthenticationString)
            or show control of the domain in DNS:
              _eccoe.\(domain)  TXT  \(request.digest.hex)

            Once you are admitted the node notices by itself, when its daemon runs:
              eccoe status --wait admitted

            """
        }
    }
}
