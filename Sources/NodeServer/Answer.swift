import CanonicalJSON
import Catalogue
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
    /// A body that is made while it is sent; then `body` is empty.
    var stream: BodyStream?
    /// How the body is compressed: `gzip`, or nil.
    var coding: String?
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

    /// A page for people: shown in its own style, and nothing else may be done with it.
    static func page(_ body: [UInt8]) -> Answer {
        var answer = cacheable("text/html; charset=utf-8", body)
        answer.fields = [
            ("content-security-policy", PageFrame.contentSecurityPolicy),
            ("referrer-policy", "no-referrer"),
        ]
        return answer
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

    /// The answer in a content coding that the caller takes: text that is long enough, as gzip. What is
    /// compressed has a tag of its own.
    func coded(for request: Request) -> Answer {
        let isLong = stream != nil || body.count >= Limits.compressedFromBytes
        guard status == 200, isText, isLong, !hasRanges else { return self }
        var answer = self
        answer.vary("accept-encoding")
        if Acceptance(request.field("accept-encoding")).takes(coding: "gzip") {
            answer.coding = "gzip"
            answer.tag = tag?.coded("gzip")
        }
        return answer
    }

    private var isText: Bool {
        let essence = type.prefix { $0 != ";" }
        return essence.hasPrefix("text/") || essence.hasSuffix("json") || essence.hasSuffix("xml")
            || essence == "application/jsonl"
    }

    /// Says that another value of a request's field would have got another answer.
    mutating func vary(_ field: String) {
        guard let place = fields.firstIndex(where: { $0.name == "vary" }) else {
            return fields.append(("vary", field))
        }
        fields[place].value += ", " + field
    }

    /// The answer with its body compressed, if it shall be, and with its length for a HEAD, which
    /// tells it; a stream is compressed while it is sent.
    func packed(for request: Request) async throws -> Answer {
        var answer = self
        if let stream {
            if request.method == .head { answer.length = try await stream.length(coding: coding) }
            return answer
        }
        guard coding == "gzip", !body.isEmpty else { return self }
        let body = body
        answer.body =
            body.count < Self.quickBytes
            ? try GzipWriter.pack(body) : try await elsewhere { try GzipWriter.pack(body) }
        return answer
    }

    /// Bytes that are compressed in about a millisecond.
    private static let quickBytes = 64 << 10

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
        if let length = length ?? knownLength { headers[.contentLength] = String(length) }
        if status != 304 {
            headers[.contentType] = type
            headers[.contentEncoding] = coding
            headers[.xContentTypeOptions] = "nosniff"
        }
        for field in fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            if name.canonicalName == "link" {
                headers.append(HTTPField(name: name, value: field.value))
            } else {
                headers[name] = field.value
            }
        }
        return Response(
            status: .init(code: status),
            headers: headers,
            body: stream?.body(coding: coding)
                ?? ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    private var knownLength: Int? {
        stream != nil || status == 304 ? nil : body.count
    }

    private var notModified: Answer {
        var answer = self
        answer.status = 304
        // The length of what would have been sent (RFC 9110 section 8.6), where that is known.
        answer.length = stream == nil && coding == nil ? body.count : nil
        answer.stream = nil
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
