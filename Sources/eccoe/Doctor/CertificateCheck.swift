import Federation
import Keys
import MemberRegistry
import NodeClient

/// The own address as a member sees it: who answers there, by whom its certificate is vouched for,
/// and for how long.
struct CertificateCheck {
    private static let day: Int64 = 86_400
    /// Days before the end at which the operator is told.
    private static let notice: Int64 = 30

    private let patient: Patient

    init(_ patient: Patient) {
        self.patient = patient
    }

    func examine() async throws -> Finding {
        guard let address = patient.address else {
            return .notChecked("the registry has no node address for this institution")
        }
        let response: PeerResponse
        do {
            response = try await patient.transport.send(
                PeerRequest(
                    "GET", Endpoint.node.template, of: address,
                    maximumBytes: Limits.manifestBytes))
        } catch let problem as Problem { return await diagnose(problem, at: address) }
        if let stranger = stranger(response) { return stranger }
        let shown = try await probe(address)
        let left = shown.notAfter - patient.now
        let end = "until \(shown.notAfter.text), \(Spoken.time(left)) from now"
        guard left > Self.notice * Self.day else {
            return .warning("it counts only \(end)", try: renewal)
        }
        if case .authority(let der) = address.trust, let authority = ShownCertificate(der: der),
            authority.notAfter - patient.now < 2 * Self.notice * Self.day
        {
            return .warning(
                "the member's own authority counts only until \(authority.notAfter.text)",
                try: "make a new one, and let the registry know it")
        }
        return .ok("vouched for by \(voucher(address)), \(end)")
    }

    /// Whether somebody else answers: nil when it is this node.
    private func stranger(_ response: PeerResponse) -> Finding? {
        let reason: String
        do {
            guard response.status == 200 else {
                throw Problem(.unreachable, "it answered \(response.status)")
            }
            let keys = patient.member.keys(for: .node, at: patient.now).map(\.publicKey)
            _ = try NodeManifest(response.body, of: patient.member.domain, keys: keys)
            return nil
        } catch { reason = (error as? Problem)?.detail ?? "\(error)" }
        return .failed(
            "what answers at this address is not this node: \(reason)",
            try: patient.isRunning ? patient.command("status") : patient.start)
    }

    /// Says why a member would not connect.
    private func diagnose(_ problem: Problem, at address: PeerAddress) async -> Finding {
        guard let shown = try? await probe(address) else {
            // Nothing listens there: of a certificate nothing can be said.
            return patient.isRunning
                ? .failed(problem.detail, try: "ss -ltn; compare with listen: in eccoed.yaml")
                : patient.needsDaemon
        }
        if shown.notAfter <= patient.now {
            return .failed("it has expired: it counted until \(shown.notAfter.text)", try: renewal)
        }
        if shown.notBefore > patient.now {
            return .failed("it counts only from \(shown.notBefore.text)", try: "timedatectl status")
        }
        return .failed(
            "\(problem.detail); the registry says that \(voucher(address)) vouches for it",
            try: renewal)
    }

    private func probe(_ address: PeerAddress) async throws -> ShownCertificate {
        try await CertificateProbe(outbound: patient.outbound).certificate(at: address.url)
    }

    private func voucher(_ address: PeerAddress) -> String {
        if case .system = address.trust { return "the system's roots" }
        return "the member's own authority"
    }

    private var renewal: String {
        if case .authority = patient.member.tls {
            return "\(patient.command("tls renew")) && \(patient.reload)"
        }
        return "renew it where it was made, then \(patient.reload)"
    }
}
