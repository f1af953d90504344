import CanonicalJSON
import Federation
import Foundation
import Keys

/// Ids for requests that may be repeated.
enum FreshRequestID {
    /// A UUID version 7 of now.
    static var text: String {
        RequestID(
            milliseconds: Int64(Date().timeIntervalSince1970 * 1000),
            random: SecureRandom.bytes(10)
        ).text
    }
}

/// What the daemon is asked to write, each with an id of its own.
enum WriteRequest {
    /// Items to publish; `skipsRefused` leaves out those that the publishing policy refuses.
    static func publish(_ items: [JSON], dryRun: Bool, skipsRefused: Bool = false) -> JSON {
        var body = JSONObject()
        body["requestId"] = .string(FreshRequestID.text)
        body["items"] = .array(items)
        body["dryRun"] = .bool(dryRun)
        if skipsRefused { body["skipRefused"] = true }
        return .object(body)
    }

    /// An item or a need to withdraw, with the reason that is published.
    static func withdraw(_ id: String, reason: String) -> JSON {
        [
            "requestId": .string(FreshRequestID.text), "id": .string(id),
            "reason": .string(reason),
        ]
    }
}
