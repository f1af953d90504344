import CanonicalJSON
import Catalogue

/// Items of the federated catalogue as lines.
enum ItemTable {
    static func text(_ rows: [JSON]) -> String {
        guard !rows.isEmpty else { return "Nothing found.\n" }
        return TextTable.rows(
            ["DOMAIN", "ID", "CREDITS", "EVIDENCE", "TITLE"],
            rows.map { row in
                [
                    TextTable.cell(row["domain"]), TextTable.cell(row["id"]),
                    TextTable.cell(row["credits"]), evidence(row["evidence"]),
                    TextTable.cell(row["title"]) + recognition(row["recognisedBy"]),
                ]
            }
        )
    }

    /// What is proven of an item, in a few words.
    static func evidence(_ evidence: JSON?) -> String {
        guard let evidence else { return "-" }
        return "\(TextTable.cell(evidence["inclusion"])), "
            + TextTable.cell(evidence["confirmation"])
    }

    /// Why an item has no text; nil when it has one, or it has not arrived yet.
    static func missingText(_ item: JSON) -> String? {
        if item["erased"]?.bool == true { return "erased by its institution" }
        guard item["stale"]?.bool == true else { return nil }
        return "stale: the log was not polled for 72 h, so that it may have been erased"
    }

    /// Who has recognised an item.
    static func recognition(_ precedents: JSON?) -> String {
        let names = (precedents?.array ?? []).map { line in
            let credits = line["credits"]?["number"]?.string.map { " for \($0) credits" } ?? ""
            return
                "\(TextTable.cell(line["outcome"])) by \(TextTable.cell(line["domain"]))\(credits)"
        }
        return names.isEmpty ? "" : " [" + names.joined(separator: "; ") + "]"
    }
}
