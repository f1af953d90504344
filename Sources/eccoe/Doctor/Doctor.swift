import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry
import NodeClient
import NodeStore

/// `eccoe doctor`
struct Doctor: Verb {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine this node from the disk to the other members, and say what mends it.",
        discussion: """
            Everything is tried, nothing assumed: the public name, the certificate as members see \
            it, whether three of them can connect, clock, disk, databases, the log's root, its \
            copies and witnesses, keys, backup. What needs the daemon is not checked without it. \
            Nothing is changed.

            Exit status: 0 all is well or there are warnings only; 1 something failed.

            Example:  eccoe doctor
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let patient = try await Patient(node, at: now)
        let page = DoctorPage(isColoured: Self.isColoured)
        if output.format == .table { StandardStream.output.write(page.head(patient)) }
        var diagnoses: [Diagnosis] = []
        for (index, check) in Check.allCases.enumerated() {
            let progress = ProgressLine()
            let bar = ProgressLine.bar(index, of: Check.allCases.count)
            progress.update("\(bar) examining: \(check.rawValue)")
            let diagnosis = Diagnosis(check: check, finding: await check.examine(patient))
            progress.clear()
            diagnoses.append(diagnosis)
            switch output.format {
            case .table: StandardStream.output.write(page.line(diagnosis))
            case .jsonl: StandardStream.output.write(line: diagnosis.json)
            case .json: break
            }
        }
        await patient.transport.shutdown()
        if output.format == .json {
            StandardStream.output.write(line: Self.json(diagnoses, patient))
        }
        if output.format == .table { StandardStream.output.write(page.sum(diagnoses)) }
        if diagnoses.contains(where: { $0.finding.state == .failed }) {
            throw ExitCode(ExitStatus.negative.rawValue)
        }
    }

    private static var isColoured: Bool {
        let refused = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return StandardStream.output.isTerminal && !refused
    }

    private static func json(_ diagnoses: [Diagnosis], _ patient: Patient) -> JSON {
        func count(_ state: Finding.State) -> JSON {
            .number(JSONNumber(Int64(diagnoses.count { $0.finding.state == state })))
        }
        return [
            "domain": .string(patient.member.domain), "data": .string(patient.folder.path),
            "at": .string(patient.now.text), "checks": .array(diagnoses.map(\.json)),
            "ok": count(.ok), "warnings": count(.warning), "failed": count(.failed),
            "notChecked": count(.notChecked),
        ]
    }
}
