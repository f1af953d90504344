import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird
import NIOCore

/// What a route answers, before it becomes HTTP.
struct Answer {
    /// How long a cache may keep an answer.
    enum Caching {
        /// Changes at any time: a few seconds.
        case brief
        /// Never changes.
        case immutable
        /// An hour, since it may be erased.
        case hour
        /// Not at all.
        case none

        var header: String {
            switch self {
            case .brief: "public, max-age=5"
            case .immutable: "public, max-age=31536000, immutable"
            case .hour: "public, max-age=3600"
            case .none: "no-store"
            }
        }
    }

    var status = 200
    var type: String
    var body: [UInt8]
    var caching = Caching.none
    /// Further headers.
    var fields: [(name: String, value: String)] = []

    static func text(_ body: [UInt8], caching: Caching = .brief) -> Answer {
        Answer(type: "text/plain; charset=utf-8", body: body, caching: caching)
    }

    static func bytes(_ body: [UInt8], caching: Caching) -> Answer {
        Answer(type: "application/octet-stream", body: body, caching: caching)
    }

    static func json(_ json: JSON, caching: Caching = .none) -> Answer {
        Answer(type: "application/json", body: json.canonicalBytes, caching: caching)
    }

    static func problem(_ problem: Problem, node: String) -> Answer {
        Answer(
            status: problem.status,
            type: "application/problem+json",
            body: problem.json(node: node).canonicalBytes
        )
    }

    func response(head: Bool = false) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.contentLength] = String(body.count)
        headers[.cacheControl] = caching.header
        headers[.xContentTypeOptions] = "nosniff"
        for field in fields {
            if let name = HTTPField.Name(field.name) { headers[name] = field.value }
        }
        if status == 503 { headers[.retryAfter] = "2" }
        return Response(
            status: .init(code: status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
