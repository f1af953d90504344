import CanonicalJSON
import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Invites` {
    private static let digest = Digest(of: [])

    @Test func `an invite reads what it prints`() throws {
        let text = "https://registry.example:8443/registry#12.\(Self.digest)"
        let invite = try Invite(reading: text)
        #expect(invite.baseURL == "https://registry.example:8443/registry")
        #expect(invite.rootVersion == 12)
        #expect(invite.rootPath == "metadata/12.root.json")
        #expect(invite.description == text)
        let slashed = try Invite(reading: "https://registry.example/#1.\(Self.digest)")
        #expect(slashed.description == "https://registry.example#1.\(Self.digest)")
    }

    @Test(arguments: [
        "", "https://r.example", "https://r.example#1", "http://r.example#1.\(digest)",
        "https://r.example#0.\(digest)", "https://r.example#01.\(digest)",
        "https://r.example#-1.\(digest)", "https://r.example#1.\(digest)0",
        "https://r.example#1.2.\(digest)", "https://r.example?x#1.\(digest)",
        "https://r.example#1.\(digest.hex.uppercased())", "https://#1.\(digest)",
    ])
    func `anything else is no invite`(text: String) {
        #expect(throws: DocumentError.self) { try Invite(reading: text) }
    }

    @Test func `another root file is refused with both digests`() throws {
        let registry = try TestRegistry()
        let root = try #require(registry.repository.files["metadata/1.root.json"])
        let invite = try #require(
            Invite(
                baseURL: "https://r.example",
                rootVersion: 1,
                rootDigest: Digest(of: root)
            )
        )
        #expect(try invite.stored(root: root) == (try registry.invited()))
        let refusal = #expect(throws: RegistryRefusal.self) {
            try invite.stored(root: root + [0x20])
        }
        #expect(
            refusal?.reason
                == .otherRoot(found: Digest(of: root + [0x20]), expected: Digest(of: root))
        )
        #expect(refusal?.isAlarm == true)
    }
}

@Suite struct `Requests to the registry` {
    private static let domain = "uni-a.example"

    private static func joining() throws -> RegistryRequest {
        var document = try TestMember.document(domain)
        document.events = []
        return RegistryRequest(
            network: "test-net",
            action: .join,
            at: TestTime.start,
            base: nil,
            document: document
        )
    }

    private static func signers(_ uses: [MemberKey.Use] = MemberKey.Use.allCases) throws
        -> [Ed25519Key]
    {
        try uses.map { try TestMember.signer(domain, $0) }
    }

    private static func member() throws -> Member {
        var registry = try TestRegistry()
        try registry.admit(try TestMember.document(domain), at: TestTime.start)
        return try #require(registry.repository.members.first)
    }

    @Test func `a join is signed by every declared key`() throws {
        let request = try Self.joining()
        let jws = try request.signed(by: try Self.signers())
        let read = try RegistryRequest.verified(
            jws,
            network: "test-net",
            current: nil,
            at: TestTime.start
        )
        #expect(read == request)
        #expect(JSON.isCanonical(jws))
        #expect(try JSON.read(jws)["signatures"]?.array?.count == 6)
    }

    @Test(arguments: MemberKey.Use.allCases)
    func `a join that one key has not signed is refused`(missing: MemberKey.Use) throws {
        let uses = MemberKey.Use.allCases.filter { $0 != missing }
        let jws = try Self.joining().signed(by: try Self.signers(uses))
        let key = try TestMember.key(Self.domain, missing)
        #expect(throws: RegistryRequest.Refusal.unsigned(kid: key.kid, use: missing)) {
            try RegistryRequest.verified(
                jws,
                network: "test-net",
                current: nil,
                at: TestTime.start
            )
        }
    }

    @Test func `the short string is the first 80 bits of the digest`() throws {
        let request = try Self.joining()
        let digits = Array(request.digest.hex.prefix(20))
        let expected = [0, 5, 10, 15].map { String(digits[$0..<($0 + 5)]) }
        #expect(request.shortAuthenticationString == expected.joined(separator: " "))
    }

    @Test func `an update is signed by the recovery key and every new key`() throws {
        let current = try Self.member()
        var document = current.document.revoking(.node, at: TestTime.start, .superseded)
        document.keys.append(try TestMember.key(Self.domain, .node, 2))
        let request = RegistryRequest(
            network: "test-net",
            action: .update,
            at: TestTime.start,
            base: current.digest,
            document: document
        )
        func verify(_ signers: [Ed25519Key]) throws -> RegistryRequest {
            try RegistryRequest.verified(
                try request.signed(by: signers),
                network: "test-net",
                current: current,
                at: TestTime.start
            )
        }
        let recovery = try TestMember.signer(Self.domain, .recovery)
        let newKey = try TestMember.signer(Self.domain, .node, 2)
        #expect(try verify([recovery, newKey]) == request)
        #expect(throws: RegistryRequest.Refusal.noRecoveryKey) { try verify([newKey]) }
        let kid = try TestMember.key(Self.domain, .node, 2).kid
        #expect(throws: RegistryRequest.Refusal.unsigned(kid: kid, use: .node)) {
            try verify([recovery])
        }
    }

    @Test func `a request for another network, document or history is refused`() throws {
        let current = try Self.member()
        let recovery = try [TestMember.signer(Self.domain, .recovery)]
        func refusal(
            network: String = "test-net",
            base: Digest? = nil,
            _ change: (inout MemberDocument) -> Void = { _ in }
        ) throws -> RegistryRequest.Refusal? {
            var document = current.document
            change(&document)
            let request = RegistryRequest(
                network: network,
                action: .update,
                at: TestTime.start,
                base: base ?? current.digest,
                document: document
            )
            do throws(RegistryRequest.Refusal) {
                _ = try RegistryRequest.verified(
                    (try? request.signed(by: recovery)) ?? [],
                    network: "test-net",
                    current: current,
                    at: TestTime.start
                )
                return nil
            } catch {
                return error
            }
        }
        #expect(try refusal() == nil)
        #expect(try refusal(network: "other") == .otherNetwork("other"))
        #expect(try refusal(base: Digest(of: [])) == .otherBase(current: current.digest))
        #expect(
            try refusal { $0.keys.removeLast() }
                == .conflict(HistoryConflict("", "keys, epochs or events are gone"))
        )
        #expect(
            try refusal { $0 = $0.adding(.suspension, at: TestTime.after(days: 1), reason: "test") }
                == .events
        )
    }

    @Test func `a request changes what its action is about and nothing beyond`() throws {
        let current = try Self.member()
        let recovery = try [TestMember.signer(Self.domain, .recovery)]
        func refusal(
            _ action: RegistryRequest.Action,
            _ document: MemberDocument
        ) throws -> RegistryRequest.Refusal? {
            let request = RegistryRequest(
                network: "test-net", action: action, at: TestTime.start, base: current.digest,
                document: document)
            let jws = try request.signed(by: recovery)
            do throws(RegistryRequest.Refusal) {
                _ = try RegistryRequest.verified(
                    jws, network: "test-net", current: current, at: TestTime.start)
                return nil
            } catch { return error }
        }
        var moved = current.document
        moved.node = "https://elsewhere.example:8443"
        let closing = LogEpoch.Closing(
            at: TestTime.start, size: 1, root: Digest(of: [1]), reason: "lost")
        let closed = try #require(
            current.document.closingEpoch(closing, revokingKeyAs: .superseded))
        #expect(try refusal(.update, moved) == nil)
        #expect(try refusal(.close, closed) == nil)
        #expect(try refusal(.withdraw, current.document) == nil)
        #expect(try refusal(.update, closed) == .unsuited(.update))
        #expect(try refusal(.close, moved) == .unsuited(.close))
        #expect(try refusal(.withdraw, moved) == .unsuited(.withdraw))
    }

    @Test(arguments: [(300, nil), (301, true), (-86_400, nil)] as [(Int64, Bool?)])
    func `a new key begins no earlier than it is asked for`(
        secondsBefore: Int64, isRefused: Bool?
    ) throws {
        let current = try Self.member()
        let at = TestTime.after(days: 3)
        let signer = try TestMember.signer(Self.domain, .node, 2)
        var document = current.document
        let key = try #require(
            MemberKey(signer.publicKey, use: .node, notBefore: at + -secondsBefore))
        document.keys.append(key)
        let request = RegistryRequest(
            network: "test-net", action: .update, at: at, base: current.digest, document: document)
        let jws = try request.signed(by: [TestMember.signer(Self.domain, .recovery), signer])
        var refusal: RegistryRequest.Refusal?
        do throws(RegistryRequest.Refusal) {
            // Granted days later all the same.
            _ = try RegistryRequest.verified(
                jws, network: "test-net", current: current, at: TestTime.after(days: 20))
        } catch { refusal = error }
        #expect(
            refusal == isRefused.map { _ in .backDated(kid: key.kid, from: at + -secondsBefore) })
    }

    @Test func `only a join may have been written long before`() throws {
        let join = try Self.joining()
        #expect(join.isFresh(at: TestTime.after(days: 3)))
        let current = try Self.member()
        let update = RegistryRequest(
            network: "test-net", action: .update, at: TestTime.start, base: current.digest,
            document: current.document)
        for seconds in [-300, 0, 300] as [Int64] {
            #expect(update.isFresh(at: TestTime.start + seconds))
        }
        for seconds in [-301, 301] as [Int64] {
            #expect(!update.isFresh(at: TestTime.start + seconds))
        }
    }

    @Test func `what is granted carries the registry's event`() throws {
        let current = try Self.member()
        func granted(_ action: RegistryRequest.Action) -> [StandingEvent] {
            RegistryRequest(
                network: "test-net", action: action, at: TestTime.start, base: current.digest,
                document: current.document
            ).granted(at: TestTime.after(days: 1)).events
        }
        #expect(granted(.update) == current.document.events)
        #expect(granted(.close) == current.document.events)
        #expect(granted(.withdraw).last?.event == .withdrawal)
        #expect(granted(.withdraw).last?.reason == "own-request")
        let joined = try Self.joining().granted(at: TestTime.after(days: 1)).events
        #expect(joined.map(\.event) == [.registration])
        #expect(joined.first?.at == TestTime.after(days: 1))
    }

    @Test func `a changed payload and a foreign type are refused`() throws {
        let jws = try Self.joining().signed(by: try Self.signers())
        var object = try #require(try JSON.read(jws).object)
        var other = try Self.joining()
        other = RegistryRequest(
            network: other.network,
            action: .join,
            at: TestTime.start + 1,
            base: nil,
            document: other.document
        )
        object["payload"] = .string(Base64URL.encode(other.payload))
        #expect(throws: RegistryRequest.Refusal.self) {
            try RegistryRequest.verified(
                JSON.object(object).canonicalBytes,
                network: "test-net",
                current: nil,
                at: TestTime.start
            )
        }
        let manifest = try GeneralJWS.sign(
            try Self.joining().payload,
            type: "eccoe-manifest",
            signers: try Self.signers()
        )
        #expect(throws: DocumentError.self) {
            try GeneralJWS(reading: manifest, type: RegistryRequest.type)
        }
        #expect(throws: Never.self) { try GeneralJWS(reading: manifest, type: "eccoe-manifest") }
    }
}
