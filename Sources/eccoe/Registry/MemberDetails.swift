import ArgumentParser
import Credentials
import Federation
import Keys
import MemberRegistry
import NodeClient

/// What a member's document says of the institution, as far as it may change.
struct MemberDetails: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Legal name in English, or <tag>=<name> in another language; may be repeated.",
            valueName: "name"))
    var name: [String] = []

    @Option(help: ArgumentHelp("Country (ISO 3166-1).", valueName: "code"))
    var country: String?

    @Option(
        help: ArgumentHelp(
            "higher-education, alternative-provider, national-body or association.",
            valueName: "kind"))
    var kind: String?

    @Option(
        help: ArgumentHelp(
            "Mail address <role>=<address>; an empty address takes the role away; may be repeated.",
            valueName: "address"))
    var mailbox: [String] = []

    @Option(help: ArgumentHelp("The node's address as others reach it.", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "system, or the PEM file of the authority that the node's certificate is checked by.",
            valueName: "system|ca.pem"))
    var tls: String?

    @Option(help: ArgumentHelp("A DID that is the member's; may be repeated.", valueName: "did"))
    var did: [String] = []

    @Option(help: ArgumentHelp("A DID that is no longer the member's.", valueName: "did"))
    var removeDid: [String] = []

    /// Whether nothing was stated.
    var isEmpty: Bool {
        name.isEmpty && country == nil && kind == nil && mailbox.isEmpty && url == nil && tls == nil
            && did.isEmpty && removeDid.isEmpty
    }

    /// `document` with what was stated.
    ///
    /// - Throws: `CommandFailure`, 64, when the document would not be acceptable.
    func applied(to document: MemberDocument) throws -> MemberDocument {
        var next = document
        for text in name {
            let (tag, value) = Self.pair(text) ?? ("en", text)
            next.names[tag] = value
        }
        if let country { next.country = country }
        if let kind {
            guard let known = MemberDocument.Kind(rawValue: kind) else {
                let all = MemberDocument.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--kind is one of \(all)")
            }
            next.kind = known
        }
        for text in mailbox {
            guard let (role, address) = Self.pair(text) else {
                throw ValidationError("--mailbox \(text) is not <role>=<address>")
            }
            next.mailboxes[role] = address.isEmpty ? nil : address
        }
        if let url { next.node = try Self.address(url) }
        if let tls { next.tls = tls == "system" ? .system : .authority(try Self.certificate(tls)) }
        next.dids.removeAll { removeDid.contains($0) }
        for did in did where !next.dids.contains(did) { next.dids.append(did) }
        do {
            return try MemberDocument(reading: next.canonicalBytes)
        } catch {
            throw CommandFailure(
                .usage,
                Problem(.malformedRequest, error.reason, at: error.place, try: error.remedy))
        }
    }

    /// `<word>=<rest>`; nil when what stands before the sign is no word.
    private static func pair(_ text: String) -> (String, String)? {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        let word = text[..<sign]
        guard !word.isEmpty, word.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "-") }) else {
            return nil
        }
        return (String(word), String(text[text.index(after: sign)...]))
    }

    private static func address(_ text: String) throws -> String {
        guard let (origin, rest) = HTTPOrigin.read(text), origin.scheme == "https",
            rest.isEmpty || rest == "/"
        else { throw ValidationError("--url \(text) is not https://<host>[:<port>]") }
        return origin.url
    }

    /// The first certificate of a PEM file, in DER.
    private static func certificate(_ path: String) throws -> [UInt8] {
        let text = String(decoding: try InputFile.read(path, limit: 1 << 20), as: UTF8.self)
        guard let certificate = try? CertificateText(pem: text) else {
            throw CommandFailure(
                .data,
                Problem(
                    .malformedRequest, "no certificate in PEM", at: path,
                    try: "name the authority's certificate, such as tls/authority.pem"))
        }
        return certificate.der
    }
}

/// `eccoe registry update <domain>`
struct RegistryUpdate: Verb {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change what the registry says of a member, by its request or by the own act.",
        discussion: """
            Without any detail it grants the request that the member sent (eccoe member request). \
            With details it is the registry's own act, for a member that lost its recovery key. \
            Either way the change is shown first: what was, what will be.

            Example:  eccoe registry update uni-b.example --url https://node.uni-b.example:8443
            """
    )

    @Option(help: "The code that the member read out; a different one is refused.")
    var code: String?

    @OptionGroup var details: MemberDetails
    @OptionGroup var options: ActOptions
    var output: OutputOptions { options.output }

    func execute() async throws {
        guard !details.isEmpty else {
            return try await GrantedRequest(options: options, code: code)
                .perform(at: now) { _, _ in nil }
        }
        let act = options.act(at: now)
        let member = try act.member()
        let document = try details.applied(to: member.document)
        act.write("updated", try await act.publish(document, replacing: member))
    }
}
