package import CanonicalJSON
import Keys

extension MemberDocument {
    /// The RFC 8785 form: the bytes that the registry signs.
    package var canonicalBytes: [UInt8] { json.canonicalBytes }

    /// The document as JSON, what is not stated absent.
    package var json: JSON {
        var object = JSONObject()
        object["v"] = 1
        object["domain"] = .string(domain)
        object["names"] = Self.map(names)
        object["country"] = .string(country)
        object["kind"] = .string(kind.rawValue)
        object["mailboxes"] = Self.map(mailboxes)
        object["node"] = node.map { ["url": .string($0)] }
        switch tls {
        case .system: object["tls"] = "system"
        case .authority(let der): object["tls"] = .string(Base64.encode(der))
        }
        object["dids"] = .array(dids.map { .string($0) })
        object["keys"] = .array(keys.map(\.json))
        object["epochs"] = .array(epochs.map(\.json))
        object["events"] = .array(events.map(\.json))
        return .object(object)
    }

    private static func map(_ values: [String: String]) -> JSON {
        var object = JSONObject()
        for (name, value) in values { object[name] = .string(value) }
        return .object(object)
    }
}

extension MemberKey {
    fileprivate var json: JSON {
        var object = JSONObject()
        object["jwk"] = JWK.encode(publicKey)
        object["kid"] = .string(kid)
        object["use"] = .string(use.rawValue)
        object["nbf"] = .string(notBefore.text)
        object["exp"] = expires.map { .string($0.text) }
        object["revoked"] = revoked.map {
            ["at": .string($0.at.text), "reason": .string($0.reason.rawValue)]
        }
        return .object(object)
    }
}

extension LogEpoch {
    fileprivate var json: JSON {
        var object = JSONObject()
        object["n"] = .number(JSONNumber(number))
        object["kid"] = .string(kid)
        object["opened"] = .string(opened.text)
        object["closed"] = closed.map {
            [
                "at": .string($0.at.text), "size": .number(JSONNumber($0.size)),
                "root": .string($0.root.hex), "reason": .string($0.reason),
            ]
        }
        return .object(object)
    }
}

extension StandingEvent {
    fileprivate var json: JSON {
        var object = JSONObject()
        object["seq"] = .number(JSONNumber(sequence))
        object["at"] = .string(at.text)
        object["event"] = .string(event.rawValue)
        object["reason"] = reason.map { .string($0) }
        return .object(object)
    }
}
