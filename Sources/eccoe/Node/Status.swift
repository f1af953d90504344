import ArgumentParser
import CanonicalJSON
import Federation
import NodeClient

/// A length of time as a person writes it: `60s`, `2m`, `500ms`.
struct TimeSpan: ExpressibleByArgument {
    let duration: Duration

    /// So many seconds.
    init(seconds: Int) {
        duration = .seconds(seconds)
    }

    var defaultValueDescription: String { "\(duration.components.seconds)s" }

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
        for (unit, seconds) in units where argument.hasSuffix(unit) {
            guard let number = Double(argument.dropLast(unit.count)), number >= 0,
                number * seconds < 1e9
            else { continue }
            duration = .milliseconds(Int64(number * seconds * 1000))
            return
        }
        return nil
    }
}

/// `eccoe status`
struct Status: Verb {
    enum Goal: String, ExpressibleByArgument, CaseIterable {
        case converged
        case admitted
    }

    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the node is doing, or wait until it holds everything it has heard of.",
        discussion: """
            With --wait converged it ends with status 0 once all logs are held, confirmed and \
            complete, and with 1 when that took longer than --timeout. With --wait admitted it \
            first waits until the registry's operator has admitted this institution, and says how \
            many peers and items it is in with.

            Example:  eccoe status --wait converged --timeout 60s
            """
    )

    @Option(help: "Wait for this.")
    var wait: Goal?

    @Option(
        help: ArgumentHelp(
            "How long to wait, such as 60s or 2m (default: 60s; for admission: 24h).",
            valueName: "time"))
    var timeout: TimeSpan?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.withDaemon { client in
            wait == nil ? try await client.call(.status) : try await converged(client)
        }
        output.write(answer) { answer in
            guard wait == .admitted, answer["standing"]?.string == "active",
                answer["converged"]?.bool == true
            else {
                return Self.text(answer)
            }
            return Self.welcome(answer)
        }
        let isIn = wait != .admitted || answer["standing"]?.string == "active"
        if wait != nil, !isIn || answer["converged"]?.bool != true {
            let waits = (answer["waits"]?.array ?? []).compactMap(\.string)
            let missing = isIn ? waits : ["not admitted"] + waits
            throw CommandFailure(
                .negative,
                Problem(
                    .notConfirmed,
                    "not \(wait == .admitted ? "in" : "converged") in time: "
                        + missing.joined(separator: "; "),
                    at: node.socketPath,
                    try: "see eccoe peer list, and the daemon's log"
                )
            )
        }
    }

    private func converged(_ client: ControlClient) async throws -> JSON {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: (timeout ?? standardTimeout).duration)
        // What nobody has heard of yet would not be waited for, so everybody is asked first.
        var nextPoll = clock.now
        var isIn = wait == .converged
        var hasPolled = false
        let progress = ProgressLine()
        defer { progress.clear() }
        while true {
            do {
                if isIn, clock.now >= nextPoll {
                    _ = try await client.call(.peerRefresh)
                    hasPolled = true
                    nextPoll = clock.now.advanced(by: .seconds(3))
                }
                let answer = try await client.call(.status)
                isIn = wait == .converged || answer["standing"]?.string == "active"
                let isOver = isIn && hasPolled && answer["converged"]?.bool == true
                if isOver || clock.now >= end { return answer }
                progress.update(
                    isIn
                        ? "waiting: \(TextTable.cell(answer["waits"]?[0]))"
                        : "waiting for the registry's operator to admit this institution")
            } catch let problem as Problem
                where problem.slug == .unreachable && clock.now < end
            {
                progress.update("waiting for the daemon")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private var standardTimeout: TimeSpan {
        TimeSpan(seconds: wait == .admitted ? 86_400 : 60)
    }

    /// The first words to a new member.
    private static func welcome(_ answer: JSON) -> String {
        let peers = Int(answer["registry"]?["members"]?.integer ?? 1) - 1
        let items = Int(answer["items"]?.integer ?? 0)
        let next = answer["log"] == nil ? "Begin your log: eccoe log init\n" : ""
        return "You are in: \(Spoken.count(peers, "peer")), \(Spoken.count(items, "item")).\n"
            + next
    }

    private static func text(_ answer: JSON) -> String {
        let registry = answer["registry"]
        let log = answer["log"]
        let waits = (answer["waits"]?.array ?? []).compactMap(\.string)
        var text = TextTable.pairs([
            ("domain", TextTable.cell(answer["domain"])), ("url", TextTable.cell(answer["url"])),
            ("software", TextTable.cell(answer["software"])),
            ("standing", TextTable.cell(answer["standing"])),
            (
                "registry",
                registry?["name"] == nil
                    ? "none yet"
                    : "\(TextTable.cell(registry?["name"])), snapshot "
                        + "\(TextTable.cell(registry?["snapshot"])), "
                        + "\(TextTable.cell(registry?["members"])) members, "
                        + TextTable.cell(registry?["freshness"])
            ),
            ("own log", log.map(line) ?? "none yet: eccoe log init"),
            ("written", writing(answer["writing"])),
            ("items", TextTable.cell(answer["items"])),
            ("audits", audits(answer["audits"]?.array ?? [])),
            ("clock", clock(answer["clock"])),
            ("converged", waits.isEmpty ? "yes" : "no: " + waits.joined(separator: "; ")),
        ])
        for alarm in (answer["alarms"]?.array ?? []).compactMap(\.string) {
            text += TextTable.pairs([("ALARM", alarm)])
        }
        let followed = answer["followed"]?.array ?? []
        if !followed.isEmpty {
            text +=
                "\n"
                + TextTable.rows(
                    ["LOG", "SIZE", "CONFIRMED", "AT", "COSIGNED", "ITEMS", "STATE"],
                    followed.map { row in
                        [
                            TextTable.cell(row["origin"]), TextTable.cell(row["size"]),
                            TextTable.cell(row["confirmedSize"]),
                            TextTable.cell(row["confirmedAt"]),
                            TextTable.cell(row["confirmation"]),
                            TextTable.cell(row["items"]), state(row),
                        ]
                    }
                )
        }
        return text
    }

    /// When the oldest of the logs' last audits was, or which ones found damage.
    private static func audits(_ results: [JSON]) -> String {
        let damaged = results.filter { $0["found"]?.integer != 0 }
        guard damaged.isEmpty else {
            let names = damaged.map { TextTable.cell($0["origin"]) }.joined(separator: ", ")
            return "DAMAGE in \(names): eccoe log audit --all"
        }
        guard let oldest = results.compactMap({ $0["at"]?.string }).min() else { return "none yet" }
        return "\(results.count) logs sound, the oldest audit of \(oldest)"
    }

    private static func state(_ log: JSON) -> String {
        if log["quarantined"]?.bool == true { return "quarantined" }
        if log["closed"]?.bool == true { return "closed" }
        return log["standing"]?.string ?? "open"
    }

    private static func clock(_ clock: JSON?) -> String {
        guard let offset = clock?["offsetSeconds"]?.integer else { return "not compared yet" }
        let peers = Spoken.count(Int(clock?["peers"]?.integer ?? 0), "member")
        return offset == 0 ? "as that of \(peers)" : "\(offset) s behind the median of \(peers)"
    }

    private static func writing(_ writing: JSON?) -> String {
        let reason = writing?["reason"]?.string.map { ": \($0)" } ?? ""
        return TextTable.cell(writing?["state"]) + reason
    }

    private static func line(_ log: JSON) -> String {
        "\(TextTable.cell(log["origin"])), \(TextTable.cell(log["size"])) entries, "
            + "\(TextTable.cell(log["confirmedSize"])) confirmed; "
            + TextTable.cell(log["confirmation"])
    }
}
