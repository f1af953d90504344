/// What an item lacks for a format, or what the format has no place for.
package struct ExportGap: Hashable, Sendable {
    /// The item's id.
    package let item: String
    /// JSON pointer of the field of the item.
    package let field: String
    /// What is missing or left out.
    package let message: String

    init(_ item: LearningOpportunity, _ field: ItemName, _ message: String) {
        self.item = item.id
        self.field = field.pointer
        self.message = message
    }
}
