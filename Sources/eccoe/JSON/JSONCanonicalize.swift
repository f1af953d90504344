import ArgumentParser
import CanonicalJSON

/// `eccoe json ...`
struct JSONNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "json",
        abstract: "JSON as signatures see it.",
        subcommands: [JSONCanonicalize.self]
    )
}

/// `eccoe json canonicalize < in > out`
struct JSONCanonicalize: Verb {
    static let configuration = CommandConfiguration(
        commandName: "canonicalize",
        abstract: "Write JSON from standard input in the canonical form of RFC 8785.",
        discussion: """
            Malformed JSON, duplicate member names, lone surrogates and bytes that are not UTF-8 \
            are refused with the place (exit status 65).

            Example:  eccoe json canonicalize < item.json | sha256sum
            """
    )

    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let bytes = try InputFile.read("-", limit: JSONLimits.operatorFile.totalBytes)
        StandardStream.output.write(
            try JSON.read(bytes, limits: .operatorFile).canonicalBytes
        )
    }
}
