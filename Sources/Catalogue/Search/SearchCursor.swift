import Keys

/// Where the next page of a search begins. Other than a number of results to pass over, it stays right
/// when items are added or withdrawn in between; only by relevance it is such a number.
package struct SearchCursor: Sendable, Equatable {
    /// How results are ordered.
    package enum Order: String, CaseIterable, Sendable {
        case relevance = "r"
        case id = "i"
        case title = "t"
        case newest = "n"
        case credits = "c"
        case level = "l"
    }

    /// Results by relevance that can be reached.
    package static let maximumOffset = 10_000
    static let remedy = "take \"next\" of the page before as it is, with the same search"

    /// The order.
    package let order: Order
    /// What the last item is sorted by; of relevance empty.
    package let key: String
    /// The number of the last item in the views; of relevance how many results came before.
    package let item: Int64

    /// Behind this item.
    package init(order: Order, key: String, item: Int64) {
        self.order = order
        self.key = key
        self.item = item
    }

    /// Reads the opaque form; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count <= 2048, let bytes = Base64URL.decode(text),
            let plain = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let parts = plain.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let order = Order(rawValue: String(parts[0])),
            let item = Int64(parts[1]), item >= 0
        else { return nil }
        if order == .relevance, item > Self.maximumOffset { return nil }
        self.init(order: order, key: String(parts[2]), item: item)
    }

    /// The opaque form: base64url.
    package var text: String {
        Base64URL.encode(Array("\(order.rawValue) \(item) \(key)".utf8))
    }
}
