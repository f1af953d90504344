package import CanonicalJSON

/// An answer that says what is wrong, where, and how to mend it (RFC 9457).
package struct Problem: Error, Sendable, Equatable {
    /// The kinds of problem, shared by API and command; each is the last part of the `type` URL.
    package enum Slug: String, CaseIterable, Sendable {
        case malformedRequest = "malformed-request"
        case tooLarge = "too-large"
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case notAcceptable = "not-acceptable"
        case requestTimeout = "request-timeout"
        case rangeNotSatisfiable = "range-not-satisfiable"
        case rateLimited = "rate-limited"
        case conflict
        case requestIDReused = "request-id-reused"
        case outcomeUnknown = "outcome-unknown"
        case invalidItem = "invalid-item"
        case invalidCredential = "invalid-credential"
        case invalidDecision = "invalid-decision"
        case invalidCheckpoint = "invalid-checkpoint"
        case invalidProof = "invalid-proof"
        case unknownOrigin = "unknown-origin"
        case unauthenticated
        case clockSkew = "clock-skew"
        case unsupportedMedia = "unsupported-media"
        case forbidden
        case gone
        case notAMember = "not-a-member"
        case noLog = "no-log"
        case logExists = "log-exists"
        case notConfirmed = "not-confirmed"
        case registryUnavailable = "registry-unavailable"
        case registryRefused = "registry-refused"
        case keyUnusable = "key-unusable"
        case configuration
        case busy
        case readOnly = "read-only"
        case unreachable
        case internalError = "internal-error"
    }

    /// The kind.
    package let slug: Slug
    /// What is wrong, in a sentence.
    package let detail: String
    /// Where: a JSON pointer, a file, a field.
    package let pointer: String?
    /// How to mend it.
    package let remedy: String?

    /// A problem from its parts.
    package init(
        _ slug: Slug,
        _ detail: String,
        at pointer: String? = nil,
        try remedy: String? = nil
    ) {
        self.slug = slug
        self.detail = detail
        self.pointer = pointer
        self.remedy = remedy
    }

    /// The HTTP status that belongs to the kind.
    package var status: Int {
        switch slug {
        case .malformedRequest, .invalidCheckpoint: 400
        case .unauthenticated, .clockSkew: 401
        case .forbidden, .notAMember: 403
        case .notFound, .unknownOrigin, .noLog: 404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .requestTimeout: 408
        case .conflict, .requestIDReused, .outcomeUnknown, .logExists, .notConfirmed: 409
        case .gone: 410
        case .tooLarge: 413
        case .unsupportedMedia: 415
        case .rangeNotSatisfiable: 416
        case .invalidItem, .invalidCredential, .invalidDecision, .invalidProof,
            .registryRefused, .keyUnusable, .configuration:
            422
        case .rateLimited: 429
        case .internalError: 500
        case .registryUnavailable, .unreachable: 502
        case .busy, .readOnly: 503
        }
    }

    /// A short title of the kind.
    package var title: String {
        slug.rawValue.replacing("-", with: " ")
    }

    /// The `application/problem+json` form; `node` is the host that answers.
    package func json(node: String) -> JSON {
        var object = JSONObject()
        object["type"] = .string("https://\(node)/problems/\(slug.rawValue)")
        object["title"] = .string(title)
        object["status"] = .number(JSONNumber(Int64(status)))
        object["detail"] = .string(detail)
        object["pointer"] = pointer.map { .string($0) }
        object["remedy"] = remedy.map { .string($0) }
        return .object(object)
    }

    /// Reads the JSON form; nil when it is none.
    package init?(json: JSON) {
        guard let type = json["type"]?.string, let detail = json["detail"]?.string,
            let last = type.split(separator: "/").last, let slug = Slug(rawValue: String(last))
        else { return nil }
        self.init(
            slug,
            detail,
            at: json["pointer"]?.string,
            try: json["remedy"]?.string
        )
    }
}
