import Catalogue

/// Which items have which value of each dimension: in memory, made from `item_index` and kept up with it.
///
/// About four bytes a value of an item; values that many items have take a bit an item.
struct FacetIndex: Sendable {
    /// What begins the line of a value. The dimensions of a search, and what else items are told apart by.
    enum Tag: Character, CaseIterable, Sendable {
        case institution = "d"
        case country = "c"
        case field = "f"
        case eqf = "e"
        case credits = "b"
        case language = "l"
        case mode = "m"
        case type = "t"
        case skill = "s"
        case quality = "q"
        /// The log of a positive precedent.
        case recognised = "r"
        /// The log in which an item stands.
        case origin = "o"
        /// ECTS credits.
        case ects = "n"
        /// Hours of work; not counted.
        case hours = "h"

        init(_ dimension: FacetDimension) {
            self =
                switch dimension {
                case .institution: .institution
                case .country: .country
                case .field: .field
                case .eqf: .eqf
                case .credits: .credits
                case .language: .language
                case .mode: .mode
                case .type: .type
                case .skill: .skill
                case .quality: .quality
                case .recognisedBy: .recognised
                }
        }

        func line(_ value: String) -> String { "\(rawValue)\(value)" }
    }

    /// The values of one dimension, in no order.
    struct Values: Sendable {
        fileprivate(set) var names: [String] = []
        fileprivate(set) var sets: [ItemSet] = []
        fileprivate var places: [String: Int] = [:]

        subscript(name: String) -> ItemSet? { places[name].map { sets[$0] } }

        fileprivate mutating func insert(_ item: Int, at name: String) {
            let place: Int
            if let known = places[name] {
                place = known
            } else {
                place = names.count
                names.append(name)
                sets.append(ItemSet())
                places[name] = place
            }
            sets[place].insert(item)
        }

        /// Values that no item has are forgotten: an erased text may have had them.
        fileprivate mutating func remove(_ item: Int, at name: String) {
            guard let place = places[name] else { return }
            sets[place].remove(item)
            guard sets[place].count == 0 else { return }
            places[name] = nil
            let last = names.count - 1
            if place < last {
                names[place] = names[last]
                sets[place] = sets[last]
                places[names[place]] = place
            }
            names.removeLast()
            sets.removeLast()
        }
    }

    private var values: [Tag: Values] = [:]
    /// Every item that can be found.
    private(set) var all = ItemSet()
    /// Words of each item's title, by its number.
    private(set) var titleWords: [UInt8] = []

    subscript(tag: Tag) -> Values { values[tag] ?? Values() }

    /// Takes what an item was before out, and what it is now in; nil is nothing.
    mutating func replace(_ item: Int, _ old: IndexedItem?, by new: IndexedItem?) {
        for line in old?.lines ?? [] {
            if let (tag, value) = Self.parts(of: line) {
                values[tag, default: Values()].remove(item, at: value)
            }
        }
        for line in new?.lines ?? [] {
            if let (tag, value) = Self.parts(of: line) {
                values[tag, default: Values()].insert(item, at: value)
            }
        }
        guard let new else { return all.remove(item) }
        all.insert(item)
        while titleWords.count <= item { titleWords.append(0) }
        titleWords[item] = UInt8(clamping: new.titleWords)
    }

    /// Tags are one byte: a million items have twenty lines each, which are read as bytes.
    private static func parts(of line: String) -> (tag: Tag, value: String)? {
        guard let byte = line.utf8.first, let tag = tags[Int(byte)], tag != .hours else {
            return nil
        }
        return (tag, String(Substring(line.utf8.dropFirst())))
    }

    private static let tags: [Tag?] = (0...255).map {
        Tag(rawValue: Character(Unicode.Scalar(UInt8($0))))
    }
}

/// What the index says of one item.
struct IndexedItem: Sendable, Equatable {
    /// A tag and a value each.
    var lines: [String]
    var titleWords: Int
}
