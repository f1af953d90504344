import Keys
import NodeStore

/// How long ago the last backup was made.
enum BackupCheck {
    private static let day: Int64 = 86_400

    static func examine(_ patient: Patient) throws -> Finding {
        let create = patient.command("backup create <new folder>")
        guard let last = try LastBackup.read(patient.folder) else {
            return .warning("none was ever made with eccoe backup create", try: create)
        }
        let age = patient.now - last.made
        let detail = "the last was made \(Spoken.time(age)) ago, at \(last.path)"
        if age > 30 * day { return .failed(detail, try: create) }
        return age > 7 * day ? .warning(detail, try: create) : .ok(detail)
    }
}
