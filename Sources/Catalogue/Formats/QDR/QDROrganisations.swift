import CanonicalJSON
import Keys
import XML

/// The organisations of a QDR file, each once, with their countries as locations.
struct QDROrganisations {
    private var ids: [(body: Organisation, id: String)] = []
    private var index: [String: Int] = [:]
    private var taken: Set<String> = []

    /// The id under which the file has an organisation.
    mutating func id(of body: Organisation) -> String {
        let digest = Digest(of: body.json.canonicalBytes).hex
        if let known = index[digest] { return ids[known].id }
        // Two descriptions of one organisation cannot share its id.
        let own = body.id.flatMap { taken.insert($0).inserted ? $0 : nil }
        let id = own ?? QDRScheme.organisationPrefix + digest.prefix(32)
        index[digest] = ids.count
        ids.append((body, id))
        return id
    }

    func write(_ xml: inout XMLWriter) {
        for (body, id) in ids {
            xml.element("organisation", ["id": id]) { xml in
                QDRWriter.texts("legalName", body.name, &xml)
                QDRWriter.page("homepage", body.homepage, &xml)
                if let country = body.country {
                    xml.element("location", ["idref": Self.location(country)])
                }
            }
        }
    }

    func writeLocations(_ xml: inout XMLWriter) {
        for country in Set(ids.compactMap(\.body.country)).sorted() {
            xml.element("location", ["id": Self.location(country)]) { xml in
                xml.element("address") { $0.element("countryCode", ["uri": country]) }
            }
        }
    }

    private static func location(_ country: String) -> String {
        "urn:eccoe:qdr-location:" + (country.split(separator: "/").last ?? "")
    }
}
