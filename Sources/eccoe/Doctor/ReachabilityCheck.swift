import CanonicalJSON
import Federation

/// Whether other members can connect: three of them are asked to try (decision 090).
enum ReachabilityCheck {
    private static let wanted = 3

    static func examine(_ patient: Patient) async throws -> Finding {
        guard patient.isRunning else { return patient.needsDaemon }
        let answer = try await patient.ask(
            .peerReach, ["count": .number(JSONNumber(Int64(wanted)))])
        guard answer["reachable"]?.bool != false else {
            return .notChecked(
                "eccoed.yaml says reachable: false: the node pushes, and nobody connects")
        }
        let peers = answer["peers"]?.array ?? []
        let tried = peers.filter { $0["reached"]?.bool != nil }
        let reached = tried.filter { $0["reached"]?.bool == true }
        func names(_ rows: [JSON]) -> String {
            rows.compactMap { $0["domain"]?.string }.joined(separator: ", ")
        }
        guard let first = tried.first else {
            let reason = peers.first.map {
                ": \(TextTable.cell($0["domain"])): \(TextTable.cell($0["error"]))"
            }
            return .notChecked(
                "no other member has tried it" + (reason ?? ": there is none to ask"),
                try: patient.command("peer list"))
        }
        let failure = tried.first { $0["reached"]?.bool == false }
        guard let failure else {
            return .ok("\(names(reached)) reached \(TextTable.cell(first["url"]))")
        }
        let said =
            "\(TextTable.cell(failure["domain"])) says of \(TextTable.cell(failure["url"])): "
            + TextTable.cell(failure["reason"])
        let remedy = "open the port in the firewall, or say reachable: false in eccoed.yaml"
        return reached.isEmpty
            ? .failed("none of \(tried.count) reached it; \(said)", try: remedy)
            : .warning("\(reached.count) of \(tried.count) reached it; \(said)", try: remedy)
    }
}
