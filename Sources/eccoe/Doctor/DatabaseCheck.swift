import Federation
import NodeStore

/// Every database, by SQLite's own look at it.
enum DatabaseCheck {
    static func examine(_ patient: Patient) throws -> Finding {
        let folder = patient.folder
        var names: [String] = []
        for part in ["log", "mirror"] {
            names += try DurableFile.list(folder.file(part)).filter { $0.hasSuffix(".sqlite") }
                .map { "\(part)/\($0)" }
        }
        names += ["node.sqlite", "views.sqlite"].filter { DurableFile.exists(folder.file($0)) }
        guard !names.isEmpty else {
            return .notChecked("there is none yet; the daemon makes them", try: patient.start)
        }
        let progress = ProgressLine()
        defer { progress.clear() }
        for (index, name) in names.enumerated() {
            progress.update(
                "\(ProgressLine.bar(index, of: names.count)) databases: \(name)")
            let findings = try QuickCheck.findings(folder.file(name))
            guard let first = findings.first else { continue }
            let more = findings.count > 1 ? ", and \(findings.count - 1) more" : ""
            return .failed("\(name): \(first)\(more)", try: remedy(name, patient))
        }
        return .ok("\(Spoken.count(names.count, "database")), all sound")
    }

    /// What can be had again is thrown away, the rest comes from a backup.
    private static func remedy(_ name: String, _ patient: Patient) -> String {
        if name.hasPrefix("mirror/") || name == "views.sqlite" {
            let file = patient.folder.file(name)
            return "stop the daemon, rm \(file)*, \(patient.start): it is made anew"
        }
        return "stop the daemon, mv \(patient.folder.path) aside, "
            + patient.command("backup restore <backup>")
    }
}
