import CanonicalJSON
import Keys

/// An envelope of the Credential Registry: a resource as a JWT (RS256) with the public key that it
/// is verified with. The key comes in the envelope itself, so the signature shows that the resource
/// is what the key's holder published, not who that is.
enum RegistryEnvelope {
    /// Why the resource of an envelope is not taken.
    struct Fault: Error {
        let pointer: String
        let message: String
        let remedy: String
    }

    static func isEnvelope(_ value: JSON) -> Bool {
        value["envelope_version"] != nil || value["resource_encoding"] != nil
            || (value["resource"] != nil && value["resource_public_key"] != nil)
    }

    /// The resource, verified.
    ///
    /// - Throws: `Fault` for a broken JWT, another algorithm, a key that is none, a signature that
    ///   does not fit, and a decoded copy that differs from what is signed.
    static func resource(of envelope: JSON) throws(Fault) -> JSON {
        guard let token = envelope["resource"]?.string else {
            throw fault("/resource", "missing", "publish the envelope with its JWT")
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let header = json(parts[0]), let payload = json(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else {
            throw fault(
                "/resource",
                "no JWT of three parts in base64url",
                "copy the envelope again as the registry serves it"
            )
        }
        guard header["alg"]?.string == "RS256" else {
            throw fault(
                "/resource",
                "signed with \"\(PlainText(header["alg"]?.string ?? "nothing").text)\"; the "
                    + "registry uses RS256",
                "sign the resource with RS256"
            )
        }
        guard let pem = envelope["resource_public_key"]?.string, let key = PublicKey.rsa(pem: pem)
        else {
            throw fault(
                "/resource_public_key",
                "no RSA key in PEM",
                "copy the envelope again as the registry serves it"
            )
        }
        let signed = Array((parts[0] + "." + parts[1]).utf8)
        guard key.isValid(signature: signature, over: signed, form: .pkcs1) else {
            throw fault(
                "/resource",
                "the signature does not fit the key of the envelope: the resource was changed, or "
                    + "the key belongs to another one",
                "fetch the envelope again from the registry"
            )
        }
        if let copy = envelope["decoded_resource"], copy != payload {
            throw fault(
                "/decoded_resource",
                "differs from the resource that is signed",
                "fetch the envelope again from the registry"
            )
        }
        return payload
    }

    private static func fault(_ pointer: String, _ message: String, _ remedy: String) -> Fault {
        Fault(pointer: pointer, message: message, remedy: remedy)
    }

    private static func json(_ part: String) -> JSON? {
        Base64URL.decode(part).flatMap { try? JSON.read($0, limits: .operatorFile) }
    }
}
