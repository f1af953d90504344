import Federation
import MemberRegistry
import NodeStore
import TransparencyLog

/// The own log, recomputed from its entries and compared with what was signed.
enum OwnRootCheck {
    static func examine(_ patient: Patient) throws -> Finding {
        let folder = patient.folder
        guard let epoch = try folder.logEpochs().last else {
            return .notChecked("there is no log yet", try: patient.command("log init"))
        }
        let path = folder.log(epoch: epoch)
        let witnesses = (patient.registry?.cosignerKeys ?? []).compactMap {
            try? VerifierKey($0.text)
        }
        let progress = ProgressLine()
        defer { progress.clear() }
        let report = try LogReader(path: path)
            .audit(witnesses: witnesses, views: folder.viewsDatabase) { done, total in
                progress.update("\(ProgressLine.bar(done, of: total)) log: \(done) of \(total)")
            }
        guard let first = report.findings.first else {
            return .ok(
                "\(report.size) \(report.size == 1 ? "entry gives" : "entries give") the signed root"
            )
        }
        let more = report.found > 1 ? ", and \(report.found - 1) more" : ""
        return .failed(
            "\(first.place): \(first.reason)\(more)", try: patient.command("log audit"))
    }
}
