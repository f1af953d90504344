extension TrustedMetadata {
    /// The role that speaks for `path` and what it says, by pre-order depth-first search over the
    /// roles that were taken (TUF 5.6.7); nil when none does.
    package func target(_ path: String) -> (role: String, description: TargetDescription)? {
        var toVisit = ["targets"]
        var visited: Set<String> = []
        while let role = toVisit.popLast() {
            guard visited.insert(role).inserted, let metadata = targets[role] else { continue }
            if let found = metadata.targets[path] { return (role, found) }
            var children: [String] = []
            for child in metadata.delegations where child.covers(path) {
                // A role counts only by delegations that it was verified against.
                if delegators[child.name]?.contains(role) == true { children.append(child.name) }
                if child.isTerminating {
                    toVisit.removeAll()
                    break
                }
            }
            toVisit.append(contentsOf: children.reversed())
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
