import Keys

/// `Content-Digest` (RFC 9530) with SHA-256.
enum ContentDigest {
    /// The field's value.
    static func field(_ digest: Digest) -> String { "sha-256=:\(digest.base64):" }

    /// The SHA-256 that a field names; nil when it names none or is malformed. Other algorithms
    /// beside it are left alone.
    static func digest(_ field: String) -> Digest? {
        guard case .item(let item)? = StructuredField.dictionary(field)?["sha-256"],
            case .bytes(let bytes) = item.value, item.parameters.isEmpty
        else { return nil }
        return Digest(bytes: bytes)
    }
}

/// The values of the components that the profile covers, by their identifiers.
enum SignedComponent {
    static let requestIdentifiers: Set<String> = [
        "\"@method\"", "\"@target-uri\"", "\"content-digest\"",
    ]

    static let answerComponents: [StructuredField.Item] = {
        let ofRequest: [StructuredField.Parameter] = [.init("req", .boolean(true))]
        return [
            .init(.string("@status")), .init(.string("content-digest")),
            .init(.string("@method"), ofRequest), .init(.string("@target-uri"), ofRequest),
            .init(
                .string("signature"),
                ofRequest + [.init("key", .string(MessageSignature.label))]
            ),
        ]
    }()

    static func ofRequest(
        _ identifier: String,
        _ target: RequestTarget,
        contentDigest: String
    ) -> String? {
        switch identifier {
        case "\"@method\"": target.method
        case "\"@target-uri\"": target.uri
        case "\"content-digest\"": contentDigest
        default: nil
        }
    }

    static func ofAnswer(
        _ identifier: String,
        _ status: Int,
        contentDigest: String,
        answering request: ClaimedSignature,
        to target: RequestTarget
    ) -> String? {
        switch identifier {
        case "\"@status\"": String(status)
        case "\"content-digest\"": contentDigest
        case "\"@method\";req": target.method
        case "\"@target-uri\";req": target.uri
        case "\"signature\";req;key=\"\(MessageSignature.label)\"":
            ":\(Base64.encode(request.signature)):"
        default: nil
        }
    }
}
