import CanonicalJSON
import Federation

/// Whether the daemon answers, and has nothing to complain of.
enum DaemonCheck {
    static func examine(_ patient: Patient) -> Finding {
        let status: JSON
        switch patient.status {
        case .failure(let problem):
            let remedy = problem.slug == .unreachable ? nil : problem.remedy
            return .failed(problem.detail, try: remedy ?? patient.start)
        case .success(let answer): status = answer
        }
        let software = status["software"]?.string ?? "unknown software"
        let own = "\(Software.name)/\(Software.version)"
        guard software == own else {
            return .warning(
                "it is \(software), this command is \(own)",
                try: "restart the daemon: \(patient.start)")
        }
        let writing = status["writing"]
        if let state = writing?["state"]?.string, let reason = writing?["reason"]?.string {
            let detail = "the log is not written (\(state)): \(reason)"
            // The recovery gate opens by itself when the others have answered.
            return ["asking", "healing"].contains(state)
                ? .warning(detail, try: patient.command("status"))
                : .failed(detail, try: patient.command("status"))
        }
        let alarms = (status["alarms"]?.array ?? []).compactMap(\.string)
        if let first = alarms.first {
            let more = alarms.count > 1 ? ", and \(alarms.count - 1) more" : ""
            return .warning(first + more, try: patient.command("status"))
        }
        return .ok("\(software) answers")
    }
}
