package import Keys
import XML

/// Sitemaps for search engines (sitemaps.org, protocol 0.9).
package enum Sitemap {
    /// The most addresses that one file may have.
    package static let maximumEntries = 50_000

    private static let namespace: KeyValuePairs<String, String?> = [
        "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"
    ]

    /// A file of pages with the times of their last changes, of at most `maximumEntries`.
    package static func write(_ pages: [(address: String, changed: Instant)]) -> [UInt8] {
        write(pages, root: "urlset", entry: "url")
    }

    /// The index of files with the times of their last changes.
    package static func writeIndex(_ files: [(address: String, changed: Instant)]) -> [UInt8] {
        write(files, root: "sitemapindex", entry: "sitemap")
    }

    private static func write(
        _ entries: [(address: String, changed: Instant)],
        root: String,
        entry name: String
    ) -> [UInt8] {
        var xml = XMLWriter()
        xml.element(root, namespace) { xml in
            for entry in entries.prefix(maximumEntries) {
                xml.element(name) { xml in
                    xml.element("loc", text: entry.address)
                    xml.element("lastmod", text: entry.changed.text)
                }
            }
        }
        return xml.bytes
    }
}
