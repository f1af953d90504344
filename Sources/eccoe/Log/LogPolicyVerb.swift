import ArgumentParser
import CanonicalJSON
import Federation
import MemberRegistry
import NodeStore
import TransparencyLog

/// `eccoe log policy [<origin>]`
struct LogPolicyVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Print who must cosign a log, as a C2SP tlog-policy.",
        discussion: """
            Derived from the registry that this node has accepted, as of now. Reads the data folder; \
            needs no daemon. log verify, log prove and proof verify take the file with --policy.

            Example:  eccoe log policy uni-b.example/eccoe/1 > policy && \
            eccoe proof verify entry5.tlog-proof --leaf entry5 --policy policy
            """
    )

    @Argument(help: "The log's origin (default: the own log).")
    var origin: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        guard let registry = try RegistryFiles(folder: node.folder).accepted() else {
            throw CommandFailure(
                Problem(
                    .registryUnavailable,
                    "this node holds no registry yet",
                    at: node.folder.registry,
                    try: "join the network: eccoe join <invite>"
                )
            )
        }
        let origin = try origin ?? OwnLog(node.folder).key().name
        guard let policy = LogPolicy(forOrigin: origin, in: registry, at: now) else {
            throw CommandFailure(
                Problem(
                    .unknownOrigin,
                    "the registry knows no log \(origin)",
                    try: "eccoe member list names the members' logs"
                )
            )
        }
        let text = String(decoding: policy.bytes, as: UTF8.self)
        switch output.format {
        case .table: StandardStream.output.write(text)
        case .json, .jsonl:
            StandardStream.output.write(line: ["origin": .string(origin), "policy": .string(text)])
        }
    }
}
