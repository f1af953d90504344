import Federation
import Keys
import NodeClient

/// This machine's clock beside the clocks of members, asked now.
enum ClockCheck {
    private static let asked = 5

    static func examine(_ patient: Patient) async -> Finding {
        let others = patient.others.shuffled().prefix(asked)
        guard !others.isEmpty else {
            return .notChecked("there is no other member to compare with")
        }
        var offsets: [Int64] = []
        await withTaskGroup(of: Int64?.self) { group in
            for address in others { group.addTask { await offset(of: address, patient) } }
            for await offset in group { if let offset { offsets.append(offset) } }
        }
        return judge(offsets)
    }

    /// What a comparison means.
    static func judge(_ offsets: [Int64]) -> Finding {
        let clock = PeerClock(offsets: offsets)
        let peers = Spoken.count(clock.peers, "member")
        let set = "timedatectl set-ntp true"
        guard let offset = clock.offset else {
            return .notChecked("no other member answered", try: "eccoe peer list")
        }
        let direction = offset > 0 ? "behind" : "ahead of"
        let difference = "\(offset.magnitude) s \(direction) the median of \(peers)"
        return switch clock.verdict {
        case .wrong: .failed("\(difference): nothing that carries a time is signed", try: set)
        case .off: .warning(difference, try: set)
        case .good, .unknown: .ok(offset == 0 ? "as that of \(peers)" : difference)
        }
    }

    /// A member's clock less this one, in seconds; nil when it does not answer.
    private static func offset(of address: PeerAddress, _ patient: Patient) async -> Int64? {
        let request = PeerRequest(
            "GET", Endpoint.heads.template + "?limit=1", of: address,
            maximumBytes: Limits.headsPageBytes)
        guard let response = try? await patient.transport.send(request), response.status == 200,
            let page = try? HeadsPage(response.body)
        else { return nil }
        return page.now - CommandClock.now
    }
}
