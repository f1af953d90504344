import CanonicalJSON

/// The line `status`: whether the issuer has revoked or suspended the credential.
enum StatusCheck {
    static func check(_ document: JSON) -> CredentialCheck {
        guard let status = document["credentialStatus"] else {
            return CredentialCheck(
                "status",
                .unknown,
                "The credential names no status list, so a revocation could not be seen in it."
            )
        }
        let entries = status.array ?? [status]
        let types = entries.map { $0["type"]?.string ?? "of an unnamed type" }
        return CredentialCheck(
            "status",
            .unknown,
            "The credential names a status (\(types.joined(separator: ", "))), which was not "
                + "checked: status lists are not read yet. Ask the issuer whether it was revoked."
        )
    }
}
