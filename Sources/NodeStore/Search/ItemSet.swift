/// Numbers of items: a sorted list while there are few, bits when that takes less room.
struct ItemSet: Sendable {
    private enum Form {
        case few([UInt32])
        case many([UInt64])
    }

    private var form = Form.few([])
    private(set) var count = 0

    /// Adds an item; quickest for one beyond all others.
    mutating func insert(_ item: Int) {
        switch form {
        case .few(var items):
            // The array must be held once while it grows.
            form = .few([])
            let number = UInt32(item)
            let place = Self.place(of: number, in: items)
            if place == items.count || items[place] != number {
                items.insert(number, at: place)
                count += 1
            }
            let isMany = items.count > 64 && items.count > Int(items.last ?? 0) / 32
            form = isMany ? .many(Self.bits(of: items)) : .few(items)
        case .many(var words):
            form = .few([])
            while words.count <= item >> 6 { words.append(0) }
            let bit = UInt64(1) << UInt64(item & 63)
            if words[item >> 6] & bit == 0 { count += 1 }
            words[item >> 6] |= bit
            form = .many(words)
        }
    }

    mutating func remove(_ item: Int) {
        switch form {
        case .few(var items):
            form = .few([])
            let place = Self.place(of: UInt32(item), in: items)
            if place < items.count, items[place] == UInt32(item) {
                items.remove(at: place)
                count -= 1
            }
            form = .few(items)
        case .many(var words):
            form = .few([])
            let bit = UInt64(1) << UInt64(item & 63)
            if item >> 6 < words.count, words[item >> 6] & bit != 0 {
                words[item >> 6] &= ~bit
                count -= 1
            }
            form = .many(words)
        }
    }

    /// How many of these are among those.
    func count(in found: FoundItems) -> Int {
        switch form {
        case .few(let items):
            found.words.withUnsafeBufferPointer { words in
                items.reduce(0) { sum, item in
                    let place = Int(item >> 6)
                    guard place < words.count else { return sum }
                    return sum + Int(words[place] >> UInt64(item & 63) & 1)
                }
            }
        case .many(let own):
            own.withUnsafeBufferPointer { own in
                found.words.withUnsafeBufferPointer { words in
                    var sum = 0
                    for place in 0..<min(own.count, words.count) {
                        sum += (own[place] & words[place]).nonzeroBitCount
                    }
                    return sum
                }
            }
        }
    }

    /// Adds these to those.
    func unite(into found: inout FoundItems) {
        switch form {
        case .few(let items): for item in items { found.insert(Int(item)) }
        case .many(let own):
            found.grow(to: own.count)
            for place in own.indices { found.words[place] |= own[place] }
        }
    }

    private static func place(of number: UInt32, in items: [UInt32]) -> Int {
        guard let last = items.last, last >= number else { return items.count }
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if items[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func bits(of items: [UInt32]) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: Int(items.last ?? 0) >> 6 + 1)
        for item in items { words[Int(item >> 6)] |= 1 << UInt64(item & 63) }
        return words
    }
}

/// What a search has found: a bit an item.
struct FoundItems: Sendable {
    fileprivate(set) var words: [UInt64] = []

    init() {}

    init(_ set: ItemSet) { set.unite(into: &self) }

    /// How many.
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    func contains(_ item: Int) -> Bool {
        item >> 6 < words.count && words[item >> 6] >> UInt64(item & 63) & 1 == 1
    }

    mutating func insert(_ item: Int) {
        if item >> 6 >= words.count { grow(to: item >> 6 + 1) }
        words[item >> 6] |= 1 << UInt64(item & 63)
    }

    /// Keeps what is among the others.
    mutating func intersect(_ other: FoundItems) {
        if words.count > other.words.count { words.removeLast(words.count - other.words.count) }
        for place in words.indices { words[place] &= other.words[place] }
    }

    /// Drops what is among the others.
    mutating func subtract(_ other: FoundItems) {
        for place in 0..<min(words.count, other.words.count) { words[place] &= ~other.words[place] }
    }

    /// Whether any is among the others.
    func intersects(_ other: FoundItems) -> Bool {
        zip(words, other.words).contains { $0 & $1 != 0 }
    }

    /// The items from the lowest number to the highest.
    var items: [Int] {
        var items: [Int] = []
        for (place, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                items.append(place << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return items
    }

    fileprivate mutating func grow(to count: Int) {
        guard count > words.count else { return }
        words.append(contentsOf: repeatElement(0, count: count - words.count))
    }
}
