import Keys

/// Command lines that name a key whose id begins with a hyphen, as one in 64 does.
///
/// ArgumentParser takes such an id for options. Behind `--` it takes it for what it is; all commands
/// that take a key's id take it as the last of their arguments.
enum KeyIDArguments {
    /// The same arguments, with such an id behind a `--` at the end; unchanged when there is none,
    /// or somebody wrote `--` already.
    static func behindTerminator(_ arguments: [String]) -> [String] {
        guard !arguments.contains("--"), let index = arguments.firstIndex(where: isHyphenated)
        else { return arguments }
        var arguments = arguments
        let kid = arguments.remove(at: index)
        return arguments + ["--", kid]
    }

    /// A thumbprint (RFC 7638) is 32 bytes in base64url without padding.
    private static func isHyphenated(_ argument: String) -> Bool {
        argument.hasPrefix("-") && argument.utf8.count == 43
            && Base64URL.decode(argument)?.count == 32
    }
}
