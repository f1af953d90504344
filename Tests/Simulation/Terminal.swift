import Foundation
import Logging

/// What a person sees of a run.
enum Terminal {
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    static func complain(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

/// A node's own log with virtual times, from warning on.
struct TerminalLog: LogHandler {
    let label: String
    let clock: VirtualClock
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.warning

    init(label: String, clock: VirtualClock) {
        self.label = label
        self.clock = clock
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }
        Terminal.say(
            "\(clock.now.nanoseconds / 1_000_000) \(label) \(event.level): \(event.message) "
                + pairs.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
    }
}
