import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeClient

extension RegistryRequest {
    /// Hands the request to a registry's server.
    ///
    /// - Parameter baseURL: the registry's, as in its invite.
    /// - Throws: `CommandFailure` with what the server says, 69 when it does not answer.
    func send(
        to baseURL: String,
        signedBy keys: [any Signer],
        by client: FetchClient
    ) async throws {
        let url = baseURL + "/requests"
        let response = try await client.send(
            "POST",
            url,
            headers: [("Content-Type", "application/json")],
            body: try signed(by: keys),
            maximumBytes: 64 << 10
        )
        guard (200..<300).contains(response.status) else {
            let problem = (try? JSON.read(response.body)).flatMap { Problem(json: $0) }
            throw problem.map { CommandFailure($0) }
                ?? CommandFailure(
                    .unavailable,
                    Problem(
                        .registryUnavailable,
                        "the registry answered with status \(response.status)",
                        at: url
                    )
                )
        }
    }
}
