import CanonicalJSON
import Federation

/// Whether the members that the daemon polls answer it.
enum NeighbourCheck {
    static func examine(_ patient: Patient) async throws -> Finding {
        guard patient.isRunning else { return patient.needsDaemon }
        let peers = try await patient.ask(.peerList)["peers"]?.array ?? []
        guard !peers.isEmpty else {
            return .notChecked("the registry has no other member with a node")
        }
        let neighbours = peers.filter { $0["neighbour"]?.bool == true }
        let list = patient.command("peer list")
        guard !neighbours.isEmpty else {
            return .failed("none of \(peers.count) members is polled", try: list)
        }
        let failing = neighbours.filter { ($0["failures"]?.integer ?? 0) > 0 }
        let unasked = neighbours.filter {
            $0["failures"]?.integer == 0 && $0["lastSuccess"]?.string == nil
        }
        let count =
            "\(neighbours.count - failing.count - unasked.count) of \(neighbours.count) answered "
            + "when last polled"
        guard let first = failing.first else {
            return unasked.count < neighbours.count
                ? .ok(count)
                : .notChecked("none was polled yet", try: patient.command("peer refresh"))
        }
        let detail =
            "\(count); \(TextTable.cell(first["domain"])): \(TextTable.cell(first["lastError"]))"
        return failing.count == neighbours.count
            ? .failed(detail, try: list) : .warning(detail, try: list)
    }
}
