package import Keys
import MemberRegistry

/// Names a leaf of any log: `<origin>#<index>@<leaf hash>` (protocol.md section 1).
package struct LeafReference: Hashable, Sendable {
    /// The log, `<domain>/eccoe/<epoch>`.
    package let origin: String
    /// The leaf's index.
    package let index: Int
    /// Its RFC 6962 leaf hash.
    package let hash: Digest

    /// A reference from its parts.
    package init(origin: String, index: Int, hash: Digest) {
        self.origin = origin
        self.index = index
        self.hash = hash
    }

    /// Reads a reference; nil for any other form.
    package init?(_ text: String) {
        guard let found = Self.scan(text) else { return nil }
        self.init(
            origin: String(decoding: text.utf8.prefix(found.originCount), as: UTF8.self),
            index: found.index, hash: found.hash)
    }

    /// Whether `text` is a reference: what every leaf of a log is asked.
    package static func isReference(_ text: String) -> Bool { scan(text) != nil }

    /// The written form.
    package var text: String { "\(origin)#\(index)@\(hash.hex)" }

    /// The institution that wrote the leaf.
    package var domain: String { String(origin.prefix { $0 != "/" }) }

    private static func scan(_ text: String) -> (originCount: Int, index: Int, hash: Digest)? {
        var text = text
        return text.withUTF8 { bytes in
            guard let mark = bytes.firstIndex(of: UInt8(ascii: "#")),
                let at = bytes[mark...].firstIndex(of: UInt8(ascii: "@")),
                isOrigin(UnsafeBufferPointer(rebasing: bytes[..<mark])),
                let index = decimal(bytes[(mark + 1)..<at]),
                let hash = Digest(hex: UnsafeBufferPointer(rebasing: bytes[(at + 1)...]))
            else { return nil }
            return (mark, index, hash)
        }
    }

    private static func isOrigin(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")),
            MemberDomain.isDomain(UnsafeBufferPointer(rebasing: bytes[..<slash]))
        else { return false }
        let name: StaticString = "/eccoe/"
        let end = slash + name.utf8CodeUnitCount
        guard end < bytes.count,
            (slash..<end).allSatisfy({ bytes[$0] == name.utf8Start[$0 - slash] }),
            let epoch = decimal(bytes[end...])
        else { return false }
        return epoch >= 1
    }

    /// A number from 0 on in its canonical form.
    private static func decimal(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else {
            return nil
        }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isBeyond) = product.addingReportingOverflow(Int(digit - 0x30))
            guard !isTooLarge, !isBeyond else { return nil }
            value = sum
        }
        return value
    }
}

/// What a `payload.erased` leaf asks for.
package enum Erasure {
    /// The leaves whose payloads it covers: only those of the institution that wrote it.
    package static func references(of leaf: Leaf, by domain: String) -> [LeafReference] {
        guard leaf.type == .payloadErased else { return [] }
        return leaf.references.compactMap { LeafReference($0) }.filter { $0.domain == domain }
    }
}
