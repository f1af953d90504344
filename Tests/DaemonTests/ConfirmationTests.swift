import NodeStore
import Testing

/// What is shown is what is signed, though a person takes time to answer.
@Suite(.ownThreads) struct `A confirmation at a terminal` {
    private func asked(_ node: Institution, _ act: [String]) throws -> Terminal {
        let terminal = try Terminal(act + ["--data", node.folder.path, "-o", "json"])
        try terminal.read(until: "[yes/no] ")
        return terminal
    }

    /// Only who is suspended can be reinstated.
    private func isSuspended(_ node: Institution) throws -> Bool {
        try node.run([
            "registry", "reinstate", node.domain, "--reason", "settled", "--dry-run",
        ]).status == 0
    }

    @Test func `signs what was shown, and nothing without a yes`() throws {
        let node = try Institution()
        let suspend = ["registry", "suspend", node.domain, "--reason", "non-payment"]
        let refused = try asked(node, suspend)
        #expect(refused.said.contains("non-payment"))
        #expect(try refused.type("no") == 1)
        #expect(refused.said.contains("not confirmed"))
        #expect(try !isSuspended(node))
        let signed = try asked(node, suspend)
        #expect(try signed.type("yes") == 0, "\(signed.said)")
        #expect(try isSuspended(node))
    }

    @Test func `signs nothing when the member has changed meanwhile`() throws {
        let node = try Institution()
        let suspend = ["registry", "suspend", node.domain, "--reason", "non-payment"]
        let terminal = try asked(node, suspend)
        try node.eccoe([
            "registry", "update", node.domain, "--mailbox", "office=o@a.example", "--yes",
        ])
        #expect(try terminal.type("yes") == 1)
        #expect(terminal.said.contains("was changed meanwhile; nothing was signed"))
        #expect(try !isSuspended(node))
        let again = try asked(node, suspend)
        #expect(try again.type("yes") == 0, "\(again.said)")
        #expect(try isSuspended(node))
    }
}
