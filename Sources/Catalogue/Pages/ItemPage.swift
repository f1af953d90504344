package import CanonicalJSON

/// The page of one item for people: what it is, what it is worth, who recognises it and what proves
/// all that.
package struct ItemPage {
    /// Where the page is told what a node knows of the item: the members of `GET /items/{id}`.
    let details: JSON
    /// nil when the item is gone, or its text is not here.
    let item: LearningOpportunity?
    let address: String

    /// A page.
    ///
    /// - Parameters:
    ///   - details: as `GET /items/{id}` answers in JSON.
    ///   - address: where the item is served, such as `/items/C-1`; its formats are at
    ///     `?format=`.
    package init(details: JSON, address: String) {
        self.details = details
        self.address = address
        let isLiving = details["living"]?.bool ?? false
        item = isLiving ? details["item"].flatMap { try? LearningOpportunity(json: $0) } : nil
    }

    /// The document.
    package var bytes: [UInt8] {
        guard let item else { return gone }
        let entry = CatalogueExport.Entry(item: item, domain: text("domain"))
        return PageFrame.write(
            title: item.displayTitle,
            language: item.defaultLanguage,
            links: ExportFormat.allCases.map { ($0, link(to: $0)) },
            data: CatalogueExport.document(of: entry, format: .schemaorg)
        ) { page in
            page.element("header") { $0.element("p") { writeOrigin(&$0) } }
            page.element("main") { page in
                writeTitle(of: item, &page)
                writeWarnings(&page)
                ItemFacts(item).write(&page)
                writeRecognitions(&page)
                writeEvidence(&page)
                writeFormats(&page)
            }
        }
    }

    private func text(_ name: String) -> String { details[name]?.string ?? "" }

    private func link(to format: ExportFormat) -> String {
        "\(address)?format=\(format.rawValue)"
    }

    private func writeOrigin(_ page: inout HTMLWriter) {
        page.write("Learning opportunity of ")
        page.isolated(text("domain"))
        page.write(", as signed in its log")
    }

    private func writeTitle(of item: LearningOpportunity, _ page: inout HTMLWriter) {
        let language = item.title.texts[item.defaultLanguage] == nil ? nil : item.defaultLanguage
        page.element("h1", ["lang": language, "dir": "auto"], text: item.displayTitle)
        let others = item.title.texts.filter { $0.value != item.displayTitle }
        for (tag, title) in others.sorted(by: { $0.key < $1.key }) {
            page.element("p", ["class": "dim", "lang": tag, "dir": "auto"], text: title)
        }
    }

    private func writeWarnings(_ page: inout HTMLWriter) {
        func warn(_ text: String) {
            page.element("p", ["class": "note", "role": "note"], text: text)
        }
        if details["quarantined"]?.bool == true {
            warn(
                "The log that this item stands in is quarantined: two histories of it were signed. "
                    + "Ask the institution before you rely on this page.")
        }
        let standing = text("standing")
        if !standing.isEmpty, standing != "active" {
            warn("The standing of this institution in the network: \(standing).")
        }
    }

    // MARK: Recognitions

    private func writeRecognitions(_ page: inout HTMLWriter) {
        let rows = details["recognisedBy"]?.array ?? []
        page.element("h2", text: "Who recognises it")
        guard !rows.isEmpty else {
            page.element(
                "p", ["class": "dim"],
                text:
                    "No institution has published a decision about it yet. That is no verdict: ask "
                    + "yours for an evaluation.")
            return
        }
        page.element("table") { page in
            page.element("tr") { page in
                for head in ["Institution", "Outcome", "Credits", "Decisions", "Month"] {
                    page.element("th", ["scope": "col"], text: head)
                }
            }
            for row in rows { page.element("tr") { Self.write(row, &$0) } }
        }
    }

    private static func write(_ row: JSON, _ page: inout HTMLWriter) {
        let isDoubtful = row["quarantined"]?.bool == true
        page.element("td") { page in
            page.isolated(row["domain"]?.string ?? "")
            if isDoubtful { page.write(" (quarantined)") }
        }
        page.element("td", text: row["outcome"]?.string ?? "")
        let credits = row["credits"].map { credits in
            let system = credits["framework"]?.string.map { CodedValue($0).label } ?? ""
            return (credits["number"]?.string ?? "") + " " + system
        }
        page.element("td", text: credits ?? "not stated")
        page.element("td", text: row["count"]?.integer.map { String($0) } ?? "")
        page.element("td", text: row["month"]?.string ?? "")
    }

    // MARK: Evidence

    private func writeEvidence(_ page: inout HTMLWriter) {
        page.element("h2", text: "Evidence")
        page.element("div", ["class": "evidence"]) { page in
            guard let evidence = details["evidence"] else {
                page.element(
                    "p", text: "This node holds no copy of the log, and proves nothing about it.")
                return
            }
            page.element("dl") { page in
                fact("Log", text("origin"), &page)
                fact("Entry", number(evidence["index"]) + ", verified in its log", &page)
                fact("Revision", number(details["revision"]), &page)
                let checkpoint = evidence["checkpoint"]
                fact("Checkpoint", "of \(number(checkpoint?["size"])) entries", &page)
                fact(
                    "Cosignatures",
                    "\(number(evidence["cosignatures"])); \(number(evidence["quorum"])) are asked for",
                    &page)
                fact("Confirmed", evidence["confirmed"]?.string ?? "not yet", &page)
                if let standing = evidence["confirmation"]?.string {
                    fact("State", standing, &page)
                }
                page.element("dt", text: "Root")
                page.element("dd") { page in
                    page.element("code", text: checkpoint?["root"]?.string ?? "")
                }
            }
            page.element("p") { page in
                page.write("The proof itself, for whoever wants to check it: ")
                page.element("a", ["href": address + "?format=evidence"], text: "JSON")
            }
        }
    }

    private func fact(_ name: String, _ value: String, _ page: inout HTMLWriter) {
        page.element("dt", text: name)
        page.element("dd") { $0.isolated(value) }
    }

    private func number(_ value: JSON?) -> String {
        value?.integer.map { String($0) } ?? "?"
    }

    private func writeFormats(_ page: inout HTMLWriter) {
        page.element("h2", text: "In other formats")
        page.element("ul") { page in
            for format in ExportFormat.allCases {
                page.element("li") { page in
                    page.element("a", ["href": link(to: format)], text: format.title)
                }
            }
        }
    }

    // MARK: Gone

    /// Of an item that is no longer there, only that.
    private var gone: [UInt8] {
        let isErased = details["erased"]?.bool == true
        let title = isErased ? "Erased" : "Withdrawn"
        return PageFrame.write(title: title, language: "en") { page in
            page.element("header") { $0.element("p") { writeOrigin(&$0) } }
            page.element("main") { page in
                page.element("h1", text: title)
                page.element("p") { page in
                    page.write("The institution has ")
                    page.write(isErased ? "erased the text of " : "withdrawn ")
                    page.isolated(text("id"))
                    page.write(". Credentials that were issued for it keep their evidence.")
                }
                writeEvidence(&page)
            }
        }
    }
}
