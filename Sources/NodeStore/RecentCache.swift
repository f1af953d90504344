/// The values that were asked for lately, at most twice `capacity` of them: two generations, of which the
/// older is dropped when the younger is full.
package struct RecentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let capacity: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// An empty one; a generation holds `capacity` values.
    package init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// How many are held.
    package var count: Int { young.count + old.count }

    /// The value of a key; nil when it is not held.
    package subscript(key: Key) -> Value? {
        mutating get {
            if let value = young[key] { return value }
            guard let value = old.removeValue(forKey: key) else { return nil }
            insert(value, for: key)
            return value
        }
        set {
            old[key] = nil
            if let newValue { insert(newValue, for: key) } else { young[key] = nil }
        }
    }

    private mutating func insert(_ value: Value, for key: Key) {
        if young.count >= capacity, young[key] == nil {
            old = young
            young = [:]
        }
        young[key] = value
    }
}
