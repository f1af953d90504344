extension TrustedMetadata {
    /// The role that speaks for `path` and what it says, by pre-order depth-first search over the
    /// roles that were taken (TUF 5.6.7); nil when none does.
    package func target(_ path: String) -> (role: String, description: TargetDescription)? {
        var toVisit = ["targets"]
        var visited: Set<String> = []
        while let role = toVisit.popLast() {
            guard visited.insert(role).inserted, let metadata = targets[role] else { continue }
            if let found = metadata.targets[path] { return (role, found) }
            let (children, isLast) = metadata.delegations(of: path)
            if isLast { toVisit.removeAll() }
            // A role counts only by delegations that it was verified against.
            toVisit += children.reversed().map(\.name).filter {
                delegators[$0]?.contains(role) == true
            }
        }
        return nil
    }

    /// Every target that a search would find, sorted by path.
    func allTargets() -> [(path: String, role: String, description: TargetDescription)] {
        var found: [(path: String, role: String, description: TargetDescription)] = []
        for (role, metadata) in targets {
            for (path, description) in metadata.targets where target(path)?.role == role {
                found.append((path, role, description))
            }
        }
        return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}

extension TargetsMetadata {
    /// The delegations that a search for `path` follows, in order.
    ///
    /// - Returns: as well whether the search ends below them: the last one is terminating.
    func delegations(of path: String) -> (children: [DelegatedRole], isLast: Bool) {
        let covering = delegations.filter { $0.covers(path) }
        guard let end = covering.firstIndex(where: \.isTerminating) else {
            return (covering, false)
        }
        return (Array(covering[...end]), true)
    }
}
