import Federation
import NodeClient

/// Whether the public name leads to an address that members may connect to.
enum NameCheck {
    static func examine(_ patient: Patient) async throws -> Finding {
        guard let url = patient.address?.url, let (origin, _) = HTTPOrigin.read(url) else {
            return .notChecked("the registry has no node address for this institution")
        }
        let addresses: [IPAddress]
        do {
            addresses = try await patient.outbound.addresses(of: origin)
        } catch let problem as Problem {
            return .failed(
                problem.detail, try: "getent ahosts \(origin.host); then set its A or AAAA record")
        }
        let list = addresses.map(\.text).joined(separator: ", ")
        let isFixed = patient.allow.contains { $0.host == origin.host }
        return .ok("\(origin.host) leads to \(list)" + (isFixed ? ", by outbound.json" : ""))
    }
}
