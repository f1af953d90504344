import MemberRegistry
import NodeStore

/// The outcome of `eccoe doctor` for people.
struct DoctorPage {
    let isColoured: Bool

    private static let stateWidth = 11
    private static let nameWidth = Check.allCases.map(\.rawValue.count).max() ?? 0

    func head(_ patient: Patient) -> String {
        "\(patient.member.domain), \(patient.folder.path)\n\n"
    }

    /// What was found; when it is not well, why that matters, and what mends it.
    func line(_ diagnosis: Diagnosis) -> String {
        let finding = diagnosis.finding
        let state = paint(pad(finding.state.rawValue, Self.stateWidth), finding.state)
        let name = pad(diagnosis.check.rawValue, Self.nameWidth)
        var text = "  \(state)  \(name)  \(PlainText.line(finding.detail))\n"
        let margin = String(repeating: " ", count: Self.stateWidth + Self.nameWidth + 6)
        if finding.state == .failed || finding.state == .warning {
            text += "\(margin)why: \(diagnosis.check.why)\n"
        }
        if let remedy = finding.remedy { text += "\(margin)try: \(PlainText.line(remedy))\n" }
        return text
    }

    func sum(_ diagnoses: [Diagnosis]) -> String {
        let counts = Finding.State.allCases.compactMap { state -> String? in
            let count = diagnoses.count { $0.finding.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }
        return "\n\(diagnoses.count) checks: \(counts.joined(separator: ", "))\n"
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func paint(_ text: String, _ state: Finding.State) -> String {
        guard isColoured else { return text }
        let colour =
            switch state {
            case .ok: "32"
            case .warning: "33"
            case .failed: "1;31"
            case .notChecked: "2"
            }
        return "\u{1b}[\(colour)m\(text)\u{1b}[0m"
    }
}
