import CanonicalJSON
import Federation
import Foundation
import Glibc
import NodeClient
import NodeStore
import Testing

@Suite(.ownThreads, .serialized, .timeLimit(.minutes(2))) struct `A renewed certificate` {
    /// Whether the node can be reached by who trusts only this authority.
    private func isReached(_ url: String, _ domain: String, authority: [UInt8]) async throws -> Bool
    {
        let allow = try #require(OutboundAllow("\(domain)=127.0.0.1"))
        let client = try FetchClient(authorityPEM: authority, allow: [allow])
        let body = try? await client.get(url + "/v1/node", maximumBytes: 1 << 20)
        await client.shutdown()
        return body != nil
    }

    @Test func `is taken at SIGHUP, and one that is broken is not`() async throws {
        let institution = try Institution()
        // Another institution of the same name makes the other certificate.
        let other = try Institution()
        let tls = institution.folder.file("tls/")
        let first = try #require(try DurableFile.read(tls + "authority.pem"))
        let second = try #require(try DurableFile.read(other.folder.file("tls/authority.pem")))
        try institution.start()
        let url = try #require(try await institution.ask(.status)["url"]?.string)
        #expect(try await isReached(url, institution.domain, authority: first))
        #expect(try await !isReached(url, institution.domain, authority: second))
        for name in ["server.pem", "server.key"] {
            let bytes = try #require(try DurableFile.read(other.folder.file("tls/" + name)))
            try DurableFile.write(bytes, to: tls + name, mode: 0o400)
        }
        institution.signal(SIGHUP)
        while try await !isReached(url, institution.domain, authority: second) {}
        #expect(try await !isReached(url, institution.domain, authority: first))
        try DurableFile.write(Array("nothing".utf8), to: tls + "server.pem", mode: 0o400)
        institution.signal(SIGHUP)
        // The old one stays, and the daemon lives.
        for _ in 1...20 {
            #expect(try await isReached(url, institution.domain, authority: second))
        }
        #expect(institution.stop() == 0)
    }
}
