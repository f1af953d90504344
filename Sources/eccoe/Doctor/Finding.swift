import CanonicalJSON
import Federation

/// What one check of `eccoe doctor` found.
struct Finding: Sendable, Equatable {
    /// How it stands.
    enum State: String, Sendable, CaseIterable {
        case ok
        case warning
        case failed
        case notChecked = "not checked"
    }

    let state: State
    /// In a sentence, with the numbers.
    let detail: String
    /// The command that mends it, to be typed as it stands.
    let remedy: String?

    static func ok(_ detail: String) -> Finding {
        Finding(state: .ok, detail: detail, remedy: nil)
    }

    static func warning(_ detail: String, try remedy: String) -> Finding {
        Finding(state: .warning, detail: detail, remedy: remedy)
    }

    static func failed(_ detail: String, try remedy: String) -> Finding {
        Finding(state: .failed, detail: detail, remedy: remedy)
    }

    static func notChecked(_ detail: String, try remedy: String? = nil) -> Finding {
        Finding(state: .notChecked, detail: detail, remedy: remedy)
    }
}

/// The checks, in their order.
enum Check: String, Sendable, CaseIterable {
    case daemon
    case registry
    case standing
    case name
    case certificate
    case reachability
    case clock
    case disk
    case databases
    case log
    case mirrors
    case witnesses
    case neighbours
    case keyFiles = "key files"
    case keys
    case backup

    /// Why it matters.
    var why: String {
        switch self {
        case .daemon: "without it nothing is published, fetched, cosigned or answered"
        case .registry: "it says whose keys count; from 28 days on nobody new is believed"
        case .standing: "only active members are replicated, cosigned and believed"
        case .name: "members reach this node by the name that the registry has"
        case .certificate: "members that cannot check it do not connect"
        case .reachability: "who cannot connect here gets this log later, through others"
        case .clock: "beyond 300 s nothing that carries a time is signed, or believed by others"
        case .disk: "without space nothing is written"
        case .databases: "damage spreads, and is mended best while a backup is young"
        case .log: "it is what this institution has signed: it must give the signed root"
        case .mirrors: "they heal this log after a loss, and would show that it went back"
        case .witnesses: "without their quorum new entries stay unconfirmed"
        case .neighbours: "from them this node hears what is new"
        case .keyFiles: "who can read a key can sign as this institution"
        case .keys: "what is signed with a key that the registry does not list counts for nothing"
        case .backup: "private records of decisions exist nowhere else"
        }
    }

    /// Carries the check out; what it throws is a failure.
    func examine(_ patient: Patient) async -> Finding {
        do {
            return try await perform(patient)
        } catch {
            let problem = CommandFailure(describing: error).problem
            let place = problem.pointer.map { " (\($0))" } ?? ""
            return .failed(
                problem.detail + place, try: problem.remedy ?? patient.command("status"))
        }
    }

    private func perform(_ patient: Patient) async throws -> Finding {
        switch self {
        case .daemon: DaemonCheck.examine(patient)
        case .registry: RegistryAgeCheck.examine(patient)
        case .standing: StandingCheck.examine(patient)
        case .name: try await NameCheck.examine(patient)
        case .certificate: try await CertificateCheck(patient).examine()
        case .reachability: try await ReachabilityCheck.examine(patient)
        case .clock: await ClockCheck.examine(patient)
        case .disk: DiskCheck.examine(patient)
        case .databases: try DatabaseCheck.examine(patient)
        case .log: try OwnRootCheck.examine(patient)
        case .mirrors: try await MirrorCheck(patient).examine()
        case .witnesses: await WitnessCheck.examine(patient)
        case .neighbours: try await NeighbourCheck.examine(patient)
        case .keyFiles: try KeyFileCheck.examine(patient)
        case .keys: try KeyValidityCheck.examine(patient)
        case .backup: try BackupCheck.examine(patient)
        }
    }
}

/// A check with its outcome.
struct Diagnosis: Sendable {
    let check: Check
    let finding: Finding

    /// {"check","state","detail","why","remedy"?}.
    var json: JSON {
        var line = JSONObject()
        line["check"] = .string(check.rawValue)
        line["state"] = .string(finding.state.rawValue)
        line["detail"] = .string(finding.detail)
        line["why"] = .string(check.why)
        line["remedy"] = finding.remedy.map { .string($0) }
        return .object(line)
    }
}
