import Keys
import MemberRegistry

/// How old the accepted registry is: protocol section 5, "Freshness".
enum RegistryAgeCheck {
    static func examine(_ patient: Patient) -> Finding {
        guard let registry = patient.registry else {
            guard let fault = patient.registryFault else {
                return .failed(
                    "there is no registry yet: nobody's keys are known",
                    try: patient.command("join '<invite>'"))
            }
            return .failed(
                "the copy is damaged: \(fault)",
                try: "restore registry/ from a backup, then \(patient.command("registry refresh"))")
        }
        let refresh = patient.command("registry refresh")
        let age = Spoken.time(registry.age(at: patient.now))
        switch registry.freshness(at: patient.now) {
        case .stale:
            return .failed(
                "\(age) old: no new member, key or agreement is accepted", try: refresh)
        case .ageing:
            return .warning("\(age) old; from 28 days on nothing new counts", try: refresh)
        case .fresh: break
        }
        if let alarm = registry.alarms.first { return .warning("\(alarm)", try: refresh) }
        let members = Spoken.count(registry.members.count, "member")
        return .ok(
            "\(registry.network.name), snapshot \(registry.snapshotVersion), \(age) old, \(members)"
        )
    }
}

/// What the registry says of this institution.
enum StandingCheck {
    static func examine(_ patient: Patient) -> Finding {
        guard let registry = patient.registry else {
            return .notChecked(
                "there is no registry yet", try: patient.command("join '<invite>'"))
        }
        let domain = patient.member.domain
        let standing = registry.standing(of: domain, at: patient.now)
        switch standing.state {
        case .active:
            let since = standing.since.map { " since \($0.text)" } ?? ""
            return .ok("\(domain) is active\(since)")
        case .notAMember, .notYet, .notCarried:
            return .warning(
                "\(domain) is not admitted yet; the node notices by itself when it is",
                try: patient.command("registry refresh"))
        case .suspended, .withdrawn, .revoked:
            let since = standing.since.map { " since \($0.text)" } ?? ""
            return .failed(
                "\(domain) is \(standing.state.rawValue)\(since): ask the registry's operator",
                try: patient.command("member show \(domain)"))
        }
    }
}
