/// Who provides, awards, accredits or endorses.
package struct Organisation: ItemPart {
    /// The legal name.
    package var name: LocalizedText
    /// A URI of the organisation, such as `https://ror.org/...` or `https://uni-a.example`.
    package var id: String?
    /// The country as a URI of the EU's authority table.
    package var country: String?
    /// The homepage.
    package var homepage: String?

    /// An organisation of which at least the name is known.
    package init(
        name: LocalizedText,
        id: String? = nil,
        country: String? = nil,
        homepage: String? = nil
    ) {
        self.name = name
        self.id = id
        self.country = country
        self.homepage = homepage
    }

    func write(into writer: inout MemberWriter) {
        writer.set(.id, id)
        writer.set(.name, name)
        writer.set(.country, country)
        writer.set(.homepage, homepage)
    }

    init?(from reader: inout MemberReader) {
        id = reader.uri(.id)
        country = reader.uri(.country)
        homepage = reader.web(.homepage)
        guard let name = reader.text(.name, required: true) else { return nil }
        self.name = name
    }
}
