import Keys

/// Reads leaves in the form in which our own writer leaves them, without building a JSON value: a log
/// is folded leaf by leaf, and that is most of the cost.
///
/// Whatever it does not recognise it leaves to the general reader, which alone refuses.
struct LeafScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// The leaf; nil when these bytes are to be read in general.
    static func leaf(_ entry: [UInt8]) -> Leaf? {
        entry.withUnsafeBufferPointer { bytes in
            var scanner = LeafScanner(bytes: bytes)
            return scanner.leaf()
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The members stand in the order of their names, as RFC 8785 asks; all others are left to the
    /// general reader.
    private mutating func leaf() -> Leaf? {
        guard take("{\"at\":\""), let at = text().flatMap({ Instant($0) }) else { return nil }
        var commitment: Digest?
        var digest: Digest?
        var on: String?
        var payload: Digest?
        if take(",\"commitment\":\"") {
            guard let found = hex() else { return nil }
            commitment = found
        }
        if take(",\"digest\":\"sha256:") {
            guard let found = hex() else { return nil }
            digest = found
        }
        if take(",\"on\":\"") {
            guard let found = text() else { return nil }
            on = found
        }
        if take(",\"payload\":\"sha256:") {
            guard let found = hex() else { return nil }
            payload = found
        }
        guard var leaf = numbered(at) else { return nil }
        leaf.commitment = commitment
        leaf.digest = digest
        leaf.on = on
        leaf.payload = payload
        return leaf
    }

    /// The members from `previous` on.
    private mutating func numbered(_ at: Instant) -> Leaf? {
        var previous: Int?
        var references: [String] = []
        var revision: Int?
        var subject: String?
        var with: String?
        if take(",\"previous\":") {
            guard let found = integer() else { return nil }
            previous = found
        }
        if take(",\"refs\":[\"") {
            repeat {
                guard let found = text() else { return nil }
                references.append(found)
            } while take(",\"")
            guard take("]") else { return nil }
        }
        if take(",\"revision\":") {
            guard let found = integer() else { return nil }
            revision = found
        }
        if take(",\"subject\":\"") {
            guard let found = text() else { return nil }
            subject = found
        }
        guard take(",\"type\":\""), let type = text().flatMap(LeafType.init(rawValue:)),
            take(",\"v\":1")
        else { return nil }
        if take(",\"with\":\"") {
            guard let found = text() else { return nil }
            with = found
        }
        guard take("}"), position == bytes.count else { return nil }
        return Leaf(
            type: type, at: at, subject: subject, revision: revision, previous: previous,
            references: references, with: with)
    }

    private mutating func take(_ expected: StaticString) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[position + offset] != expected.utf8Start[offset] {
            return false
        }
        position += count
        return true
    }

    /// A string of ASCII without escapes, and its closing quote.
    private mutating func text() -> String? {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let found = String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                return found
            }
            guard (0x20...0x7e).contains(byte), byte != UInt8(ascii: "\\") else { return nil }
            position += 1
        }
        return nil
    }

    /// 64 lower-case hexadecimal digits, and the closing quote.
    private mutating func hex() -> Digest? {
        guard position + 65 <= bytes.count, bytes[position + 64] == UInt8(ascii: "\"") else {
            return nil
        }
        let digits = bytes[position..<(position + 64)]
        let digest = Digest(hex: UnsafeBufferPointer(rebasing: digits))
        position += 65
        return digest
    }

    /// A number from 0 on in its canonical form, of at most 15 digits.
    private mutating func integer() -> Int? {
        let start = position
        var value = 0
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            guard position - start < 15 else { return nil }
            value = value * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        let count = position - start
        guard count > 0, count == 1 || bytes[start] != 0x30 else { return nil }
        return value
    }
}
