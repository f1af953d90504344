import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeStore

/// A request as it waits in the operator's folder.
struct WaitingRequest {
    /// The file's name without `.json`.
    let domain: String
    let path: String
    /// The request, or why it cannot be granted.
    let reading: Result<RegistryRequest, RegistryRequest.Refusal>

    /// All that wait, checked against the registry as it is.
    static func all(
        _ folder: DataFolder,
        repository: RegistryRepository,
        at time: Instant
    ) throws -> [WaitingRequest] {
        try DurableFile.list(folder.registryRequests).filter { $0.hasSuffix(".json") }.compactMap {
            try one(String($0.dropLast(5)), folder, repository: repository, at: time)
        }
    }

    /// The request of one domain; nil when there is none.
    static func one(
        _ domain: String,
        _ folder: DataFolder,
        repository: RegistryRepository,
        at time: Instant
    ) throws -> WaitingRequest? {
        let path = folder.registryRequests + "/" + domain + ".json"
        guard !domain.contains("/"),
            let bytes = try DurableFile.read(path, limit: Limits.registryRequestBytes)
        else { return nil }
        let current = repository.members.first { $0.document.domain == domain }
        let reading = Result { () throws(RegistryRequest.Refusal) in
            try RegistryRequest.verified(
                bytes,
                network: repository.network.name,
                current: current,
                at: time
            )
        }
        return WaitingRequest(domain: domain, path: path, reading: reading)
    }

    /// {"domain","action","at","code"} or {"domain","problem"}.
    var json: JSON {
        switch reading {
        case .success(let request):
            [
                "domain": .string(domain), "action": .string(request.action.rawValue),
                "at": .string(request.at.text),
                "code": .string(request.shortAuthenticationString),
                "txt": .string(request.digest.hex),
            ]
        case .failure(let refusal):
            ["domain": .string(domain), "problem": .string(refusal.description)]
        }
    }
}

/// `eccoe registry requests`
struct RegistryRequests: Verb {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "List the institutions that ask to join, for the registry's operator.",
        discussion: """
            Compare the code with the institution by another channel, such as the telephone, or \
            look up TXT _eccoe.<domain>, which should show the full hash; then admit it.

            Example:  eccoe registry requests
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let requests = try WaitingRequest.all(
            node.folder,
            repository: try RegistryAuthority(node.folder).repository(),
            at: now
        )
        let answer: JSON = ["requests": .array(requests.map(\.json))]
        output.write(list: "requests", of: answer) { rows in
            guard !rows.isEmpty else { return "Nobody asks to join.\n" }
            return TextTable.rows(
                ["DOMAIN", "ASKS TO", "SINCE", "CODE"],
                rows.map { row in
                    [
                        TextTable.cell(row["domain"]), TextTable.cell(row["action"]),
                        TextTable.cell(row["at"]), TextTable.cell(row["code"] ?? row["problem"]),
                    ]
                }
            )
        }
    }
}

/// `eccoe registry admit <domain>`
struct RegistryAdmit: Verb {
    static let configuration = CommandConfiguration(
        commandName: "admit",
        abstract: "Grant an institution's request and publish the registry anew.",
        discussion: """
            Checks the signatures of all keys in the request, signs with the keys in \
            registry-authority/keys, and tells the daemon.

            Example:  eccoe registry admit uni-b.example --code "1f2e3 d4c5b 6a798 81234"
            """
    )

    @Argument(help: "The institution's domain.")
    var domain: String

    @Option(help: "The code that the institution read out; a different one is refused.")
    var code: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let authority = RegistryAuthority(node.folder)
        var repository = try authority.repository()
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        guard
            let waiting = try WaitingRequest.one(
                domain,
                node.folder,
                repository: repository,
                at: now
            )
        else {
            throw CommandFailure(
                Problem(
                    .notFound,
                    "\(domain) does not ask for anything",
                    at: domain,
                    try: "list those who do: eccoe registry requests"
                )
            )
        }
        let request = try waiting.reading.get()
        try compare(request)
        let signers = try authority.signers()
        let change: RepositoryChange
        if request.action == .join {
            change = try repository.admit(
                request.document.registered(at: now),
                signers: signers,
                at: now
            )
        } else {
            change = try repository.update(request.document, signers: signers, at: now)
        }
        try authority.published.write(change)
        try FileManager.default.removeItem(atPath: waiting.path)
        let isRunning = await node.pokeRegistry()
        write(request, change, daemon: isRunning)
    }

    private func compare(_ request: RegistryRequest) throws {
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
                    ("admitted", domain),
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
