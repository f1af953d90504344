import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore

/// Makes the registry of a new network in a data folder, with this node as its first member.
struct RegistryFoundation {
    let folder: DataFolder

    private var authority: RegistryAuthority { RegistryAuthority(folder) }

    /// Makes the folder, where there is nothing yet.
    ///
    /// - Throws: `StoreError.exists`.
    func prepare() throws {
        guard try DurableFile.list(folder.registryAuthority).isEmpty,
            try DurableFile.read(folder.registrySource) == nil
        else { throw StoreError.exists(folder.registryAuthority) }
        try DurableFile.makeFolder(folder.registryAuthority, mode: 0o750)
    }

    /// Writes a registry that was founded with all keys at hand.
    func write(_ repository: RegistryRepository, _ change: RepositoryChange, at time: Instant)
        throws
    {
        var repository = repository
        let member = try OwnMember.read(folder)
        let second = try repository.admit(
            member.registered(at: time), signers: authority.signers(), at: time)
        try authority.published.write(change)
        try authority.published.write(second)
        try trust()
    }

    /// Publishes a foundation that was signed elsewhere.
    ///
    /// - Throws: `RepositoryError`, `CommandFailure` when a registry is run here already.
    func publish(_ ceremony: Ceremony, at time: Instant) throws {
        guard !authority.isThere, try DurableFile.read(folder.registrySource) == nil else {
            throw StoreError.exists(folder.registryAuthority)
        }
        let lock = try authority.lock()
        defer { withExtendedLifetime(lock) {} }
        let (repository, change) = try RegistryRepository.found(
            ceremony, signers: authority.signers(), at: time)
        try write(repository, change, at: time)
    }

    private func trust() throws {
        let path = RegistryPath.root(version: 1)
        guard let root = try authority.published.load().files[path] else {
            throw StoreError.missing(path)
        }
        try RegistryFiles(folder: folder).write(root, to: path)
        let source: JSON = ["folder": .string(authority.published.root)]
        try DurableFile.write(source.canonicalBytes + [0x0a], to: folder.registrySource)
    }
}
