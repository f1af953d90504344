import CanonicalJSON
package import Catalogue
package import Federation
import Keys
package import NodeStore
import Synchronization

/// This institution's own catalogue, as it goes out in the formats of others.
///
/// Owns: the last selection, for as long as the views do not change.
package final class OwnCatalogue: Sendable {
    private let node: Node
    private let known = Mutex<(changes: UInt64, selection: CatalogueSelection)?>(nil)
    private let free = Mutex(Limits.catalogueFiles)

    /// The catalogue of this node's institution.
    package init(node: Node) {
        self.node = node
    }

    /// What it holds now. Reads the disk, and takes long where there are many items.
    ///
    /// - Throws: what the store throws.
    package func selection() throws -> CatalogueSelection {
        let changes = node.views.changes
        if let known = known.withLock({ $0 }), known.changes == changes { return known.selection }
        let selection = try node.views.selection(domain: node.identity.domain)
        known.withLock { $0 = (changes, selection) }
        return selection
    }

    /// All of it in one format.
    ///
    /// - Throws: what the store throws.
    package func file(_ format: ExportFormat) throws -> CatalogueFile {
        CatalogueFile(
            format: format, selection: try selection(), domain: node.identity.domain,
            views: node.views)
    }

    /// One of the seats for those that write whole catalogues at a time, until it is released.
    ///
    /// - Throws: `Problem` `busy` while all are taken.
    package func seat() throws(Problem) -> Seat {
        let isFree = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        guard isFree else {
            throw Problem(
                .busy, "\(Limits.catalogueFiles) whole catalogues are being sent already",
                try: "ask again in some seconds")
        }
        return Seat { [self] in free.withLock { $0 += 1 } }
    }

    /// A seat, given back when nobody refers to it any more.
    package final class Seat: Sendable {
        private let leave: @Sendable () -> Void

        fileprivate init(leave: @escaping @Sendable () -> Void) {
            self.leave = leave
        }

        deinit { leave() }
    }
}

/// A whole catalogue in one format, as it was at one moment.
package struct CatalogueFile: Sendable {
    /// Items of a part.
    private static let page = 50

    /// The format.
    package let format: ExportFormat
    /// What is in it.
    package let selection: CatalogueSelection
    let domain: String
    let views: ViewsStore

    /// The same tag means the same bytes.
    package var tag: EntityTag {
        EntityTag(of: selection.digest.bytes + Array("\(format) \(Software.version)".utf8))
    }

    /// Its parts from the first on.
    package func parts() -> Parts { Parts(file: self) }

    /// The parts of a catalogue, one after the other, each of a bounded number of items. Every call
    /// reads the disk.
    package struct Parts: Sendable {
        private let file: CatalogueFile
        private var export: CatalogueExport
        private var qdr: QDRWriter?
        private var next = 0
        private var pass = 0
        private var isOpen = false

        fileprivate init(file: CatalogueFile) {
            self.file = file
            export = CatalogueExport(format: file.format)
        }

        private var passes: Int { file.format == .qdr ? QDRWriter.passes : 1 }

        /// The next bytes; nil at the end.
        ///
        /// - Throws: `Problem` `conflict` when an item was changed before it was written: what has
        ///   gone out must be thrown away.
        package mutating func nextPart() throws -> [UInt8]? {
            guard pass < passes else { return nil }
            if !isOpen {
                isOpen = true
                return try begin()
            }
            let places = file.selection.places[next...].prefix(CatalogueFile.page)
            guard !places.isEmpty else { return end() }
            guard let documents = try file.views.documents(of: places) else {
                throw Problem(
                    .conflict, "the catalogue has changed while it was sent", try: "ask again")
            }
            next += places.count
            var bytes: [UInt8] = []
            for document in documents {
                let json = try JSON.read(document, limits: .operatorFile)
                let item = try LearningOpportunity(json: json)
                bytes += write(CatalogueExport.Entry(item: item, domain: file.domain))
            }
            return bytes
        }

        private mutating func write(_ entry: CatalogueExport.Entry) -> [UInt8] {
            qdr?.next(entry) ?? export.next(entry)
        }

        private mutating func begin() throws -> [UInt8] {
            guard file.format == .qdr else { return export.opening }
            if qdr == nil { qdr = QDRWriter(offered: try globalIDs()) }
            return qdr?.begin() ?? []
        }

        private mutating func end() -> [UInt8] {
            pass += 1
            next = 0
            isOpen = false
            return qdr?.end() ?? export.closing
        }

        private func globalIDs() throws -> Set<String> {
            var ids: Set<String> = []
            var start = 0
            while start < file.selection.places.count {
                let places = file.selection.places[start...].prefix(1000)
                for row in try file.views.addresses(of: places) {
                    ids.insert(ItemIdentifier.global(row.id, domain: file.domain))
                }
                start += places.count
            }
            return ids
        }
    }
}
