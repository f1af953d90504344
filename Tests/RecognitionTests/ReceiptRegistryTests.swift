import CanonicalJSON
import Credentials
import Keys
import Testing
import TransparencyLog

@testable import MemberRegistry
@testable import Recognition

@Suite struct ReceiptRegistryTests {
    private func verify(
        _ issued: IssuedReceipt,
        newer: TrustedRegistry? = nil,
        root: Digest? = nil,
        edit: (inout Receipt) throws -> Void = { _ in }
    ) throws -> ReceiptReport {
        var receipt = try issued.receipt()
        try edit(&receipt)
        return try Receipt.verify(receipt.bytes, newerRegistry: newer, trustedRootDigest: root)
    }

    @Test func `without a root or registry that is known the network is anybody's`() throws {
        let issued = try IssuedReceipt()
        let report = try verify(issued)
        #expect(report.verdict == .indeterminate)
        #expect(report.status("registry") == "unknown")
        #expect(report.detail("registry").contains(issued.network.rootDigest.hex))
        #expect(report.failures.isEmpty)
    }

    @Test func `the root of another network is refused`() throws {
        let report = try verify(try IssuedReceipt(), root: Digest(of: [1]))
        #expect(report.failures == ["registry"])
        #expect(report.status("inclusion") == "unknown")
        #expect(report.verdict == .invalid)
    }

    @Test func `a newer registry of the same network vouches for the older one`() throws {
        let issued = try IssuedReceipt()
        var later = issued.network
        try later.refresh(at: TestNetwork.start + 86_400)
        try later.suspend(TestNetwork.author, at: TestNetwork.start + 2 * 86_400)
        let newer = try later.registry(at: TestNetwork.start + 2 * 86_400)
        let report = try verify(issued, newer: newer)
        #expect(report.verdict == .valid)
        #expect(report.detail("registry").contains("the network you know"))
    }

    @Test func `a registry of another network, or one that lost a member, is no newer one`() throws
    {
        let issued = try IssuedReceipt()
        let other = try TestNetwork(seed: 201).registry()
        #expect(try verify(issued, newer: other).failures == ["registry"])
        let fewer = try TrustedRegistry.offline(
            try issued.network.excerpt(of: ["uni-a.example"]),
            at: TestNetwork.start,
            trustedRootDigest: nil
        )
        let report = try verify(issued, newer: fewer)
        #expect(report.detail("registry").contains("is missing in the registry at hand"))
    }

    @Test func `a registry whose history contradicts the receipt's is refused`() throws {
        var rewritten = try IssuedReceipt()
        try rewritten.network.change("uni-c.example", at: TestNetwork.start) {
            $0.keys[1].expires = TestNetwork.start + 86_400
        }
        let report = try verify(rewritten, newer: try IssuedReceipt().network.registry())
        #expect(report.failures == ["registry"])
        #expect(report.detail("registry").contains("uni-c.example: /keys/1"))
    }

    @Test func `expiry is judged at the leaf's time`() throws {
        for (seconds, isGood) in [(86_399, true), (86_400, false)] as [(Int64, Bool)] {
            var issued = try IssuedReceipt()
            let time = TestNetwork.start + seconds
            issued.cosigners = [("uni-a.example", time), ("uni-c.example", time)]
            let report = try verify(issued, root: issued.network.rootDigest)
            #expect(report.leafTime == time)
            #expect(report.failures == (isGood ? [] : ["registry"]))
            #expect(report.detail("registry").contains("expired") == !isGood)
        }
    }

    @Test func `every changed file of the registry is noticed`() throws {
        let issued = try IssuedReceipt()
        let excerpt = try issued.network.excerpt()
        var changed: [RegistryExcerpt] = []
        for role in excerpt.metadata.keys {
            var metadata = excerpt.metadata
            metadata[role]?[40] ^= 1
            changed.append(
                RegistryExcerpt(
                    roots: excerpt.roots,
                    metadata: metadata,
                    targets: excerpt.targets
                )
            )
            metadata[role] = nil
            changed.append(
                RegistryExcerpt(
                    roots: excerpt.roots,
                    metadata: metadata,
                    targets: excerpt.targets
                )
            )
        }
        for path in excerpt.targets.keys {
            var targets = excerpt.targets
            targets[path]?[10] ^= 1
            changed.append(
                RegistryExcerpt(
                    roots: excerpt.roots,
                    metadata: excerpt.metadata,
                    targets: targets
                )
            )
        }
        changed.append(
            RegistryExcerpt(roots: [[1]], metadata: excerpt.metadata, targets: excerpt.targets)
        )
        #expect(changed.count == 4 * 2 + 5 + 1)
        for registry in changed {
            let report = try verify(issued, root: issued.network.rootDigest) {
                $0.registry = registry
            }
            #expect(report.verdict != .valid)
            #expect(!report.failures.isEmpty)
        }
    }

    @Test func `an author that the receipt does not carry has no log`() throws {
        let issued = try IssuedReceipt()
        let excerpt = try issued.network.excerpt(of: ["uni-a.example", "uni-c.example"])
        let report = try verify(issued, root: issued.network.rootDigest) { $0.registry = excerpt }
        #expect(report.failures == ["inclusion"])
    }
}

@Suite struct ConfirmationTests {
    private let decided = IssuedReceipt.decided

    private func report(
        _ cosigners: [(String, Int64)],
        network: TestNetwork? = nil
    ) throws -> ReceiptReport {
        var issued = try IssuedReceipt(network: network)
        issued.cosigners = cosigners.map { ($0.0, decided + $0.1) }
        return try issued.report()
    }

    @Test func `the time is the smallest by which the quorum had cosigned`() throws {
        let all = [("uni-a.example", 30), ("uni-c.example", 10), ("uni-d.example", 20)]
        #expect(try report(all.map { ($0.0, Int64($0.1)) }).leafTime == decided + 20)
        #expect(
            try report([("uni-a.example", 30), ("uni-d.example", 30)]).leafTime == decided + 30
        )
    }

    @Test func `one of two, the author's own and a stranger's do not make a quorum`() throws {
        for second in [nil, "uni-b.example", "uni-e.example", "uni-a.example"] {
            let cosigners = [("uni-a.example", Int64(1))] + (second.map { [($0, Int64(2))] } ?? [])
            let report = try report(cosigners)
            #expect(report.failures == ["cosignatures"])
            #expect(report.leafTime == nil)
            #expect(report.status("member") == "unknown")
            #expect(report.verdict == .invalid)
        }
    }

    @Test func `a wrong cosignature of a known witness spoils the note`() throws {
        let issued = try IssuedReceipt()
        let report = try issued.report { receipt in
            let proof = try InclusionProof(receipt.proof)
            let line = try #require(proof.checkpoint.signatures.last)
            var signature = line.signature
            signature[20] ^= 1
            let wrong = NoteSignature(name: line.name, keyID: line.keyID, signature: signature)
            let lines = proof.checkpoint.signatures.dropLast() + [wrong]
            let note = try SignedNote(text: proof.checkpoint.text, signatures: Array(lines))
            receipt.proof =
                InclusionProof(index: proof.index, path: proof.path, checkpoint: note).bytes
        }
        #expect(report.failures == ["cosignatures"])
        #expect(report.detail("cosignatures").contains("does not verify"))
    }

    @Test func `a key that was not valid when it cosigned does not count`() throws {
        for (end, isGood) in [(9, false), (10, true)] as [(Int64, Bool)] {
            var network = try TestNetwork()
            try network.change("uni-a.example", at: TestNetwork.start) {
                $0.keys[1].expires = decided + end
            }
            let report = try report(
                [("uni-a.example", 9), ("uni-c.example", 4)],
                network: network
            )
            #expect((report.status("cosignatures") == "pass") == isGood)
        }
    }

    @Test func `a witness that left the set within a day still counts, later not`() throws {
        for (hours, isGood) in [(23, true), (25, false)] as [(Int64, Bool)] {
            var network = try TestNetwork()
            try network.suspend("uni-a.example", at: decided)
            try network.refresh(at: decided + hours * 3600)
            let time = hours * 3600
            let report = try report(
                [("uni-a.example", time), ("uni-d.example", time)],
                network: network
            )
            // After the suspension two are left and both must sign; before it, two of three.
            #expect((report.leafTime == decided + time) == isGood)
        }
    }

    @Test func `witnesses that the receipt does not carry are known from their role`() throws {
        let issued = try IssuedReceipt()
        let excerpt = try issued.network.excerpt(of: [TestNetwork.author])
        let report = try issued.report { $0.registry = excerpt }
        #expect(report.verdict == .valid)
    }

    @Test func `a log without witnesses is confirmed by nothing and not by anybody`() throws {
        let network = try TestNetwork(domains: [TestNetwork.author])
        var issued = try IssuedReceipt(network: network)
        issued.cosigners = []
        let report = try issued.report()
        #expect(report.status("cosignatures") == "unknown")
        #expect(report.detail("cosignatures").contains("no witnesses"))
        #expect(report.verdict == .indeterminate)
    }
}
