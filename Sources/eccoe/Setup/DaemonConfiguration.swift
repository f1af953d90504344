import CanonicalJSON
import Federation
import NodeClient
import NodeStore

/// The configuration file that a new node begins with.
struct DaemonConfiguration {
    let data: String
    let domain: String
    let url: String
    let listen: ListenAddress
    let certificate: String
    let key: String
    let anchor: String
    let precedents: String
    let allow: [OutboundAllow]

    /// The file, YAML; strings are written as JSON strings, which YAML reads.
    var yaml: String {
        var lines = [
            "# Configuration of eccoed, written by eccoe init.",
            "version: 1",
            "domain: \(quoted(domain))",
            "data: \(quoted(data))",
            "url: \(quoted(url))",
            "listen:",
            "  host: \(quoted(listen.address.text))",
            "  port: \(listen.port)",
            "tls:",
            "  certificate: \(quoted(certificate))",
            "  key: \(quoted(key))",
            "anchor: \(quoted(anchor))",
            "precedents: \(quoted(precedents))",
            "outbound:",
        ]
        lines.append(allow.isEmpty ? "  allow: []" : "  allow:")
        for entry in allow {
            lines.append("    - host: \(quoted(entry.host))")
            lines.append("      address: \(quoted(entry.address.text))")
            lines.append("      port: \(entry.port)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func quoted(_ text: String) -> String { JSON.string(text).canonicalText }
}

/// `outbound.json`: the exceptions of `eccoed.yaml` again, for the command.
enum OutboundFile {
    private static let name = "outbound.json"

    /// Writes the entries into a data folder.
    static func write(_ allow: [OutboundAllow], to folder: DataFolder) throws {
        let json = JSON.array(allow.map(\.json))
        try DurableFile.write(json.canonicalBytes + [0x0a], to: folder.file(name))
    }

    /// The entries of a data folder; none when there is no file.
    ///
    /// - Throws: `CommandFailure` when an entry is malformed.
    static func read(_ folder: DataFolder) throws -> [OutboundAllow] {
        guard let bytes = try DurableFile.read(folder.file(name), limit: 1 << 20) else { return [] }
        let entries = try JSON.read(bytes).array ?? []
        return try entries.enumerated().map { index, json in
            guard let entry = OutboundAllow(json: json) else {
                throw CommandFailure(
                    .configuration,
                    Problem(
                        .configuration,
                        "no entry of host, address and port",
                        at: "\(folder.file(name))#/\(index)",
                        try:
                            "write {\"host\":\"node.example\",\"address\":\"127.0.0.1\",\"port\":0}"
                    )
                )
            }
            return entry
        }
    }
}
