package import Credentials
package import Keys
package import MemberRegistry

/// The lines that the network adds to the report on a credential (domain.md section 7): `member`,
/// `key` and `item`. They never sway the report's own verdict, which is on the credential alone;
/// what it is worth here, over all lines, says `verdict`.
package struct LookupReport {
    private let report: CredentialReport
    private let registry: TrustedRegistry?
    private let item: ItemEvidence
    private let anchor: AnchorEvidence
    private let now: Instant

    /// A report with its lines.
    ///
    /// - Parameters:
    ///   - registry: what the node knows; nil when it belongs to no network.
    ///   - item: what was found in the issuer's own log.
    ///   - anchor: what proves when the credential existed.
    ///   - now: how old the registry is, is judged at this time.
    package init(
        _ report: CredentialReport,
        registry: TrustedRegistry?,
        item: ItemEvidence,
        anchor: AnchorEvidence = .none,
        at now: Instant
    ) {
        self.report = report
        self.registry = registry
        self.item = item
        self.anchor = anchor
        self.now = now
    }

    /// The report with the three lines behind its own.
    package var lines: CredentialReport { report.adding([memberLine, keyLine, itemLine]) }

    /// What the credential is worth here. What the credential itself or a member's entry in the
    /// registry disproves is invalid. Valid is only what passes as a credential, is of a member in
    /// good standing and of a key of which the registry is sure, and is for no item that the issuer's
    /// catalogue lacks. Everything else is indeterminate: a stranger's credential, too, for which
    /// this network can speak neither way.
    package var verdict: CredentialReport.Verdict {
        if report.verdict == .invalid { return .invalid }
        let registered = [memberLine, keyLine].map(\.status)
        if case .answerable = question, registered.contains(.fail) { return .invalid }
        guard report.verdict == .valid, registered == [.pass, .pass], itemLine.status != .fail
        else { return .indeterminate }
        return .valid
    }

    /// The member that registered one of the keys by which the issuer's proofs verify: by equal
    /// bytes of the key, never by name. nil when there is none.
    package static func issuer(
        of report: CredentialReport,
        in registry: TrustedRegistry
    ) -> KeyAnswer.Holder? {
        report.facts.issuerMethods.lazy.compactMap(\.key).compactMap {
            registry.keyOwner(of: $0, use: .credential)
        }.first
    }

    /// What both lines on the registry begin with.
    private enum Question {
        case answerable(KeyAnswer.Holder, issued: Instant, TrustedRegistry)
        case open(CheckStatus, String)
    }

    private var question: Question {
        guard let registry else {
            return .open(.unknown, "Unchecked: there is no member key registry at hand.")
        }
        guard let key = report.facts.issuerMethods.first?.key else {
            return .open(
                .unknown,
                "Unchecked: no proof by the issuer's own key passes."
            )
        }
        guard let issued = report.facts.validFrom else {
            return .open(
                .unknown,
                "Unchecked: the credential does not say from when it is valid."
            )
        }
        guard let holder = Self.issuer(of: report, in: registry) else {
            let name = Multikey.encode(key) ?? "of the proof"
            if registry.isOutdated(for: now, at: now) {
                return .open(
                    .unknown,
                    "Stale: the registry copy of \(registry.made) does not know the key \(name); "
                        + "refresh it."
                )
            }
            return .open(
                .fail,
                "Not a member: nobody in the registry of \(registry.network.name) has registered "
                    + "the key \(name) for credentials."
            )
        }
        return .answerable(holder, issued: issued, registry)
    }

    private var memberLine: CredentialCheck {
        switch question {
        case .open(let status, let detail): return CredentialCheck("member", status, detail)
        case .answerable(let holder, let issued, let registry):
            let standing = registry.standing(of: holder.domain, at: issued)
            let document = "says its registry document \(holder.document)"
            guard standing.state == .active else {
                return CredentialCheck(
                    "member",
                    .fail,
                    "The key is that of \(holder.domain), which was not in good standing at "
                        + "\(issued) (\(standing.state.rawValue)), \(document)."
                )
            }
            if registry.isOutdated(for: issued, at: now) {
                return CredentialCheck("member", .unknown, stale(holder, issued, registry))
            }
            return CredentialCheck(
                "member",
                .pass,
                "The key is that of \(holder.domain), a member in good standing at \(issued), "
                    + "\(document)."
            )
        }
    }

    private var keyLine: CredentialCheck {
        switch question {
        case .open(let status, let detail):
            return CredentialCheck("key", status == .fail ? .unknown : status, detail)
        case .answerable(let holder, let issued, let registry):
            let name = "The key \(holder.key.kid) of \(holder.domain)"
            switch registry.key(kid: holder.key.kid, at: issued).state {
            case .valid where registry.isOutdated(for: issued, at: now):
                return CredentialCheck("key", .unknown, stale(holder, issued, registry))
            case .valid: return valid(name, holder.key, at: issued)
            case .notYet:
                return CredentialCheck("key", .fail, "\(name) was not yet valid at \(issued).")
            case .expired(let end):
                return CredentialCheck(
                    "key",
                    .fail,
                    "\(name) had expired at \(end), before \(issued)."
                )
            case .revoked(let reason, let end):
                return CredentialCheck(
                    "key",
                    .fail,
                    "\(name) had been revoked at \(end) (\(reason.rawValue)), before \(issued)."
                )
            case .unknown:
                return CredentialCheck("key", .unknown, "\(name) is not known at \(issued).")
            }
        }
    }

    /// A key that was in foreign hands later can claim any time: only proof that the credential
    /// existed before then saves it (protocol.md section 5).
    private func valid(_ name: String, _ key: MemberKey, at issued: Instant) -> CredentialCheck {
        guard let revoked = key.revoked, revoked.reason == .compromised else {
            return CredentialCheck("key", .pass, "\(name) was valid at \(issued).")
        }
        let story = "\(name) was revoked as compromised at \(revoked.at)"
        guard anchor.isBefore(revoked.at) else {
            return CredentialCheck(
                "key", .unknown,
                "\(story): that the credential is older is only its claim. \(anchor.explanation)")
        }
        return CredentialCheck(
            "key", .pass, "\(story), and the credential is older. \(anchor.explanation)")
    }

    private var itemLine: CredentialCheck {
        func line(_ status: CheckStatus, _ detail: String) -> CredentialCheck {
            CredentialCheck("item", status, detail)
        }
        guard !report.facts.achievementIDs.isEmpty else {
            return line(.unknown, "Unchecked: the credential names no achievement by an id.")
        }
        let ids = report.facts.achievementIDs.joined(separator: ", ")
        switch item {
        case .unchecked(let reason):
            return line(.unknown, "Unchecked: \(reason)")
        case .stale(let asOf):
            return line(
                .unknown,
                "Stale: the copy of the issuer's log ends at \(asOf) without \(ids)."
            )
        case .notFound(let origin, let size, let asOf):
            return line(
                .fail,
                "Not in the catalogue: the log \(origin) has no item \(ids) among its \(size) "
                    + "leaves as of \(asOf)."
            )
        case .found(let found):
            return judge(found)
        }
    }

    private func judge(_ found: ItemEvidence.Found) -> CredentialCheck {
        func line(_ status: CheckStatus, _ detail: String) -> CredentialCheck {
            CredentialCheck("item", status, detail)
        }
        let place = "\"\(found.title)\", leaf \(found.index) of \(found.origin)"
        guard report.facts.achievementIDs.contains(where: { $0 == found.matched }) else {
            return line(.fail, "The item found, \(found.matched), is not the credential's.")
        }
        guard let registry, let holder = Self.issuer(of: report, in: registry) else {
            return line(
                .unknown,
                "The item is \(place), but whether that is the issuer's log is unknown."
            )
        }
        guard found.origin.hasPrefix("\(holder.domain)/") else {
            return line(
                .fail,
                "The item is \(place), which is not the log of the issuer \(holder.domain)."
            )
        }
        guard found.isInclusionVerified else {
            return line(.unknown, "The item is \(place), but its inclusion is not proven.")
        }
        if let withdrawn = found.withdrawn, let issued = report.facts.validFrom,
            withdrawn <= issued
        {
            return line(
                .fail,
                "The item is \(place), but it was withdrawn at \(withdrawn), before issue."
            )
        }
        let time =
            found.confirmed.map { "confirmed by witnesses at \($0)" }
            ?? "not yet confirmed by witnesses"
        let end =
            (found.withdrawn.map { "; since withdrawn, at \($0)" } ?? "")
            + (found.isErased ? "; its texts were erased by the issuer" : "")
        return line(
            .pass,
            "The item is \(place), with its inclusion verified and \(time)\(end)."
        )
    }

    private func stale(
        _ holder: KeyAnswer.Holder,
        _ issued: Instant,
        _ registry: TrustedRegistry
    ) -> String {
        "Stale: the registry copy is of \(registry.made) and cannot tell how \(holder.domain) "
            + "stood at \(issued); refresh it."
    }
}
