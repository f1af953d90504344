import Foundation
import Keys
import NodeStore

/// Whether every private key is its owner's to read, and nobody's to write.
enum KeyFileCheck {
    static func examine(_ patient: Patient) throws -> Finding {
        let folder = patient.folder
        var paths: [String] = []
        for part in ["keys", "tls", "registry-authority/keys"] {
            let names = try DurableFile.list(folder.file(part)).filter { $0.hasSuffix(".key") }
            paths += names.sorted().map { folder.file("\(part)/\($0)") }
        }
        var exposed: [String] = []
        for path in paths where try DurableFile.mode(path) & 0o377 != 0 { exposed.append(path) }
        if let first = exposed.first {
            let more = exposed.count > 1 ? ", and \(exposed.count - 1) more" : ""
            return .failed(
                "\(first) is not of mode 0400\(more)",
                try: "chmod 0400 \(exposed.joined(separator: " "))")
        }
        // Reading shows that each holds the key that it says it does.
        for path in paths where path.hasPrefix(folder.file("keys/")) {
            _ = try DataFolder.readKey(path)
        }
        let elsewhere = patient.keysElsewhere
        guard paths.contains(where: { $0.hasPrefix(folder.file("keys/")) }) || !elsewhere.isEmpty
        else {
            guard patient.isRunning else {
                return .notChecked(
                    "there is none in \(folder.file("keys")); the daemon may have them from elsewhere",
                    try: patient.start)
            }
            return .failed(
                "the daemon has no key at all", try: patient.command("backup restore <backup>"))
        }
        let others = elsewhere.map { "\($0.name) by \($0.home)" }.joined(separator: ", ")
        return .ok(
            "\(Spoken.count(paths.count, "key file")), all of mode 0400"
                + (others.isEmpty ? "" : "; \(others)"))
    }
}
