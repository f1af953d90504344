import ArgumentParser
import CanonicalJSON
import Federation
import Foundation
import NodeClient

/// Items that an import no longer finds in its source: a person decides what becomes of them.
struct RemovedItems {
    /// How many a person is shown.
    private static let shown = 10

    /// Living items of the own catalogue, with their titles, in the order of their ids.
    let items: [(id: String, title: String)]

    /// Those of `ids` that are still offered.
    static func find(_ ids: Set<String>, _ client: ControlClient) async throws -> RemovedItems {
        var items: [(String, String)] = []
        for id in ids.sorted() {
            do {
                let answer = try await client.call(.catalogueShow, ["id": .string(id)])
                guard answer["living"]?.bool == true else { continue }
                items.append((id, answer["title"]?.string ?? ""))
            } catch let problem as Problem where problem.slug == .notFound { continue }
        }
        return RemovedItems(items: items)
    }

    /// Shows them, and asks on a terminal whether they are to be withdrawn.
    ///
    /// - Parameter withdraws: what the options say; nil when they say nothing.
    func decide(_ withdraws: Bool?, dryRun: Bool) -> Bool {
        guard !items.isEmpty else { return false }
        var text = items.count == 1 ? "1 item is" : "\(items.count) items are"
        text += " in the catalogue and no longer in the source:\n"
        for (id, title) in items.prefix(Self.shown) {
            text += PlainText.line("  \(id)  \(title)") + "\n"
        }
        if items.count > Self.shown { text += "  and \(items.count - Self.shown) more\n" }
        StandardStream.error.write(text)
        if dryRun { return false }
        if let withdraws { return withdraws }
        guard isatty(STDIN_FILENO) == 1, StandardStream.error.isTerminal else {
            StandardStream.error.write(
                "  try: run the same import with --withdraw-removed, or eccoe catalogue withdraw <id>\n"
            )
            return false
        }
        StandardStream.error.write("Withdraw them? Their history stays readable. [yes/no] ")
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        return answer == "yes" || answer == "y"
    }

    /// Withdraws all of them, one after the other.
    func withdraw(_ client: ControlClient) async throws {
        for (id, _) in items {
            _ = try await client.call(
                .catalogueWithdraw,
                WriteRequest.withdraw(
                    id, reason: "no longer in the source that it was imported from"))
        }
    }
}
