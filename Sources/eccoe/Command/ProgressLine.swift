import Foundation

/// A line on standard error that is written over while something takes its time; silent unless a
/// person looks at it.
final class ProgressLine {
    private let isShown = StandardStream.error.isTerminal
    private var last = Date.distantPast
    private var width = 0

    /// Shows `text`, at most five times a second.
    func update(_ text: @autoclosure () -> String) {
        guard isShown, Date().timeIntervalSince(last) > 0.2 else { return }
        last = Date()
        let line = text()
        let padding = String(repeating: " ", count: max(0, width - line.count))
        width = line.count
        StandardStream.error.write("\r\(line)\(padding)")
    }

    /// `done` of `total` as a bar of 20 characters.
    static func bar(_ done: Int, of total: Int) -> String {
        let filled = total > 0 ? min(20, 20 * done / total) : 20
        return "[" + String(repeating: "#", count: filled)
            + String(repeating: ".", count: 20 - filled) + "]"
    }

    /// Removes the line.
    func clear() {
        guard isShown, width > 0 else { return }
        StandardStream.error.write("\r" + String(repeating: " ", count: width) + "\r")
        width = 0
    }
}
