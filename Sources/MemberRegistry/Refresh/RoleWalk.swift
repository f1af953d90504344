import Keys

/// A walk over all targets roles in pre-order, each once under every role that delegates to it
/// (TUF 5.6.7 without a wanted target: the registry's reader wants every member).
struct RoleWalk: Sendable {
    struct Visit: Hashable, Sendable {
        let role: String
        let delegator: String
    }

    /// Roles that could not be taken under any delegation: their bodies are frozen.
    private(set) var frozen: Set<String> = []
    private var toVisit = [Visit(role: "targets", delegator: "root")]
    private var visited: Set<Visit> = []
    private var wasCut = false

    /// The role to load next; nil when all are done or `limit` is reached.
    mutating func next(limit: Int) -> Visit? {
        while let visit = toVisit.popLast() {
            guard !visited.contains(visit) else { continue }
            // The top-level role is no delegation.
            guard visited.count <= limit else {
                wasCut = true
                return nil
            }
            visited.insert(visit)
            return visit
        }
        return nil
    }

    /// Goes on below a role that was taken.
    mutating func descend(_ visit: Visit, in trusted: TrustedMetadata) {
        frozen.remove(visit.role)
        let children = trusted.targets[visit.role]?.delegations ?? []
        for child in children.reversed() {
            toVisit.append(Visit(role: child.name, delegator: visit.role))
        }
    }

    /// Leaves a role out, unless another delegation has let it in.
    mutating func freeze(_ visit: Visit, in trusted: TrustedMetadata?) {
        if trusted?.targets[visit.role] == nil { frozen.insert(visit.role) }
    }

    /// The alarm for a walk that was cut short.
    func alarm(limit: Int) -> RegistryAlarm? {
        wasCut ? RegistryAlarm("targets.json", .tooManyRoles(limit: limit)) : nil
    }
}

extension TrustedMetadata {
    /// Takes timestamp, snapshot and all targets roles from files that are all at hand; `file`
    /// gives a role's bytes. Delegated roles that cannot be taken are left out.
    ///
    /// - Returns: the roles left out, with the reason.
    /// - Throws: `RegistryRefusal` when a top-level role is missing or refused.
    mutating func takeAll(
        _ file: (_ role: String, _ version: Int64?) -> [UInt8]?
    ) throws(RegistryRefusal) -> (walk: RoleWalk, alarms: [RegistryAlarm]) {
        try Self.demand("timestamp", file("timestamp", nil)) { updateTimestamp($0) }
        try Self.demand("snapshot", file("snapshot", timestamp?.snapshot.version)) {
            updateSnapshot($0)
        }
        var walk = RoleWalk()
        var alarms: [RegistryAlarm] = []
        while let visit = walk.next(limit: limits.delegations) {
            let name = "\(visit.role).json"
            let bytes = file(visit.role, snapshot?.files[name]?.version)
            do throws(RegistryRefusal) {
                try Self.demand(visit.role, bytes) {
                    updateTargets($0, role: visit.role, delegatedBy: visit.delegator)
                }
                walk.descend(visit, in: self)
            } catch {
                guard visit.role != "targets" else { throw error }
                walk.freeze(visit, in: self)
                alarms.append(RegistryAlarm(name, .frozen(error)))
            }
        }
        if let alarm = walk.alarm(limit: limits.delegations) { alarms.append(alarm) }
        return (walk, alarms)
    }

    private static func demand(
        _ role: String,
        _ bytes: [UInt8]?,
        _ update: ([UInt8]) -> MetadataVerdict
    ) throws(RegistryRefusal) {
        guard let bytes else { throw RegistryRefusal("\(role).json", .notFound) }
        if case .refused(let refusal) = update(bytes) { throw refusal }
    }
}
