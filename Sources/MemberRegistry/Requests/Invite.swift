package import Keys

/// An invitation to a network: where its registry is, and which root file to trust
/// (protocol.md section 5): `<base URL>#<root version>.<SHA-256 of that exact root file>`.
package struct Invite: Equatable, Sendable, CustomStringConvertible {
    /// `https://...` without a final slash.
    package let baseURL: String
    /// The version of the root file.
    package let rootVersion: Int64
    /// SHA-256 of the root file's exact bytes.
    package let rootDigest: Digest

    /// An invite from its parts; nil when the address is no base URL or the version not positive.
    package init?(baseURL: String, rootVersion: Int64, rootDigest: Digest) {
        guard NodeAddress.isBaseURL(baseURL), rootVersion >= 1 else { return nil }
        self.baseURL = baseURL
        self.rootVersion = rootVersion
        self.rootDigest = rootDigest
    }

    /// Reads an invite as a person pastes it: without space around it, one final slash of the
    /// address tolerated.
    ///
    /// - Throws: `DocumentError`.
    package init(reading text: String) throws(DocumentError) {
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        let trust = parts.last.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
        guard parts.count == 2, let trust, trust.count == 2, let version = Int64(trust[0]),
            String(version) == trust[0], let digest = Digest(hex: String(trust[1])),
            let invite = Invite(
                baseURL: String(parts[0].hasSuffix("/") ? parts[0].dropLast() : parts[0]),
                rootVersion: version,
                rootDigest: digest
            )
        else {
            throw DocumentError(
                "",
                "\"\(text)\" is no invite",
                remedy: "paste it whole: https://<host>/registry#<number>.<64 hexadecimal digits>"
            )
        }
        self = invite
    }

    /// The text form.
    package var description: String { "\(baseURL)#\(rootVersion).\(rootDigest)" }

    /// The path of the root file under the base URL.
    package var rootPath: String { RegistryPath.root(version: rootVersion) }

    /// The copy that a first refresh begins with, from the root file that was fetched.
    ///
    /// - Throws: `RegistryRefusal.otherRoot` with both digests when it is not the file that the
    ///   invite means: then nothing may be trusted.
    package func stored(root bytes: [UInt8]) throws(RegistryRefusal) -> StoredMetadata {
        let found = Digest(of: bytes)
        guard found == rootDigest else {
            throw RegistryRefusal(
                "\(rootVersion).root.json",
                .otherRoot(found: found, expected: rootDigest)
            )
        }
        let stored = try StoredMetadata(trustedRoot: bytes)
        guard stored.rootVersions == [rootVersion] else {
            throw RegistryRefusal(
                "\(rootVersion).root.json",
                .version(found: stored.rootVersions.first ?? 0, expected: rootVersion)
            )
        }
        return stored
    }
}
