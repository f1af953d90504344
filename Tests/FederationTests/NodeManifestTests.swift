import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import Testing

/// The signed manifest of a node.
@Suite struct `A manifest` {
    private static let domain = "uni-a.example"
    private let key: Ed25519Key
    private let stranger: Ed25519Key

    init() throws {
        key = try #require(Ed25519Key(seed: Array(repeating: 1, count: 32)))
        stranger = try #require(Ed25519Key(seed: Array(repeating: 2, count: 32)))
    }

    private func manifest(policy: String? = nil) throws -> NodeManifest {
        NodeManifest(
            domain: Self.domain, at: try #require(Instant("2026-11-26T15:31:18Z")),
            roles: ["log", "mirror"], isReachable: false, log: "uni-a.example/eccoe/1",
            policy: policy)
    }

    private func read(_ jws: [UInt8], by keys: [PublicKey]? = nil) throws(Problem) -> NodeManifest {
        try NodeManifest(jws, of: Self.domain, keys: keys ?? [key.publicKey])
    }

    private func refusal(_ jws: [UInt8], by keys: [PublicKey]? = nil) -> Problem.Slug? {
        do {
            _ = try read(jws, by: keys)
            return nil
        } catch { return error.slug }
    }

    /// The payload of a good one, changed.
    private func changed(_ change: (inout JSONObject) -> Void) throws -> [UInt8] {
        let jws = try JSON.read(manifest().signed(by: key))
        let payload = try #require(jws["payload"]?.string.flatMap { Base64URL.decode($0) })
        var object = try #require(JSON.read(payload).object)
        change(&object)
        return try GeneralJWS.sign(
            JSON.object(object).canonicalBytes, type: NodeManifest.type, signers: [key])
    }

    @Test func `is read as it was signed, the same bytes all day`() throws {
        let made = try manifest(policy: "log a b\n")
        let jws = try made.signed(by: key)
        #expect(try read(jws) == made)
        #expect(made.at.text == "2026-11-26T00:00:00Z")
        #expect(try read(jws, by: [stranger.publicKey, key.publicKey]) == made)
        #expect(made.capabilities.contains("POST /mirror/add-entries"))
        #expect(try made.signed(by: key) == jws)
    }

    @Test func `counts only when a node key of the member has signed it`() throws {
        let jws = try manifest().signed(by: key)
        #expect(refusal(jws, by: [stranger.publicKey]) == .unauthenticated)
        #expect(refusal(jws, by: []) == .unauthenticated)
        let text = String(decoding: jws, as: UTF8.self)
        let payload = try #require(JSON.read(jws)["payload"]?.string)
        let other = Base64URL.encode(
            Array(
                String(decoding: Base64URL.decode(payload) ?? [], as: UTF8.self)
                    .replacing("\"reachable\":false", with: "\"reachable\":true ").utf8))
        #expect(other != payload)
        #expect(
            refusal(Array(text.replacing(payload, with: other).utf8)) == .unauthenticated)
    }

    @Test func `of another member, or of another type, is refused`() throws {
        #expect(
            refusal(try changed { $0["domain"] = "uni-b.example" }) == .unauthenticated)
        let payload = (["v": 1] as JSON).canonicalBytes
        let request = try GeneralJWS.sign(payload, type: RegistryRequest.type, signers: [key])
        #expect(refusal(request) == .malformedRequest)
    }

    @Test(arguments: [
        "v", "domain", "at", "software", "version", "protocols", "capabilities", "reachable",
    ])
    func `needs each of its members, in its type`(_ member: String) throws {
        #expect(refusal(try changed { $0[member] = nil }) == .malformedRequest)
        #expect(refusal(try changed { $0[member] = ["x": [1]] }) == .malformedRequest)
    }

    @Test func `may have members that nobody knows, and lack a log`() throws {
        let read = try read(
            changed {
                $0["future"] = [1, 2]
                $0["log"] = nil
            })
        #expect(read.log == nil)
    }

    @Test func `has at most 16 KiB`() throws {
        func jws(_ padding: Int) throws -> [UInt8] {
            try changed { $0["future"] = .string(String(repeating: "x", count: padding)) }
        }
        let empty = try jws(0).count
        let padding = (0...3).map { (Limits.manifestBytes - empty) / 4 * 3 + $0 }
            .last { (try? jws($0).count) ?? .max <= Limits.manifestBytes }
        let most = try #require(padding)
        #expect(try jws(most).count > Limits.manifestBytes - 4)
        #expect(refusal(try jws(most)) == nil)
        #expect(refusal(try jws(most + 4)) == .tooLarge)
        for garbage in [[], Array("{}".utf8), Array("null".utf8), [0xff, 0xfe]] {
            #expect(refusal(garbage) == .malformedRequest)
        }
    }
}
