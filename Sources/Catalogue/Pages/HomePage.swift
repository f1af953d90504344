/// The page of a node for people who come by: whose it is, and where its catalogue can be had.
package struct HomePage: Sendable {
    /// The institution's name.
    let name: String
    /// Its domain.
    let domain: String
    /// Items that can be read.
    let items: Int

    /// A page.
    package init(name: String, domain: String, items: Int) {
        self.name = name
        self.domain = domain
        self.items = items
    }

    private static let services: KeyValuePairs<String, String> = [
        "/feed.atom": "What has changed, as a feed (Atom)",
        "/oai?verb=Identify": "For harvesters (OAI-PMH 2.0)",
        "/sitemap.xml": "For search engines (sitemap)",
        "/openapi.json": "For programs (OpenAPI 3.1)",
    ]

    /// The document.
    package var bytes: [UInt8] {
        PageFrame.write(title: name, language: "en") { page in
            page.element("header") { page in
                page.element("p", text: "A node of the credit clearinghouse network")
            }
            page.element("main") { page in
                page.element("h1", ["dir": "auto"], text: name)
                page.element("p") { page in
                    page.isolated(domain)
                    page.write(
                        " publishes \(items) learning opportunities here. Each entry stands in a "
                            + "signed log that others copy and check.")
                }
                page.element("h2", text: "The whole catalogue")
                Self.list(
                    ExportFormat.allCases.map { ("/catalogue/" + $0.fileName, $0.title) }, &page)
                page.element("h2", text: "To follow it")
                Self.list(Self.services.map { ($0.key, $0.value) }, &page)
            }
        }
    }

    private static func list(
        _ links: [(address: String, text: String)], _ page: inout HTMLWriter
    ) {
        page.element("ul") { page in
            for link in links {
                page.element("li") { $0.element("a", ["href": link.address], text: link.text) }
            }
        }
    }
}
