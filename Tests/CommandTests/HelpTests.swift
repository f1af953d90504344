import Testing

struct HelpTests {
    @Test(arguments: [
        "", "init", "join", "status", "doctor", "tls", "tls renew", "key", "key show", "key export",
        "registry", "registry init",
        "registry requests",
        "registry admit", "registry list", "registry invite", "registry refresh", "catalogue",
        "catalogue import", "catalogue check", "catalogue export", "catalogue publish",
        "catalogue withdraw",
        "catalogue list", "catalogue show", "catalogue search", "catalogue similar", "need",
        "need publish", "need withdraw", "need list", "need show", "need match", "vocabulary",
        "vocabulary list",
        "vocabulary search", "vocabulary load", "decision", "decision record",
        "decision show", "decision receipt", "decision verify", "decision lost", "decision refill",
        "credential",
        "credential issue", "credential verify", "credential lookup", "credential anchor",
        "credential erase", "credential did", "log",
        "log init", "log show", "log key", "log verify", "log prove", "log export", "log override",
        "proof",
        "proof verify", "peer", "peer list", "peer refresh", "member", "member list",
        "member show", "member standing", "member key", "member request", "member activate-key",
        "registry update", "registry suspend", "registry reinstate", "registry withdraw",
        "registry revoke-key", "registry rotate-key", "registry root", "registry body", "json",
        "json canonicalize", "backup", "backup create", "backup verify",
        "backup restore",
    ])
    func `every command explains itself`(_ command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let outcome = try EccoeProcess().run(words + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("OVERVIEW: "))
        let nouns = ["member request", "registry root", "registry body"]
        let isVerb =
            words.count == 2 && !nouns.contains(command)
            || ["init", "join", "status", "doctor"].contains(command)
        if isVerb { #expect(outcome.output.contains("Example"), "no example: \(command)") }
    }
}
