import CanonicalJSON
import Credentials
import Keys
import Testing
import TransparencyLog

@testable import MemberRegistry
@testable import Recognition

@Suite struct ReceiptTests {
    @Test func `a receipt verifies offline with every line passed`() throws {
        let report = try IssuedReceipt().report()
        #expect(report.verdict == .valid)
        #expect(report.checks.map(\.id) == ReceiptReport.decisive + ["superseded"])
        #expect(report.status("superseded") == "unknown")
        #expect(report.leafTime == IssuedReceipt.decided + 9)
        #expect(report.detail("superseded").contains("as of 2026-11-01T06:00:09Z"))
        #expect(report.detail("cosignatures").contains("uni-c.example, uni-a.example"))
        #expect(
            report.detail("inclusion").contains("number 5 of 9 in the log uni-b.example/eccoe/1")
        )
        #expect(report.json["verdict"] == "valid")
        #expect(report.json["leafTime"] == "2026-11-01T06:00:09Z")
    }

    @Test func `a receipt is written as it is read, formatted or not`() throws {
        let receipt = try IssuedReceipt().receipt()
        #expect(try Receipt(bytes: receipt.bytes) == receipt)
        #expect(try Receipt(bytes: Array("\n ".utf8) + receipt.bytes) == receipt)
        let json = try JSON.read(receipt.bytes, limits: Receipt.limits)
        #expect(json["kind"] == "receipt")
        #expect(json["r"]?.string?.count == 86)
        #expect(json["registry"]?["targets"]?["network.json"] != nil)
    }

    @Test func `a changed record or r is none that the leaf commits to`() throws {
        let edits: [(inout Receipt) -> Void] = [
            { $0.record.applicant = ["name": "Eve"] }, { $0.record.outcome = .refused },
            { $0.record.credits?.number = "50" }, { $0.record.remarks = "Well done." },
            { $0.r[0] ^= 1 },
        ]
        for edit in edits {
            let report = try IssuedReceipt().report(edit)
            #expect(report.failures == ["commitment"])
            #expect(report.verdict == .invalid)
        }
    }

    @Test func `another decider or subject in the record is caught by more than one line`() throws {
        let domain = try IssuedReceipt().report { $0.record.domain = "uni-a.example" }
        #expect(domain.failures == ["commitment", "inclusion"])
        let subject = try IssuedReceipt().report {
            $0.record.subject = String(repeating: "0", count: 32)
        }
        #expect(subject.failures == ["leaf", "commitment"])
    }

    @Test func `a changed leaf is not in the log`() throws {
        var other = try IssuedReceipt()
        other.revision = 2
        let leaf = try other.decisionLeaf
        let report = try IssuedReceipt().report { $0.leaf = leaf }
        #expect(report.failures == ["inclusion"])
        #expect(report.detail("superseded").contains("revision 2"))
    }

    @Test func `a superseding decision has a receipt of its own`() throws {
        var issued = try IssuedReceipt()
        issued.revision = 2
        #expect(try issued.report().verdict == .valid)
    }

    @Test(arguments: [
        "{}", "not json", #"{"at":"2026-11-01T00:00:00Z","type":"item.published","v":1}"#,
    ])
    func `a leaf of another kind proves no decision even when it is in the log`(
        text: String
    ) throws {
        var issued = try IssuedReceipt()
        issued.leaf = Array(text.utf8)
        let report = try issued.report()
        #expect(report.failures == ["leaf"])
        #expect(report.status("commitment") == "unknown")
        #expect(report.status("inclusion") == "pass")
        #expect(report.verdict == .invalid)
    }

    @Test func `a leaf whose time is no day or another day is refused`() throws {
        for time in [IssuedReceipt.decided, IssuedReceipt.decided.startOfDay + 86_400] {
            var issued = try IssuedReceipt()
            issued.leafAt = time
            #expect(try issued.report().failures == ["leaf"])
        }
    }

    @Test func `every flipped byte of the proof fails or leaves the receipt unproven`() throws {
        let issued = try IssuedReceipt()
        let count = try issued.receipt().proof.count
        for position in stride(from: 0, to: count, by: 17) {
            let report = try issued.report { $0.proof[position] ^= 1 }
            #expect(report.verdict == .invalid, "byte \(position)")
        }
    }

    @Test func `a checkpoint by another key than the registry's is refused`() throws {
        var network = try TestNetwork(domains: ["uni-a.example", "uni-c.example", "uni-d.example"])
        var document = try TestNetwork.document(TestNetwork.author)
        let key = try #require(
            MemberKey(
                try TestNetwork.key(99).publicKey,
                use: .log,
                notBefore: TestNetwork.start
            )
        )
        document.keys[0] = key
        document.epochs = [LogEpoch(number: 1, kid: key.kid, opened: TestNetwork.start)]
        _ = try network.repository.admit(
            document,
            signers: [network.operatorKey],
            at: TestNetwork.start
        )
        #expect(try IssuedReceipt(network: network).report().failures == ["inclusion"])
    }

    @Test func `a leaf beyond the closing of its epoch counts for nothing`() throws {
        for (size, isGood) in [(5, false), (6, true)] {
            var network = try TestNetwork()
            try network.change(TestNetwork.author, at: TestNetwork.start + 60) {
                $0.epochs[0].closed = LogEpoch.Closing(
                    at: TestNetwork.start + 60,
                    size: Int64(size),
                    root: Digest(of: []),
                    reason: "disk lost"
                )
            }
            let report = try IssuedReceipt(network: network).report()
            #expect((report.verdict == .valid) == isGood)
            #expect(report.detail("inclusion").contains("disk lost") == !isGood)
        }
    }

    @Test func `a member that was not in good standing at the leaf's time did not decide`() throws {
        for (time, isGood) in [(8, false), (9, false), (10, true)] {
            var network = try TestNetwork()
            try network.suspend(TestNetwork.author, at: IssuedReceipt.decided + Int64(time))
            let report = try IssuedReceipt(network: network).report()
            #expect(report.failures == (isGood ? [] : ["member"]))
        }
    }

    @Test func `what is no receipt at all is refused with a pointer`() throws {
        let json = try JSON.read(try IssuedReceipt().receipt().bytes, limits: Receipt.limits)
        let edits: [(String, String, JSON?)] = [
            ("/v", "v", 2), ("/kind", "kind", "decision"), ("/record", "record", nil),
            ("/record/kind", "record", [:]), ("/r", "r", "AA"), ("/r", "r", "A="),
            ("/leaf", "leaf", nil), ("/proof", "proof", 1), ("/registry", "registry", nil),
            ("/registry/roots", "registry", ["roots": []]), ("/more", "more", 1),
        ]
        for (pointer, name, value) in edits {
            var object = try #require(json.object)
            object[name] = value
            let bytes = JSON.object(object).canonicalBytes
            let error = #expect(throws: RecordError.self) {
                try Receipt.verify(bytes, newerRegistry: nil, trustedRootDigest: nil)
            }
            #expect(error?.pointer.hasPrefix(pointer) == true, "\(error?.description ?? "")")
        }
        #expect(throws: RecordError.self) { try Receipt(bytes: [0xff]) }
    }
}
