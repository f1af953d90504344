import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore

/// The moment that a question is about.
struct MomentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "As of when: 2026-11-23T18:00:00Z, or a date for its first moment (default: now).",
            valueName: "time"))
    var at: String?

    /// The moment.
    ///
    /// - Throws: `CommandFailure`, 64, for what is no moment, and for one that has not come.
    func moment(now: Instant) throws -> Instant {
        guard let at else { return now }
        guard let moment = Instant(at) ?? Instant(at + "T00:00:00Z") else {
            throw ValidationError("--at \(at) is not YYYY-MM-DDThh:mm:ssZ")
        }
        guard moment <= now else {
            throw ValidationError(
                "--at \(at) has not come yet: nobody can answer for it. "
                    + "What is planned stands in eccoe member show")
        }
        return moment
    }
}

/// An answer as of a time with the versions that it rests on.
struct AsOfReport {
    let time: Instant
    let answer: AsOfAnswer
    /// nil while the node holds none.
    let registry: TrustedRegistry?
    /// The member that the answer is about, where there is one.
    let member: Member?

    /// {"at","verdict","state","from","until","event","events","document","registry",...}.
    func json(_ subject: [(String, JSON)]) -> JSON {
        var object = JSONObject()
        for (name, value) in subject { object[name] = value }
        object["at"] = .string(time.text)
        object["verdict"] = .string(answer.verdict.rawValue)
        object["state"] = .string(answer.state)
        object["from"] = answer.from.map { .string($0.text) }
        object["until"] = answer.until.map { .string($0.text) }
        object["event"] = answer.event.map { .number(JSONNumber($0)) }
        object["explanation"] = .string(answer.explanation)
        if let member {
            object["document"] = .string(member.digest.hex)
            object["events"] = .number(JSONNumber(Int64(member.document.events.count)))
        }
        object["registry"] = registry.map { Self.basis($0, body: member?.body) }
        return .object(object)
    }

    /// {"network","root","timestamp","snapshot","targets","body"?,"made","sha256"}: what an answer
    /// rests on.
    static func basis(_ registry: TrustedRegistry, body: String?) -> JSON {
        var object = JSONObject()
        object["network"] = .string(registry.network.name)
        for role in ["root", "timestamp", "snapshot", "targets"] {
            object[role] = registry.versions[role].map { .number(JSONNumber($0)) }
        }
        if let body {
            var role = JSONObject()
            role["name"] = .string(body)
            role["version"] = registry.versions[body].map { .number(JSONNumber($0)) }
            role["frozen"] = .bool(registry.frozenBodies.contains(body))
            object["body"] = .object(role)
        }
        object["made"] = .string(registry.made.text)
        object["sha256"] = .string(registry.snapshotDigest.hex)
        return .object(object)
    }

    /// The versions in a line.
    static func line(_ basis: JSON?) -> String {
        guard let basis else { return "none" }
        var versions = ["root", "timestamp", "snapshot", "targets"].map {
            "\($0) \(TextTable.cell(basis[$0]))"
        }
        if let body = basis["body"] {
            let end = body["frozen"]?.bool == true ? ", frozen: its role is not valid now" : ""
            versions.append(
                "\(TextTable.cell(body["name"])) \(TextTable.cell(body["version"]))\(end)")
        }
        return versions.joined(separator: ", ") + "; made \(TextTable.cell(basis["made"]))"
    }

    /// The lines that all answers share.
    static func pairs(_ answer: JSON) -> [(String, String)] {
        [
            ("as of", TextTable.cell(answer["at"])),
            ("answer", "\(TextTable.cell(answer["verdict"])): \(TextTable.cell(answer["state"]))"),
            ("why", TextTable.cell(answer["explanation"])),
            ("from", TextTable.cell(answer["from"])),
            ("until, exclusive", TextTable.cell(answer["until"])),
            ("registry", line(answer["registry"])),
            ("document", TextTable.cell(answer["document"])),
        ]
    }

    /// Ends the command with what the verdict says: 0 yes, 1 no, 2 indeterminate.
    func finish() throws {
        switch answer.verdict {
        case .yes: return
        case .no: throw ExitCode(ExitStatus.negative.rawValue)
        case .indeterminate: throw ExitCode(ExitStatus.indeterminate.rawValue)
        }
    }
}

/// `eccoe member standing <domain>`
struct MemberStanding: Verb {
    static let configuration = CommandConfiguration(
        commandName: "standing",
        abstract: "Tell whether a domain was a member in good standing at some time.",
        discussion: """
            Reads the registry that this node has accepted; needs no daemon. A state begins with \
            its event and ends before the next one. "notAMember", "stale" (the copy is older than \
            7 days and than the time asked for) and "unchecked" (no registry yet) are three \
            different answers. Exit status 0 yes, 1 no, 2 indeterminate.

            Example:  eccoe member standing uni-b.example --at 2026-11-23T18:00:00Z
            """
    )

    @Argument(help: "The domain.")
    var member: String

    @OptionGroup var moment: MomentOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let present = now
        let time = try moment.moment(now: present)
        let registry = try RegistryFiles(folder: node.folder).accepted()
        let report = AsOfReport(
            time: time,
            answer: registry?.standingAnswer(of: member, at: time, now: present) ?? .unchecked,
            registry: registry,
            member: registry?.member(member)
        )
        output.write(report.json([("domain", .string(member))])) { answer in
            var pairs = [("domain", member)] + AsOfReport.pairs(answer)
            if let event = answer["event"] {
                let events = TextTable.cell(answer["events"])
                pairs.append(("event", "\(TextTable.cell(event)) of \(events)"))
            }
            return TextTable.pairs(pairs)
        }
        try report.finish()
    }
}

/// `eccoe member key <kid>`
struct MemberKeyVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Tell whose a key is, and whether it was valid at some time.",
        discussion: """
            Reads the registry that this node has accepted; needs no daemon. For a key that was \
            revoked as compromised a claimed time proves nothing: the answer is indeterminate, \
            unless --proven says that something else vouches for the time, such as an entry in a \
            log (eccoe log time). Exit status 0 yes, 1 no, 2 indeterminate.

            Example:  eccoe member key NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs --at 2026-11-23
            """
    )

    @Argument(help: "The key's id: its RFC 7638 thumbprint.")
    var kid: String

    @Flag(help: "The time is proven, not merely claimed by what the key signed.")
    var proven = false

    @OptionGroup var moment: MomentOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let present = now
        let time = try moment.moment(now: present)
        let registry = try RegistryFiles(folder: node.folder).accepted()
        let holder = registry?.key(kid: kid, at: time).holder
        let answer = registry?.keyAnswer(kid: kid, at: time, isProven: proven, now: present)
        let report = AsOfReport(
            time: time,
            answer: answer ?? .unchecked,
            registry: registry,
            member: holder.flatMap { registry?.member($0.domain) }
        )
        var subject: [(String, JSON)] = [("kid", .string(kid))]
        if let holder, let registry {
            let standing = registry.standingAnswer(of: holder.domain, at: time, now: present)
            subject += [
                ("domain", .string(holder.domain)), ("use", .string(holder.key.use.rawValue)),
                ("standing", .string(standing.state)),
            ]
        }
        output.write(report.json(subject)) { answer in
            TextTable.pairs(
                [
                    ("key", kid), ("of", TextTable.cell(answer["domain"])),
                    ("use", TextTable.cell(answer["use"])),
                    ("member then", TextTable.cell(answer["standing"])),
                ] + AsOfReport.pairs(answer))
        }
        try report.finish()
    }
}
