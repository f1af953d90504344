import CanonicalJSON
import Catalogue
import Federation
import Keys
import MemberRegistry
import NodeStore

/// The own catalogue for machines that follow it: harvesters, readers of feeds, search engines. Apart
/// from HTTP.
package struct PublicationDesk: Sendable {
    private let node: Node
    private let catalogue: OwnCatalogue

    /// A desk of this node.
    package init(node: Node, catalogue: OwnCatalogue) {
        self.node = node
        self.catalogue = catalogue
    }

    private var domain: String { node.identity.domain }

    /// Where strangers reach this node, without a path: as the registry says.
    package var base: String { node.registry.address(of: domain)?.url ?? node.identity.url }

    private var document: MemberDocument? {
        node.registry.current?.members.first { $0.document.domain == domain }?.document
    }

    /// The institution's name in English, if there is one; its domain when no registry is held.
    package var name: String {
        LocalizedText(document?.names ?? [:]).best(for: "en") ?? domain
    }

    /// The page for people who come by.
    ///
    /// - Throws: what the store throws.
    package func home() throws -> [UInt8] {
        HomePage(name: name, domain: domain, items: try catalogue.selection().places.count).bytes
    }

    // MARK: OAI-PMH

    /// The answer to a harvester.
    ///
    /// - Parameter query: of a GET, or the body of a POST.
    /// - Throws: what the store throws.
    package func harvest(_ query: String) throws -> [UInt8] {
        let now = node.time.now()
        let provider = try provider(at: now)
        switch provider.understand(query, at: now) {
        case .nothing(let answer): return answer
        case .record(let id, let request):
            let row = try node.views.change(domain: domain, id: id)
            return provider.answer(try row.map(entry), to: request, at: now)
        case .list(let selection, let limit, let request):
            let entries = try entries(of: selection, limit: limit)
            return provider.answer(entries, of: selection, to: request, at: now)
        }
    }

    private func provider(at now: Instant) throws -> OAIProvider {
        let mailboxes = document?.mailboxes ?? [:]
        let mailbox =
            mailboxes["technical"] ?? mailboxes.sorted { $0.key < $1.key }.first?.value
        return OAIProvider(
            baseURL: base + "/oai",
            domain: domain,
            name: name,
            adminEmail: mailbox ?? "postmaster@\(domain)",
            earliest: try node.views.earliestChange(domain: domain) ?? now,
            pageSize: Limits.changesPage
        )
    }

    /// The first records of a selection. Those of a set are looked for among all.
    private func entries(
        of selection: OAIProvider.Selection,
        limit: Int
    ) throws -> [OAIProvider.Entry] {
        var entries: [OAIProvider.Entry] = []
        var after = selection.after.map { (time: $0.time, id: $0.id) }
        while entries.count < limit {
            let rows = try node.views.changes(
                domain: domain, from: selection.from, until: selection.until, after: after,
                limit: limit)
            for entry in try rows.map(entry) {
                let isWanted = selection.set.map { OAISets.isMember(entry.sets, of: $0) } ?? true
                if isWanted, entries.count < limit { entries.append(entry) }
            }
            guard rows.count == limit, let last = rows.last else { break }
            after = (last.time, last.id)
        }
        return entries
    }

    private func entry(_ row: ChangeRow) throws -> OAIProvider.Entry {
        OAIProvider.Entry(
            id: row.id,
            time: row.time,
            item: try row.document.map(item),
            sets: try row.formerDocument.map { OAISets.of(try item($0)) }
        )
    }

    private func item(_ document: [UInt8]) throws -> LearningOpportunity {
        try LearningOpportunity(json: JSON.read(document, limits: .operatorFile))
    }

    // MARK: Atom

    /// A page of the feed of changes, the newest first.
    ///
    /// - Parameter cursor: what the page before has named; nil for the newest.
    /// - Throws: `Problem` `not-found` for a cursor that is none of ours.
    package func feed(before cursor: String?) throws -> [UInt8] {
        let place = try cursor.map(Self.place)
        let limit = Limits.changesPage
        let rows = try node.views.newestChanges(
            domain: domain, before: place, limit: limit + 1)
        let shown = rows.prefix(limit)
        let newest =
            place == nil
            ? rows.first
            : try node.views.newestChanges(domain: domain, before: nil, limit: 1).first
        let address = base + "/feed.atom"
        let next = rows.count > limit ? shown.last.map { Self.cursor($0) } : nil
        let feed = AtomFeed(
            address: address,
            page: cursor.map { "\(address)?before=\($0)" },
            title: name,
            updated: newest?.time ?? Instant(secondsSince1970: 0),
            next: next.map { "\(address)?before=\($0)" }
        )
        return feed.write(
            try shown.map { row in
                CatalogueChange(
                    globalID: ItemIdentifier.global(row.id, domain: domain),
                    time: row.time,
                    item: try row.document.map(item)
                )
            })
    }

    private static func cursor(_ row: ChangeRow) -> String {
        Base64URL.encode(Array("\(row.time.text) \(row.id)".utf8))
    }

    private static func place(_ cursor: String) throws -> (time: Instant, id: String) {
        let parts = Base64URL.decode(cursor)
            .map { String(decoding: $0, as: UTF8.self).split(separator: " ", maxSplits: 1) }
        guard let parts, parts.count == 2, let time = Instant(parts[0]),
            ItemIdentifier.isValid(String(parts[1]))
        else {
            throw Problem(
                .notFound, "the feed has no such place", at: "before",
                try: "follow the links of the feed, from /feed.atom on")
        }
        return (time, String(parts[1]))
    }

    // MARK: Search engines

    /// The sitemap, or its index where one file does not hold all items.
    ///
    /// - Parameters:
    ///   - page: the file, from 1 on; nil for the whole or the index.
    ///   - size: addresses of a file.
    /// - Throws: `Problem` `not-found` for a page that there is none of.
    package func sitemap(page: Int?, size: Int = Sitemap.maximumEntries) throws -> [UInt8] {
        let selection = try catalogue.selection()
        let pages = max(1, (selection.places.count + size - 1) / size)
        if page == nil, pages > 1 {
            let changed = selection.newest ?? Instant(secondsSince1970: 0)
            return Sitemap.writeIndex(
                (1...pages).map { ("\(base)/sitemap.xml?page=\($0)", changed) })
        }
        let number = page ?? 1
        guard (1...pages).contains(number) else {
            throw Problem(
                .notFound, "the sitemap has \(pages) pages", at: "page", try: "see /sitemap.xml")
        }
        let places = selection.places[((number - 1) * size)...].prefix(size)
        return Sitemap.write(
            try node.views.addresses(of: places).map { row in
                let global = ItemIdentifier.global(row.id, domain: domain)
                return (base + global.dropFirst("https://\(domain)".utf8.count), row.time)
            })
    }

    /// What crawlers are asked to leave alone, and where the sitemap is.
    package var robots: [UInt8] {
        let closed = ["/log/", "/mirror/", "/witness/", "/registry/", "/v1/", "/oai"]
        let lines =
            ["User-agent: *"] + closed.map { "Disallow: " + $0 }
            + ["Allow: /", "", "Sitemap: \(base)/sitemap.xml"]
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
