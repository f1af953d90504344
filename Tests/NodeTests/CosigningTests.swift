import Federation
import Keys
import Node
import NodeStore
import Testing
import TransparencyLog

@Suite(.serialized) struct `A round of cosigning` {
    @Test func `confirms a head as soon as its quorum has signed, whoever is silent`() async throws
    {
        let author = TestFederation.a
        let silent = "uni-d.example"
        // Two of three witnesses.
        let federation = try TestFederation([author, TestFederation.b, TestFederation.c, silent])
        let a = try federation[author]
        try await federation.running {
            try await federation.admitted()
            try await a.createLog()
            try await federation.until("the log is confirmed") {
                try a.confirmedSize(of: author) == 1
            }
            federation.network.silence(silent)
            let before = federation.clock.now
            try await a.publish(Institution.item("A-1", "Alpha"))
            for _ in 0..<200 where try a.confirmedSize(of: author) < 2 {
                await federation.settle()
            }
            #expect(try a.confirmedSize(of: author) == 2)
            #expect(federation.clock.now == before)
        }
    }

    @Test func `still counts who answers after the quorum`() async throws {
        let author = TestFederation.a
        let federation = try TestFederation([
            author, TestFederation.b, TestFederation.c, "uni-d.example",
        ])
        let a = try federation[author]
        try await federation.running {
            try await federation.admitted()
            try await a.createLog()
            try await a.publish(Institution.item("A-1", "Alpha"))
            try await federation.until("all three have cosigned the newest head") {
                guard let head = a.node.logs.own?.head else { return false }
                let now = federation.clock.time.now()
                return head.checkpoint.size == 2
                    && (try? a.node.registry.cosignatures(on: head, at: now)) == 3
            }
        }
    }
}
