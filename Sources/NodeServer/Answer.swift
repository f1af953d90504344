import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird
import NIOCore

/// What a route answers, before it becomes HTTP.
struct Answer: Sendable {
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
    /// Compared with If-None-Match; what is immutable needs none.
    var tag: EntityTag?
    /// Whether a Range is honoured.
    var hasRanges = false
    /// Bytes that are told where none are sent.
    var length: Int?
    /// Further fields, such as Allow.
    var fields: [(name: String, value: String)] = []

    static func text(_ body: [UInt8], caching: Caching = .brief) -> Answer {
        cacheable("text/plain; charset=utf-8", body, caching: caching)
    }

    /// An answer that caches keep and ask about again.
    static func cacheable(_ type: String, _ body: [UInt8], caching: Caching = .brief) -> Answer {
        Answer(type: type, body: body, caching: caching, tag: EntityTag(of: body))
    }

    static func bytes(_ body: [UInt8], caching: Caching) -> Answer {
        Answer(type: "application/octet-stream", body: body, caching: caching)
    }

    static func json(_ json: JSON, caching: Caching = .none) -> Answer {
        caching == .none
            ? Answer(type: "application/json", body: json.canonicalBytes)
            : cacheable("application/json", json.canonicalBytes, caching: caching)
    }

    static func problem(
        _ problem: Problem,
        node: String,
        fields: [(name: String, value: String)] = []
    ) -> Answer {
        Answer(
            status: problem.status,
            type: "application/problem+json",
            body: problem.json(node: node).canonicalBytes,
            fields: fields
        )
    }

    /// The answer to a request, with its preconditions and its range (RFC 9110 sections 13 and
    /// 14).
    ///
    /// - Throws: `Unsatisfiable`.
    func fitted(to request: Request) throws(Unsatisfiable) -> Answer {
        guard status == 200, request.method == .get || request.method == .head else {
            return self
        }
        if let named = request.headers[.ifNoneMatch],
            tag?.isNamed(in: named) ?? (named == "*" && caching != .none)
        {
            return notModified
        }
        // Nothing with ranges has a tag, so no If-Range can hold.
        guard hasRanges, request.method == .get, request.headers[.ifRange] == nil,
            let range = request.headers[.range].flatMap({ ByteRange(field: $0) })
        else { return self }
        guard let bytes = range.resolved(in: body.count) else {
            throw Unsatisfiable(size: body.count)
        }
        return part(bytes)
    }

    /// The answer as HTTP.
    func response() -> Response {
        var headers = HTTPFields()
        headers[.cacheControl] = caching.header
        headers[.eTag] = tag?.field
        if hasRanges { headers[.acceptRanges] = "bytes" }
        if status == 503 { headers[.retryAfter] = "2" }
        headers[.contentLength] = String(length ?? body.count)
        if status != 304 {
            headers[.contentType] = type
            headers[.xContentTypeOptions] = "nosniff"
        }
        for field in fields {
            if let name = HTTPField.Name(field.name) { headers[name] = field.value }
        }
        return Response(
            status: .init(code: status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    private var notModified: Answer {
        var answer = self
        answer.status = 304
        // The length of what would have been sent (RFC 9110 section 8.6).
        answer.length = body.count
        answer.body = []
        return answer
    }

    private func part(_ bytes: Range<Int>) -> Answer {
        var part = self
        part.status = 206
        part.body = Array(body[bytes])
        part.fields.append(("content-range", ContentRange(bytes, of: body.count).field))
        return part
    }

    /// A range that no byte is in.
    struct Unsatisfiable: Error {
        let size: Int

        /// The 416.
        func answer(node: String) -> Answer {
            .problem(
                Problem(
                    .rangeNotSatisfiable,
                    "there are \(size) bytes, none of them in the range",
                    try: "ask without Range"
                ),
                node: node,
                fields: [("content-range", ContentRange.unsatisfied(size: size))]
            )
        }
    }
}
