import ArgumentParser
import CanonicalJSON
import Keys
import MemberRegistry

/// An act upon a member's standing: one more event with a reason code.
struct StandingAct: ParsableArguments {
    @Option(help: "Why, as a code; public for ever.")
    var reason: String

    @Option(help: ArgumentHelp("From when on (default: now).", valueName: "time"))
    var at: String?

    @OptionGroup var options: ActOptions

    func perform(_ word: String, at now: Instant, _ event: (MemberDocument) -> StandingEvent.Event)
        async throws
    {
        let code = try ReasonCode.read(reason)
        let from = try ActMoment.read(at, now: now)
        let act = options.act(at: now)
        let member = try act.member()
        let document = member.document.adding(event(member.document), at: from, reason: code)
        let outcome = try await act.publish(document, replacing: member)
        act.write(
            word, outcome,
            more: [
                ("event", .number(JSONNumber(Int64(document.events.count)))),
                ("from", .string(from.text)), ("reason", .string(code)),
            ])
    }
}

/// `eccoe registry suspend <domain>`
struct RegistrySuspend: Verb {
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Suspend a member: for a time it may ask the others nothing and does not vote.",
        discussion: """
            Shows the change and asks, then adds an event with a public reason code. The member's \
            log is still copied, and what it signed before stays good.

            Example:  eccoe registry suspend uni-b.example --reason non-payment
            """
    )

    @OptionGroup var act: StandingAct
    var output: OutputOptions { act.options.output }

    func execute() async throws {
        try await act.perform("suspended", at: now) { _ in .suspension }
    }
}

/// `eccoe registry reinstate <domain>`
struct RegistryReinstate: Verb {
    static let configuration = CommandConfiguration(
        commandName: "reinstate",
        abstract: "Let a member that was suspended, excluded or withdrawn take part again.",
        discussion: """
            Shows the change and asks, then adds an event. A member that had withdrawn is registered \
            again; its earlier history stays.

            Example:  eccoe registry reinstate uni-b.example --reason settled
            """
    )

    @OptionGroup var act: StandingAct
    var output: OutputOptions { act.options.output }

    func execute() async throws {
        try await act.perform("reinstated", at: now) {
            $0.events.last?.event == .withdrawal ? .registration : .reinstatement
        }
    }
}

/// `eccoe registry withdraw <domain>`
struct RegistryWithdraw: Verb {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "End a membership: the member has left.",
        discussion: """
            Shows the change and asks, then adds an event. A member that asks by itself (eccoe \
            member request withdraw) is granted with eccoe registry admit. What it published and \
            signed before stays good; nothing new of it is cosigned. With --excluded the registry \
            has excluded it.

            Example:  eccoe registry withdraw uni-b.example --reason closed
            """
    )

    @Flag(help: "Not by its own wish: the event is a revocation.")
    var excluded = false

    @OptionGroup var act: StandingAct
    var output: OutputOptions { act.options.output }

    func execute() async throws {
        try await act.perform(excluded ? "excluded" : "withdrawn", at: now) { _ in
            excluded ? .revocation : .withdrawal
        }
    }
}
