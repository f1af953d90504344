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
    /// The file as it was read.
    let bytes: [UInt8]
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
        return WaitingRequest(domain: domain, path: path, bytes: bytes, reading: reading)
    }

    /// Takes it away once it is granted; one that has arrived meanwhile stays.
    func remove() throws {
        guard try DurableFile.read(path, limit: Limits.registryRequestBytes) == bytes else {
            return
        }
        try FileManager.default.removeItem(atPath: path)
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
        abstract: "List what institutions ask for, for the registry's operator.",
        discussion: """
            Compare the code with the institution by another channel, such as the telephone, or \
            look up TXT _eccoe.<domain>, which should show the full hash; then admit it. Requests of \
            members are granted by eccoe registry update and rotate-key, which show the change \
            first, or by admit.

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
            guard !rows.isEmpty else { return "Nobody asks for anything.\n" }
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
