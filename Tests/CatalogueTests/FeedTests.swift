import Keys
import Testing
import XML

@testable import Catalogue

@Suite struct FeedTests {
    private static let time = Instant(secondsSince1970: 1_795_687_200)

    @Test func `changes and withdrawals stand in the feed`() throws {
        var item = SampleItem.complete
        item.description = ["en": "<b>not markup</b> & plain"]
        let feed = AtomFeed(
            address: "https://uni-a.example/feed",
            title: "Uni A",
            updated: Self.time,
            next: "https://uni-a.example/feed?page=2&x=1"
        )
        let bytes = feed.write([
            CatalogueChange(globalID: "https://uni-a.example/items/1", time: Self.time, item: item),
            CatalogueChange(globalID: "https://uni-a.example/items/2", time: Self.time, item: nil),
        ])
        let root = try XMLElement.read(bytes)
        #expect(root.namespace == "http://www.w3.org/2005/Atom")
        for name in ["id", "title", "updated", "author"] { #expect(root.all(name).count == 1) }
        #expect(root.all("link").map { $0.attribute("rel") } == ["self", "next"])
        #expect(root.all("link").last?.attribute("href") == feed.next)
        let entry = try #require(root.first("entry"))
        for name in ["id", "title", "updated", "summary"] { #expect(entry.all(name).count == 1) }
        #expect(entry.first("summary")?.ownText == "<b>not markup</b> & plain")
        #expect(entry.first("id")?.ownText == "https://uni-a.example/items/1")
        let gone = try #require(root.first("deleted-entry"))
        #expect(gone.namespace == "http://purl.org/atompub/tombstones/1.0")
        #expect(gone.attribute("ref") == "https://uni-a.example/items/2")
        #expect(gone.attribute("when") == Self.time.text)
    }

    @Test func `a sitemap has the addresses with their times, at most 50,000`() throws {
        let pages = (0..<50_001).map { ("https://uni-a.example/items/\($0)?a&b", Self.time) }
        let root = try XMLElement.read(Sitemap.write(pages), limits: Self.wide)
        #expect(root.name == "urlset")
        #expect(root.children.count == 50_000)
        #expect(root.first(["url", "loc"])?.ownText == "https://uni-a.example/items/0?a&b")
        #expect(root.first(["url", "lastmod"])?.ownText == Self.time.text)
        let index = try XMLElement.read(Sitemap.writeIndex(Array(pages.prefix(2))))
        #expect(index.name == "sitemapindex")
        #expect(index.all("sitemap").count == 2)
    }

    private static let wide: XMLRecords.Limits = {
        var limits = XMLRecords.Limits()
        limits.nodes = 1_000_000
        limits.bytes = 64 << 20
        return limits
    }()
}
