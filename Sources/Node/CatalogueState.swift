package import Keys
import NodeStore

/// What an answer about the catalogue rests on: two answers of one state are the same, but for the newest
/// cosignatures, which may be a second old.
package struct CatalogueState: Sendable, Equatable {
    /// Changes of the views.
    package let views: UInt64
    /// Changes of the registry.
    package let registry: UInt64
    /// Logs that are quarantined.
    package let quarantined: Int
    /// Standings and freshness are as of a second.
    package let second: Instant
}

extension Node {
    /// The state that an answer of now rests on. Taken before what is read.
    package var catalogueState: CatalogueState {
        CatalogueState(
            views: views.changes, registry: registry.changes,
            quarantined: quarantine.proven.count, second: time.now())
    }
}
