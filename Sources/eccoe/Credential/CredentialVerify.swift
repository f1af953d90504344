import ArgumentParser
import CanonicalJSON
import Credentials
import Federation
import Keys
import MemberRegistry
import NodeClient
import NodeStore
import Recognition

/// `eccoe credential verify <file>`
struct CredentialVerify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a credential: proof, issuer, validity, and what the registry knows.",
        discussion: """
            Needs no daemon. DID documents come from --did-documents, from did:key itself, from the \
            registry in the data folder if there is one, then from the network. \
            Exit status 0 valid, 1 invalid, 2 indeterminate.

            Example:  eccoe credential verify badge.json --offline --did-documents ./dids
            """
    )

    @Argument(help: "The credential; - is standard input.")
    var file: String

    @Option(help: ArgumentHelp("Folder of DID documents, one JSON file each.", valueName: "folder"))
    var didDocuments: String?

    @Option(
        help: ArgumentHelp("The moment to judge for (default: now).", valueName: "RFC 3339 time")
    )
    var at: String?

    @Flag(help: "Ask nobody.")
    var offline = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let text = try InputFile.read(file, limit: 64 << 20)
        let time = try at.map { text throws in
            guard let time = Instant(lenient: text) ?? Instant(date: text) else {
                throw ValidationError("--at \(text) is no time such as 2026-11-23T18:00:00Z")
            }
            return time
        }
        let report = try await report(text, at: time ?? now)
        output.write(report.json) { _ in CheckTable.text(report.verdict, report.checks) }
        try report.verdict.exit()
    }

    private func report(_ text: [UInt8], at time: Instant) async throws -> CredentialReport {
        let registry = try RegistryFiles(folder: node.folder).accepted()
        let transport =
            offline
            ? nil
            : HTTPPeerTransport(
                outbound: OutboundGuard(allow: try OutboundFile.read(node.folder))
            )
        let evidence: Evidence
        do {
            let gathering = try EvidenceGathering(
                folder: didDocuments,
                registry: registry,
                transport: transport
            )
            let document = try? JSON.read(text, limits: .outsideCredential)
            evidence =
                if let document { await gathering.evidence(for: document) } else { Evidence() }
        } catch {
            await transport?.shutdown()
            throw error
        }
        await transport?.shutdown()
        return LookupReport(
            CredentialVerification.verify(text, evidence: evidence, at: time),
            registry: registry,
            item: .unchecked("No catalogue was asked; eccoe credential lookup asks the node's."),
            at: now
        ).lines
    }
}
