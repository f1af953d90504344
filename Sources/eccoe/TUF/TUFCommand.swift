import ArgumentParser
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeClient
import NodeStore

/// `eccoe tuf ...`: the command line that TUF's conformance suite knows.
struct TUFCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tuf",
        abstract: "Speak to any TUF repository: begin with a root, refresh, download a target.",
        discussion: """
            For scripts and for whoever wants to see the registry as others see it. Accepted \
            metadata lies in the folder under its role's name, without version. Plain http is \
            spoken on the loopback address only.

            Exit status: 0 done; 1 not done, and why; 64 usage.

            Example:
              eccoe tuf --metadata-dir m init 1.root.json
              eccoe tuf --metadata-url https://registry.example/registry/metadata \\
                --metadata-dir m refresh
              eccoe tuf --metadata-url https://registry.example/registry/metadata \\
                --metadata-dir m --target-name network.json --target-dir t \\
                --target-base-url https://registry.example/registry/targets download
            """
    )

    /// What to do.
    enum Action: String, ExpressibleByArgument, CaseIterable {
        case `init`, refresh, download
    }

    @Option(help: ArgumentHelp("Where accepted metadata is kept.", valueName: "folder"))
    var metadataDir: String

    @Option(help: ArgumentHelp("The URL of the repository's metadata.", valueName: "url"))
    var metadataUrl: String?

    @Option(help: ArgumentHelp("The path of the target to download.", valueName: "path"))
    var targetName: String?

    @Option(help: ArgumentHelp("The URL of the repository's targets.", valueName: "url"))
    var targetBaseUrl: String?

    @Option(help: ArgumentHelp("Where downloaded targets are kept.", valueName: "folder"))
    var targetDir: String?

    @Option(
        help: ArgumentHelp("The only authority to trust for https, in PEM.", valueName: "pem"))
    var ca: String?

    @Argument(help: "init, refresh or download.")
    var action: Action

    @Argument(help: ArgumentHelp("Of init: the file of the root to trust.", valueName: "root"))
    var root: String?

    func validate() throws {
        if (action == .`init`) != (root != nil) {
            throw ValidationError("init takes the file of a root, the others take none")
        }
        if action != .`init`, metadataUrl == nil {
            throw ValidationError("--metadata-url is missing: where is the repository?")
        }
        if action == .download, targetName == nil || targetBaseUrl == nil || targetDir == nil {
            throw ValidationError(
                "download needs --target-name, --target-base-url and --target-dir")
        }
    }

    func run() async throws {
        do {
            switch action {
            case .`init`: try initialise()
            case .refresh, .download: try await update()
            }
        } catch {
            // The suite knows two statuses; the reason stands beside.
            CommandFailure(describing: error).report(as: .table)
            throw ExitCode(ExitStatus.negative.rawValue)
        }
    }

    private func initialise() throws {
        let path = root ?? ""
        guard let bytes = try DurableFile.read(path, limit: RepositoryClient.limits.rootBytes)
        else { throw StoreError.missing(path) }
        try FileManager.default.createDirectory(
            atPath: metadataDir, withIntermediateDirectories: true)
        try DurableFile.write(bytes, to: metadataDir + "/root.json")
    }

    private func update() async throws {
        var folder = try TUFFolder(path: metadataDir)
        let store = targetName.map { (targetDir ?? ".") + "/" + RepositoryClient.file(of: $0) }
        var client = RepositoryClient(
            files: folder.files, target: action == .download ? targetName : nil,
            kept: try store.flatMap {
                try DurableFile.read($0, limit: RepositoryClient.limits.targetBytes)
            }, at: CommandClock.now)
        let fetcher = try TUFFetcher(
            metadata: metadataUrl ?? "", targets: targetBaseUrl, authority: ca)
        var step = client.start()
        do {
            while let answer = try await fetcher.answer(to: step) {
                step = client.receive(answer)
                try folder.keep(client.files)
            }
        } catch {
            await fetcher.shutdown()
            throw error
        }
        await fetcher.shutdown()
        switch step {
        case .failed(let refusal): throw refusal
        case .finished(let target?):
            guard let store, let targetDir else { return }
            try FileManager.default.createDirectory(
                atPath: targetDir, withIntermediateDirectories: true)
            try DurableFile.write(target, to: store)
        default: break
        }
    }
}

/// The folder of a client's metadata.
private struct TUFFolder {
    private let path: String
    /// What lies there.
    private(set) var files: [String: [UInt8]] = [:]

    init(path: String) throws {
        self.path = path
        for name in try DurableFile.list(path) where name.hasSuffix(".json") {
            files[name] = try DurableFile.read(
                "\(path)/\(name)", limit: RepositoryClient.limits.metadataBytes)
        }
    }

    /// Writes what is new.
    mutating func keep(_ new: [String: [UInt8]]) throws {
        for (name, bytes) in new where files[name] != bytes {
            try DurableFile.write(bytes, to: "\(path)/\(name)")
            files[name] = bytes
        }
    }
}

/// Fetches what a client asks for.
private struct TUFFetcher {
    private let client: FetchClient
    private let metadata: String
    private let targets: String?

    init(metadata: String, targets: String?, authority: String?) throws {
        for url in [metadata, targets].compactMap(\.self) { try Self.check(url) }
        let pem = try authority.map { path in
            guard let bytes = try DurableFile.read(path) else { throw StoreError.missing(path) }
            return bytes
        }
        client = try FetchClient(authorityPEM: pem)
        self.metadata = metadata
        self.targets = targets
    }

    /// Plain text could be changed by anybody on the way, which TUF bears; but nothing else of ours
    /// speaks it, so it is left for trials on this machine.
    private static func check(_ url: String) throws {
        guard let origin = HTTPOrigin.read(url)?.origin else { return }
        let isNumeric = origin.host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
        let isLocal =
            ["localhost", "::1"].contains(origin.host)
            || isNumeric && origin.host.hasPrefix("127.")
        guard origin.scheme == "https" || isLocal else {
            throw Problem(
                .malformedRequest, "plain http is for the loopback address only", at: url,
                try: "use https")
        }
    }

    /// What came of a fetch; nil when there is nothing to fetch.
    func answer(to step: RepositoryClient.Step) async throws -> RefreshWorkflow.Answer? {
        switch step {
        case .fetch(let file, let limit):
            try await get(metadata, file, limit: limit)
        case .download(let path, let limit):
            try await get(targets ?? metadata, Self.encoded(path), limit: limit)
        case .finished, .failed: nil
        }
    }

    private func get(_ base: String, _ path: String, limit: Int) async throws
        -> RefreshWorkflow.Answer
    {
        let url = (base.hasSuffix("/") ? base : base + "/") + path
        do {
            let response = try await client.send("GET", url, maximumBytes: limit)
            switch response.status {
            case 200: return .bytes(response.body)
            case 403, 404, 410: return .notFound
            default: return .unreachable("\(url) was answered with status \(response.status)")
            }
        } catch let problem as Problem where problem.slug == .tooLarge {
            return .unreachable("\(url) has more than \(limit) bytes")
        } catch let problem as Problem {
            return .unreachable(problem.detail)
        }
    }

    /// A target's path as a URL has it: slashes stay.
    private static func encoded(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { RepositoryClient.encoded(String($0)) }.joined(separator: "/")
    }

    func shutdown() async { await client.shutdown() }
}
