import Keys

/// Targets roles and target files (TUF 5.6 and 5.7), all of them.
extension RefreshWorkflow {
    /// Loads the next role from the disk, or asks for it.
    mutating func nextRole() -> Step {
        while let visit = walk.next(limit: limits.delegations) {
            let file = "\(visit.role).json"
            guard let expected = trusted?.snapshot?.files[file] else {
                if let step = refuse(visit, RegistryRefusal(file, .notListed)) { return step }
                continue
            }
            let kept = stored.file(ofRole: visit.role, version: expected.version)
            if let kept, expected.sha256 != nil, expected.matches(kept) {
                if let step = take(kept, visit) { return step }
                continue
            }
            phase = .role(visit)
            return .fetch(
                path: path(ofRole: visit.role, version: expected.version),
                maxBytes: expected.length ?? limits.metadataBytes
            )
        }
        if let alarm = walk.alarm(limit: limits.delegations) { alarms.append(alarm) }
        return beginTargets()
    }

    mutating func receiveRole(_ answer: Answer, _ visit: RoleWalk.Visit) -> Step {
        let file = "\(visit.role).json"
        guard let expected = trusted?.snapshot?.files[file] else { return failUnstarted() }
        do throws(RegistryRefusal) {
            let bytes = try answer.bytes(of: file, limit: expected.length ?? limits.metadataBytes)
            // Other bytes than the snapshot describes are the server's fault, not the body's.
            guard expected.matches(bytes) else { throw RegistryRefusal(file, .mismatch) }
            stored[RegistryPath.role(visit.role, version: expected.version)] = bytes
            if let step = take(bytes, visit) { return step }
        } catch {
            return fail(error)
        }
        return nextRole()
    }

    private mutating func take(_ bytes: [UInt8], _ visit: RoleWalk.Visit) -> Step? {
        let verdict = trusted?.updateTargets(
            bytes,
            role: visit.role,
            delegatedBy: visit.delegator
        )
        if case .refused(let refusal) = verdict { return refuse(visit, refusal) }
        if let trusted { walk.descend(visit, in: trusted) }
        return nil
    }

    /// A top-level role that is refused ends the refresh; a delegated one freezes its body only.
    private mutating func refuse(_ visit: RoleWalk.Visit, _ refusal: RegistryRefusal) -> Step? {
        guard visit.role != "targets" else { return fail(refusal) }
        walk.freeze(visit, in: trusted)
        alarms.append(RegistryAlarm("\(visit.role).json", .frozen(refusal)))
        return nil
    }

    private mutating func beginTargets() -> Step {
        acceptance = DocumentAcceptance(restoring: stored, known: known)
        let ours = (trusted?.allTargets() ?? []).filter {
            $0.path == RegistryPath.network || RegistryPath.member(of: $0.path) != nil
        }
        wanted = ours.map { WantedTarget(path: $0.path, description: $0.description) }.reversed()
        // The network document first: it says which body may speak for which domain.
        if let index = wanted.firstIndex(where: { $0.path == RegistryPath.network }) {
            wanted.append(wanted.remove(at: index))
        }
        return nextTarget()
    }

    /// Considers the next target from the disk, or asks for it.
    private mutating func nextTarget() -> Step {
        while let target = wanted.popLast() {
            let description = target.description
            if acceptance.accepted[target.path] == description.sha256 { continue }
            if let kept = stored.target(target.path, description.sha256) {
                acceptance.consider(kept, path: target.path, description: description)
                continue
            }
            guard description.length <= limits.targetBytes else {
                let refusal = RegistryRefusal(target.path, .tooLarge(limit: limits.targetBytes))
                acceptance.alarm(target.path, .notServed(refusal))
                continue
            }
            phase = .target(target)
            let file = file(of: target)
            return .fetch(path: file.path, maxBytes: file.maxBytes)
        }
        return finish()
    }

    private func file(of target: WantedTarget) -> FileToFetch {
        let isConsistent = trusted?.root.hasConsistentSnapshots ?? true
        return FileToFetch(
            path: RegistryPath.target(
                target.path, sha256: isConsistent ? target.description.sha256.hex : nil),
            maxBytes: target.description.length)
    }

    /// Files that will be asked for after the present one, at most `count`: they depend on nothing that
    /// is still to come, so that several can be fetched at a time. None before the target files.
    package func upcoming(_ count: Int) -> [FileToFetch] {
        guard case .target = phase, count > 0 else { return [] }
        var files: [FileToFetch] = []
        for target in wanted.reversed() where isToBeFetched(target) {
            files.append(file(of: target))
            if files.count == count { break }
        }
        return files
    }

    private func isToBeFetched(_ target: WantedTarget) -> Bool {
        let description = target.description
        return acceptance.accepted[target.path] != description.sha256
            && stored.target(target.path, description.sha256) == nil
            && description.length <= limits.targetBytes
    }

    /// Target files that are still to be looked at, the present one included.
    package var remaining: Int {
        if case .target = phase { wanted.count + 1 } else { 0 }
    }

    /// A file that the server does not have as signed is left out with an alarm, so that one lost
    /// file does not stop the network; a server that cannot be reached ends the refresh.
    mutating func receiveTarget(_ answer: Answer, _ target: WantedTarget) -> Step {
        let description = target.description
        do throws(RegistryRefusal) {
            let bytes = try answer.bytes(of: target.path, limit: description.length)
            guard description.matches(bytes) else {
                throw RegistryRefusal(target.path, .mismatch)
            }
            stored[RegistryPath.target(target.path, sha256: description.sha256.hex)] = bytes
            acceptance.consider(bytes, path: target.path, description: description)
        } catch {
            if case .unreachable = error.reason { return fail(error) }
            acceptance.alarm(target.path, .notServed(error))
        }
        return nextTarget()
    }

    private mutating func finish() -> Step {
        guard let trusted, let network = acceptance.network else {
            return fail(RegistryRefusal(RegistryPath.network, .notFound))
        }
        guard let snapshot = stored[StoredMetadata.seenSnapshot] else { return failUnstarted() }
        acceptance.review(trusted, frozen: walk.frozen)
        phase = .over
        stored = complete(trusted, snapshot: snapshot)
        let registry = TrustedRegistry(
            trusted,
            snapshot: snapshot,
            roots: stored.rootChain,
            network: network,
            index: acceptance.index,
            frozen: walk.frozen,
            alarms: alarms + acceptance.alarms
        )
        return .finished(registry, stored)
    }

    /// The copy to keep: all roots, the current metadata, the targets that it names, and the
    /// documents in force where these are others.
    private func complete(
        _ trusted: TrustedMetadata,
        snapshot: [UInt8]
    ) -> StoredMetadata {
        var paths = stored.rootVersions.map { RegistryPath.root(version: $0) }
        for role in walk.frozen.union(trusted.targets.keys) {
            let version = trusted.snapshot?.files["\(role).json"]?.version
            paths.append(RegistryPath.role(role, version: version))
        }
        for (path, _, description) in trusted.allTargets() {
            paths.append(RegistryPath.target(path, sha256: description.sha256.hex))
        }
        for (path, digest) in acceptance.accepted {
            paths.append(RegistryPath.target(path, sha256: digest.hex))
        }
        var kept = StoredMetadata(files: [:])
        for path in paths { kept[path] = stored[path] }
        let timestamp = stored[StoredMetadata.seenTimestamp] ?? stored[RegistryPath.timestamp]
        kept[RegistryPath.timestamp] = timestamp
        kept[StoredMetadata.seenTimestamp] = timestamp
        kept[RegistryPath.role("snapshot", version: trusted.snapshot?.version)] = snapshot
        kept[StoredMetadata.seenSnapshot] = snapshot
        kept.setAccepted(acceptance.accepted)
        return kept
    }
}
