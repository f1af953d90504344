/// The names of a registry's files relative to its base URL, as TUF clients ask for them.
package enum RegistryPath {
    /// `metadata/<version>.root.json`.
    package static func root(version: Int64) -> String { "metadata/\(version).root.json" }

    /// The one file whose name never changes.
    package static let timestamp = "metadata/timestamp.json"

    /// `metadata/<version>.<role>.json` with the role percent-encoded; without version for a
    /// registry without consistent snapshots.
    package static func role(_ name: String, version: Int64?) -> String {
        let encoded = percentEncoded(name)
        return version.map { "metadata/\($0).\(encoded).json" } ?? "metadata/\(encoded).json"
    }

    /// `targets/<directory>/<SHA-256>.<name>`; without hash for a registry without consistent
    /// snapshots.
    package static func target(_ path: String, sha256: String?) -> String {
        guard let sha256 else { return "targets/" + path }
        guard let slash = path.lastIndex(of: "/") else { return "targets/\(sha256).\(path)" }
        return "targets/\(path[...slash])\(sha256).\(path[path.index(after: slash)...])"
    }

    /// The target path of a member: `members/<body>/<domain>.json`.
    package static func member(_ domain: String, body: String) -> String {
        "members/\(body)/\(domain).json"
    }

    /// Body and domain of a member's target path; nil for any other path.
    static func member(of path: String) -> (body: String, domain: String)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "members", parts[2].hasSuffix(".json") else {
            return nil
        }
        return (String(parts[1]), String(parts[2].dropLast(5)))
    }

    /// The network document's target path.
    package static let network = "network.json"

    /// RFC 3986 with only unreserved characters left, as python-tuf's `quote(name, "")`.
    static func percentEncoded(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: text.append(byte)
            default:
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
