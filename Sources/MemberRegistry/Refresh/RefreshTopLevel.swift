import Keys

/// Roots, timestamp and snapshot (TUF 5.3 to 5.5).
extension RefreshWorkflow {
    mutating func fetchRoot() -> Step {
        guard let trusted, rotations < limits.rootRotations else { return fetchEarlierRoot() }
        phase = .root
        return .fetch(
            path: RegistryPath.root(version: trusted.root.version + 1),
            maxBytes: limits.rootBytes
        )
    }

    mutating func receiveRoot(_ answer: Answer) -> Step {
        if answer == .notFound { return fetchEarlierRoot() }
        guard let version = trusted?.root.version else { return failUnstarted() }
        do throws(RegistryRefusal) {
            let bytes = try answer.bytes(
                of: "\(version + 1).root.json", limit: limits.rootBytes
            )
            if case .refused(let refusal) = trusted?.updateRoot(bytes) { throw refusal }
            stored[RegistryPath.root(version: version + 1)] = bytes
            dropRecalledIfRotated()
        } catch {
            return fail(error)
        }
        rotations += 1
        return fetchRoot()
    }

    /// Fast-forward recovery reaches the disk too: what the old keys signed must not come back.
    private mutating func dropRecalledIfRotated() {
        guard trusted?.timestamp == nil else { return }
        stored[StoredMetadata.seenTimestamp] = nil
        stored[StoredMetadata.seenSnapshot] = nil
    }

    /// Receipts carry the roots from version 1 on, so a node that was invited later asks for those
    /// before; without them it only cannot write receipts for verifiers who know no later root.
    private mutating func fetchEarlierRoot() -> Step {
        guard let first = stored.rootChainStart, first > 1 else { return fetchTimestamp() }
        phase = .earlierRoot(first - 1)
        return .fetch(path: RegistryPath.root(version: first - 1), maxBytes: limits.rootBytes)
    }

    mutating func receiveEarlierRoot(_ answer: Answer, version: Int64) -> Step {
        guard case .bytes(let bytes) = answer, bytes.count <= limits.rootBytes,
            let later = stored[RegistryPath.root(version: version + 1)],
            TrustedMetadata.isRoot(later, successorOf: bytes)
        else { return fetchTimestamp() }
        stored[RegistryPath.root(version: version)] = bytes
        return fetchEarlierRoot()
    }

    private mutating func fetchTimestamp() -> Step {
        phase = .timestamp
        return .fetch(path: RegistryPath.timestamp, maxBytes: limits.timestampBytes)
    }

    mutating func receiveTimestamp(_ answer: Answer) -> Step {
        do throws(RegistryRefusal) {
            let bytes = try answer.bytes(of: "timestamp.json", limit: limits.timestampBytes)
            switch trusted?.updateTimestamp(bytes) {
            case .refused(let refusal): throw refusal
            case .accepted: stored[StoredMetadata.seenTimestamp] = bytes
            case .unchanged, nil: break
            }
        } catch {
            return fail(error)
        }
        return fetchSnapshot()
    }

    private mutating func fetchSnapshot() -> Step {
        guard let expected = trusted?.timestamp?.snapshot else { return failUnstarted() }
        let kept = [
            stored.file(ofRole: "snapshot", version: expected.version),
            stored[StoredMetadata.seenSnapshot],
        ]
        for bytes in kept.compactMap(\.self) {
            let verdict = trusted?.updateSnapshot(bytes)
            if verdict == .accepted { return beginRoles(snapshot: bytes) }
        }
        phase = .snapshot
        return .fetch(
            path: path(ofRole: "snapshot", version: expected.version),
            maxBytes: expected.length ?? limits.metadataBytes
        )
    }

    mutating func receiveSnapshot(_ answer: Answer) -> Step {
        let limit = trusted?.timestamp?.snapshot.length ?? limits.metadataBytes
        do throws(RegistryRefusal) {
            let bytes = try answer.bytes(of: "snapshot.json", limit: limit)
            if case .refused(let refusal) = trusted?.updateSnapshot(bytes) { throw refusal }
            return beginRoles(snapshot: bytes)
        } catch {
            return fail(error)
        }
    }

    private mutating func beginRoles(snapshot: [UInt8]) -> Step {
        stored[StoredMetadata.seenSnapshot] = snapshot
        return nextRole()
    }

    /// The name under which the registry serves a role.
    func path(ofRole role: String, version: Int64) -> String {
        let isConsistent = trusted?.root.hasConsistentSnapshots ?? true
        return RegistryPath.role(role, version: isConsistent ? version : nil)
    }
}

extension StoredMetadata {
    /// The version of the first root of `rootChain`.
    var rootChainStart: Int64? {
        rootVersions.last.map { $0 - Int64(rootChain.count) + 1 }
    }
}
