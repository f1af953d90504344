import CanonicalJSON
import Foundation
import Keys
import Logging
import Node
import Synchronization

/// Writes log lines to standard error: logfmt, or one JSON object a line.
struct StderrHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    let isJSON: Bool
    private static let lock = Mutex(())

    init(isJSON: Bool, level: Logger.Level) {
        self.isJSON = isJSON
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = SystemTime().now().text
        let line =
            isJSON
            ? json(time, event, fields)
            : logfmt(time, event, fields)
        Self.lock.withLock { _ in FileHandle.standardError.write(Data((line + "\n").utf8)) }
    }

    private func json(
        _ time: String,
        _ event: LogEvent,
        _ fields: [(key: String, value: Logger.MetadataValue)]
    ) -> String {
        var object = JSONObject()
        object["time"] = .string(time)
        object["level"] = .string(event.level.rawValue)
        object["message"] = .string(event.message.description)
        for (key, value) in fields { object[key] = .string(value.description) }
        return JSON.object(object).canonicalText
    }

    private func logfmt(
        _ time: String,
        _ event: LogEvent,
        _ fields: [(key: String, value: Logger.MetadataValue)]
    ) -> String {
        let head =
            "time=\(time) level=\(event.level.rawValue) msg=\(quoted(event.message.description))"
        return fields.reduce(head) { "\($0) \($1.key)=\(quoted($1.value.description))" }
    }

    private func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x3d }
        return plain && !text.isEmpty ? text : JSON.string(text).canonicalText
    }
}
