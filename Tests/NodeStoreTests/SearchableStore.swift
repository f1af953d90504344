import Catalogue
import Federation
import Foundation
import Keys
import NodeStore
import Testing

/// Views into which items are folded one by one, as from logs.
final class SearchableStore {
    static let a = "uni-a.example"
    static let b = "uni-b.example"

    /// What a payload of the tests says.
    private struct Text {
        let title: String
        let body: String
        let facets: ItemFacets
    }

    let folder: TemporaryFolder
    private(set) var views: ViewsStore
    private var texts: [Digest: Text] = [:]
    private var precedents: [Digest: (item: String, recognises: Bool)] = [:]
    private var sizes: [String: Int] = [:]

    init() throws {
        folder = try TemporaryFolder()
        views = try ViewsStore(path: folder.file("views.sqlite"))
    }

    static func origin(_ domain: String) -> String { "\(domain)/eccoe/1" }

    /// Opens the file again: the index is read from it.
    func reopen() throws {
        views = try ViewsStore(path: folder.file("views.sqlite"))
    }

    /// Publishes an item, or a revision of it.
    @discardableResult
    func publish(
        _ id: String, _ title: String, _ body: String = "", of domain: String = a,
        at seconds: Int64 = 0, isShown: Bool = true, _ facets: (inout ItemFacets) -> Void = { _ in }
    ) throws -> Digest {
        var stated = ItemFacets.none
        facets(&stated)
        let digest = Digest(of: Array("\(domain) \(id) \(title) \(body) \(stated)".utf8))
        texts[digest] = Text(title: title, body: body, facets: stated)
        try fold(.itemPublished, id, digest, of: domain, at: seconds, isShown: isShown)
        return digest
    }

    func withdraw(_ id: String, of domain: String = a) throws {
        try fold(.itemWithdrawn, id, Digest(of: Array("withdrawn \(id)".utf8)), of: domain)
    }

    /// `domain` has decided on an item.
    @discardableResult
    func recognise(
        _ item: String, by domain: String, _ recognises: Bool = true
    ) throws -> Digest {
        let digest = Digest(of: Array("\(item) \(domain) \(recognises) \(sizes)".utf8))
        precedents[digest] = (item, recognises)
        let subject = Hex.encode(digest.bytes.prefix(16))
        try fold(.precedentPublished, subject, digest, of: domain)
        return digest
    }

    func erase(_ payload: Digest, of domain: String = a) throws {
        let origin = Self.origin(domain)
        _ = try views.fold(
            domain: domain, origin: origin, from: sizes[origin, default: 0], entries: [],
            erased: [payload], payload: { _ in nil }, document: { _ in nil })
    }

    /// Shows a payload that was held back.
    func show(_ payload: Digest, of domain: String = a) throws {
        let shown = try #require(document(payload.bytes))
        try views.show(
            domain: domain, origin: Self.origin(domain), payloads: [(payload, shown)])
    }

    private func fold(
        _ type: LeafType, _ subject: String, _ payload: Digest, of domain: String,
        at seconds: Int64 = 0, isShown: Bool = true
    ) throws {
        let origin = Self.origin(domain)
        let index = sizes[origin, default: 0]
        let leaf = Leaf(
            type: type, at: SampleStore.time + seconds, subject: subject, revision: index + 1,
            payload: payload)
        try views.fold(
            domain: domain, origin: origin, from: index,
            entries: [FoldVerdict(accepted: leaf.bytes, index: index)],
            payload: { isShown ? $0.bytes : nil }, document: document)
        sizes[origin] = index + 1
    }

    private func document(_ payload: [UInt8]) -> ViewDocument? {
        guard let digest = Digest(bytes: payload) else { return nil }
        if let text = texts[digest] {
            return .item(
                json: payload, title: text.title, body: text.body, sameAs: [], facets: text.facets)
        }
        return precedents[digest].map {
            .precedent(json: payload, item: $0.item, recognises: $0.recognises)
        }
    }

    // MARK: Asking

    /// What parameters such as `q=robots&country=DE` find.
    func ask(_ parameters: String, hidden: Set<String> = []) throws -> SearchPage {
        let pairs = parameters.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
        }
        return try views.search(CatalogueQuery(parameters: pairs)) { !hidden.contains($0) }
    }

    /// The ids that parameters find, on all pages.
    func ids(_ parameters: String, hidden: Set<String> = []) throws -> [String] {
        var ids: [String] = []
        var next: SearchCursor?
        repeat {
            let more = next.map { "&cursor=\($0.text)" } ?? ""
            let page = try ask(parameters + more, hidden: hidden)
            ids += page.rows.map(\.id)
            next = page.next
        } while next != nil
        return ids
    }

    /// The counts of one dimension, such as `DE 3, FR 1`.
    func counts(
        _ dimension: FacetDimension, _ parameters: String = "", hidden: Set<String> = []
    ) throws -> String {
        let facets = try ask(parameters + "&facets=true", hidden: hidden).facets[dimension] ?? []
        return facets.map { "\($0.value) \($0.count)" }.joined(separator: ", ")
    }
}

extension ItemFacets {
    /// Adds values, as an item states them.
    mutating func state(_ dimension: FacetDimension, _ values: String...) {
        let all = dimension == .field ? values.flatMap(Self.ancestors(ofField:)) : values
        entries += all.map { Entry(dimension, $0) }
    }
}
