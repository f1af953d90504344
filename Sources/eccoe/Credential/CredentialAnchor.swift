import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe credential anchor <file>`
struct CredentialAnchor: Verb {
    static let configuration = CommandConfiguration(
        commandName: "anchor",
        abstract: "Write the proof that a credential which this node has issued existed.",
        discussion: """
            Give it to the learner with the credential. Should the key that signed it ever be stolen, \
            the credential counts only with this proof: the log shows that it is older than the \
            theft. The log's entry names nobody. -o json tells where it stands, and since when \
            witnesses have confirmed it.

            Example:  eccoe credential anchor badge.json > badge.anchor.json
            """
    )

    @Argument(help: "The credential as it was issued; - is standard input.")
    var file: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let credential = try CredentialFile.read(file)
        let answer = try await node.ask(.credentialAnchor, ["credential": credential])
        switch output.format {
        case .table: StandardStream.output.write(line: answer["anchor"] ?? .null)
        case .json, .jsonl: StandardStream.output.write(line: answer)
        }
    }
}

/// `eccoe credential erase <file>`
struct CredentialErase: Verb {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase what this node keeps of a credential that it has issued.",
        discussion: """
            The node keeps no credential, only what its anchor needs: a digest and a salt. Without \
            them nobody can tell any more what the entry in the log commits to, but for a learner who \
            kept the anchor. It cannot be undone. Without --yes it only tells what would be erased.

            Example:  eccoe credential erase badge.json --reason "asked" --yes
            """
    )

    @Argument(help: "The credential as it was issued; - is standard input.")
    var file: String

    @OptionGroup var erasure: ErasureOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var body = erasure.body
        body["credential"] = try CredentialFile.read(file)
        try erasure.finish(try await node.ask(.credentialErase, .object(body)), output)
    }
}

/// A credential as a file holds it.
enum CredentialFile {
    /// Reads one.
    static func read(_ path: String) throws -> JSON {
        try JSON.read(
            try InputFile.read(path, limit: Limits.lookupBytes), limits: .outsideCredential)
    }
}
