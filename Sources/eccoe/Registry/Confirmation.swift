import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import Keys
import MemberRegistry

/// Asks a person before something is signed.
struct ConfirmationOptions: ParsableArguments {
    @Flag(help: "Do it without asking, for scripts; the change is shown all the same.")
    var yes = false

    @Flag(help: "Only show what would be signed.")
    var dryRun = false

    /// Shows a change on standard error and has it confirmed.
    ///
    /// - Returns: false for a dry run.
    /// - Throws: `CommandFailure`, 64 where nobody can be asked, 1 when the answer is no.
    func confirm(_ change: String, _ question: String) throws -> Bool {
        StandardStream.error.write(change)
        if dryRun { return false }
        if yes { return true }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                .usage,
                Problem(
                    .malformedRequest,
                    "nothing was changed: standard input is no terminal, so nobody can confirm",
                    at: "--yes",
                    try: "look at the change above; then run the command again with --yes"))
        }
        StandardStream.error.write("\(question) [yes/no] ")
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        guard answer == "yes" || answer == "y" else {
            throw CommandFailure(
                .negative,
                Problem(
                    .conflict, "not confirmed: nothing was changed",
                    try: "answer yes to go on"))
        }
        return true
    }
}

/// The change of a document as text: what was, what will be.
enum ChangeText {
    /// One paragraph for each difference, and a warning where answers about the past change.
    static func text(_ changes: [DocumentChange], of domain: String, now: Instant) -> String {
        var text = "Change of \(PlainText.line(domain)):\n"
        for change in changes {
            text += "  \(PlainText.line(change.subject))  (\(PlainText.line(change.place)))\n"
            text += "    - \(change.was.map(PlainText.line) ?? "nothing")\n"
            text += "    + \(change.will.map(PlainText.line) ?? "nothing")\n"
        }
        if let from = changes.compactMap(\.from).min(), from < now {
            text +=
                "  Answers about times from \(from) on become other ones, past times included.\n"
        }
        return text
    }

    /// [{"place","subject","was"?,"will"?,"from"?}].
    static func json(_ changes: [DocumentChange]) -> JSON {
        .array(
            changes.map { change in
                var object = JSONObject()
                object["place"] = .string(change.place)
                object["subject"] = .string(change.subject)
                object["was"] = change.was.map { .string($0) }
                object["will"] = change.will.map { .string($0) }
                object["from"] = change.from.map { .string($0.text) }
                return .object(object)
            })
    }
}
