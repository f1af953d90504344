import Keys
import Node
import Testing
import TransparencyLog

/// The gate's rules, one by one: what is told to it, and what it asks for.
@Suite struct `The recovery gate` {
    private let start = ManualClock.start
    private let log: LogForger

    init() throws {
        log = try LogForger(domain: TestFederation.a)
    }

    /// A panel of one witness set that mirrors, too.
    private func panel(
        _ domains: [String], quorum: Int, mirrors: [String]? = nil
    ) -> RecoveryGate.Panel {
        RecoveryGate.Panel(
            witnesses: [.init(domains: Set(domains), quorum: quorum)],
            mirrors: Set(mirrors ?? []))
    }

    private func gate(
        cosigned: Bool = true, anchor: RecoveryGate.AnchorVerdict = .notAbove,
        panel: RecoveryGate.Panel? = nil
    ) -> RecoveryGate {
        var gate = RecoveryGate(wasCosigned: cosigned, anchor: anchor, at: start)
        if let panel { _ = gate.tick(panel: panel, at: start) }
        return gate
    }

    private func head(_ size: Int) throws -> VerifiedCheckpoint {
        try log.head(size: size, of: "history")
    }

    @Test func `opens at once where nobody could know the log`() {
        var gate = RecoveryGate(wasCosigned: false, anchor: .notAbove, at: start)
        let effects = gate.tick(panel: panel([], quorum: 0), at: start)
        #expect(gate.isOpen)
        #expect(effects.count == 1)
        #expect(gate.reason == nil)
    }

    @Test func `asks everybody first, and again those who did not answer`() {
        var gate = RecoveryGate(wasCosigned: true, anchor: .notAbove, at: start)
        let three = panel(["b", "c", "d"], quorum: 2, mirrors: ["e"])
        #expect(gate.tick(panel: three, at: start) == [.ask(["b", "c", "d", "e"])])
        #expect(gate.tick(panel: three, at: start) == [])
        #expect(gate.received(.consistent(size: 5), from: "b", as: .witness, at: start) == [])
        #expect(gate.received(.none("down"), from: "c", as: .witness, at: start) == [])
        #expect(gate.tick(panel: three, at: start + 1) == [.ask(["c", "d", "e"])])
    }

    @Test func `waits for a registry`() {
        var gate = gate()
        #expect(gate.tick(panel: nil, at: start) == [])
        #expect(!gate.isOpen)
        #expect(gate.reason == "there is no registry yet that says whom to ask")
    }

    @Test(arguments: [
        // n, k, and with how many witnesses' answers it opens: min(3, n) and n-k+1.
        (1, 1, 1), (2, 2, 2), (3, 2, 3), (4, 2, 3), (5, 4, 3), (6, 4, 3), (7, 5, 3), (7, 3, 5),
    ])
    func `opens with enough consistent answers`(_ n: Int, _ k: Int, _ enough: Int) {
        let domains = (0..<n).map { "w\($0)" }
        var gate = gate(panel: panel(domains, quorum: k))
        for (count, domain) in domains.prefix(enough).enumerated() {
            #expect(!gate.isOpen, "after \(count)")
            _ = gate.received(.consistent(size: 5), from: domain, as: .witness, at: start)
        }
        #expect(gate.isOpen)
    }

    @Test func `counts mirrors, but not in place of witnesses`() {
        var gate = gate(panel: panel(["b", "c"], quorum: 2, mirrors: ["d", "e", "f"]))
        for domain in ["d", "e", "f"] {
            _ = gate.received(.consistent(size: 5), from: domain, as: .mirror, at: start)
        }
        #expect(!gate.isOpen)
        _ = gate.received(.consistent(size: 5), from: "b", as: .witness, at: start)
        #expect(gate.isOpen)
    }

    @Test func `covers the witnesses of then and of now`() {
        var gate = RecoveryGate(wasCosigned: true, anchor: .notAbove, at: start)
        let both = RecoveryGate.Panel(
            witnesses: [
                .init(domains: ["b", "c", "d"], quorum: 2),
                .init(domains: ["e", "f", "g"], quorum: 2),
            ], mirrors: [])
        _ = gate.tick(panel: both, at: start)
        for domain in ["b", "c", "d"] {
            _ = gate.received(.consistent(size: 5), from: domain, as: .witness, at: start)
        }
        #expect(!gate.isOpen)
        _ = gate.received(.consistent(size: 5), from: "e", as: .witness, at: start)
        #expect(!gate.isOpen)
        _ = gate.received(.consistent(size: 5), from: "f", as: .witness, at: start)
        #expect(gate.isOpen)
    }

    @Test(arguments: [true, false])
    func `believes "never seen" only while nobody had cosigned`(_ cosigned: Bool) {
        var gate = gate(cosigned: cosigned, panel: panel(["b", "c"], quorum: 2))
        for domain in ["b", "c"] {
            _ = gate.received(.unknown, from: domain, as: .witness, at: start)
        }
        #expect(gate.isOpen == !cosigned)
    }

    @Test func `opens on the anchor's word after ten minutes, not before, and asks on`() {
        var gate = gate(panel: panel(["b", "c"], quorum: 2))
        let two = panel(["b", "c"], quorum: 2)
        _ = gate.tick(panel: two, at: start + 599)
        #expect(!gate.isOpen)
        _ = gate.tick(panel: two, at: start + 600)
        #expect(gate.isOpen)
        let later = gate.tick(panel: two, at: start + 700)
        #expect(later == [.ask(["b", "c"])])
        for domain in ["b", "c"] {
            _ = gate.received(.consistent(size: 5), from: domain, as: .witness, at: start + 700)
        }
        #expect(gate.isOpen)
        #expect(gate.tick(panel: two, at: start + 900) == [])
    }

    @Test(arguments: [
        RecoveryGate.AnchorVerdict.missing, .above(anchored: 7, held: 5), .contradicts(size: 5),
    ])
    func `never opens by time alone without an anchor that agrees`(
        _ anchor: RecoveryGate.AnchorVerdict
    ) {
        var gate = gate(anchor: anchor, panel: panel(["b", "c"], quorum: 2))
        _ = gate.tick(panel: panel(["b", "c"], quorum: 2), at: start + 100_000)
        #expect(!gate.isOpen)
        #expect(gate.reason != nil)
    }

    @Test func `stays closed while the anchor remembers more, whatever others say`() {
        var gate = gate(
            anchor: .above(anchored: 7, held: 5), panel: panel(["b", "c"], quorum: 2))
        for domain in ["b", "c"] {
            _ = gate.received(.consistent(size: 5), from: domain, as: .witness, at: start)
        }
        #expect(!gate.isOpen)
        #expect(gate.reason?.contains("the anchor remembers 7 leaves, the log holds 5") == true)
    }

    @Test func `opens without an anchor when enough answer`() {
        var gate = gate(anchor: .missing, panel: panel(["b", "c"], quorum: 2))
        for domain in ["b", "c"] {
            _ = gate.received(.consistent(size: 5), from: domain, as: .witness, at: start)
        }
        #expect(gate.isOpen)
    }

    @Test func `heals up to the highest head and then asks everybody anew`() throws {
        let two = panel(["b", "c"], quorum: 2)
        var gate = gate(panel: two)
        let effects = gate.received(.ahead(try head(7)), from: "b", as: .mirror, at: start)
        #expect(effects == [.heal([try head(7)])])
        #expect(gate.state == .healing)
        // What comes meanwhile was compared with a store that is changing.
        #expect(gate.received(.consistent(size: 5), from: "c", as: .witness, at: start) == [])
        gate.healed(anchor: .notAbove, at: start + 3)
        #expect(gate.tick(panel: two, at: start + 3) == [])
        #expect(gate.tick(panel: two, at: start + 4) == [.ask(["b", "c"])])
        for domain in ["b", "c"] {
            _ = gate.received(.consistent(size: 7), from: domain, as: .witness, at: start + 4)
        }
        #expect(gate.isOpen)
    }

    @Test func `asks less and less often when nobody has what it was told of`() throws {
        let one = panel(["b"], quorum: 1)
        var gate = gate(panel: one)
        var asked: [Int64] = []
        for second in 1...300 as ClosedRange<Int64> {
            guard !gate.tick(panel: one, at: start + second).isEmpty else { continue }
            asked.append(second)
            _ = gate.received(.ahead(try head(7)), from: "b", as: .witness, at: start + second)
            gate.healed(anchor: .notAbove, gained: false, at: start + second)
        }
        let pauses = zip(asked, asked.dropFirst()).map { $1 - $0 }
        #expect(pauses.first == 1)
        #expect(pauses.last ?? 0 > 20)
    }

    @Test func `tries what it heard of while it fetched in vain`() throws {
        let two = panel(["b", "c"], quorum: 2)
        var gate = gate(panel: two)
        _ = gate.received(.ahead(try head(9)), from: "b", as: .witness, at: start)
        #expect(gate.received(.ahead(try head(7)), from: "c", as: .mirror, at: start) == [])
        gate.healed(anchor: .notAbove, gained: false, at: start + 2)
        #expect(gate.tick(panel: two, at: start + 3) == [.heal([try head(7)])])
        // In vain again, and nothing was heard of: all are asked when it is their time.
        gate.healed(anchor: .notAbove, gained: false, at: start + 4)
        #expect(gate.tick(panel: two, at: start + 4) == [])
        #expect(gate.tick(panel: two, at: start + 5) == [.ask(["b", "c"])])
    }

    @Test func `forgets what it heard of while the store was changing`() throws {
        let two = panel(["b", "c"], quorum: 2)
        var gate = gate(panel: two)
        _ = gate.received(.ahead(try head(9)), from: "b", as: .witness, at: start)
        _ = gate.received(.ahead(try head(7)), from: "c", as: .mirror, at: start)
        gate.healed(anchor: .notAbove, at: start + 2)
        #expect(gate.tick(panel: two, at: start + 3) == [.ask(["b", "c"])])
    }

    @Test func `held by its anchor, asks those again who knew no more`() {
        let two = panel(["b", "c"], quorum: 2)
        var gate = gate(anchor: .above(anchored: 7, held: 5), panel: two)
        for domain in ["b", "c"] {
            _ = gate.received(.consistent(size: 5), from: domain, as: .witness, at: start)
        }
        #expect(gate.tick(panel: two, at: start + 1) == [.ask(["b", "c"])])
        #expect(gate.tick(panel: two, at: start + 60) == [])
        #expect(gate.tick(panel: two, at: start + 61) == [.ask(["b", "c"])])
        #expect(!gate.isOpen)
    }

    @Test func `stops for good on another tree, and cannot be overridden`() throws {
        var gate = gate(panel: panel(["b", "c"], quorum: 2))
        let other = try head(3)
        #expect(
            gate.received(.inconsistent(other), from: "b", as: .witness, at: start)
                == [.stop(other)])
        for domain in ["b", "c"] {
            _ = gate.received(.consistent(size: 5), from: domain, as: .witness, at: start)
        }
        #expect(gate.tick(panel: panel(["b"], quorum: 1), at: start + 100_000) == [])
        #expect(gate.override("please") == [])
        #expect(gate.state == .stopped)
    }

    @Test func `stops when healing shows another tree`() throws {
        var gate = gate(panel: panel(["b", "c"], quorum: 2))
        _ = gate.received(.ahead(try head(7)), from: "b", as: .mirror, at: start)
        #expect(gate.contradicted(by: try head(7)) == [.stop(try head(7))])
        gate.healed(anchor: .notAbove, at: start)
        #expect(gate.state == .stopped)
    }

    @Test func `opens when it is overridden, and stops when that was wrong`() throws {
        let two = panel(["b", "c"], quorum: 2)
        var gate = gate(anchor: .above(anchored: 7, held: 5), panel: two)
        #expect(gate.override("lost").count == 1)
        #expect(gate.isOpen)
        #expect(gate.override("again") == [])
        #expect(gate.tick(panel: two, at: start + 5) == [.ask(["b", "c"])])
        let more = try head(7)
        #expect(gate.received(.ahead(more), from: "b", as: .witness, at: start) == [.stop(more)])
        #expect(!gate.isOpen)
    }
}
