import Glibc

/// An IPv4 or IPv6 address, and whether the public Internet routes to it.
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]

    /// Reads the textual form, with or without the brackets of a URL; nil for anything else, such
    /// as the short and octal spellings that old resolvers accept.
    package init?(_ text: String) {
        let bare =
            text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, bare, &bytes) == 1 {
            self.bytes = Array(bytes.prefix(4))
        } else if inet_pton(AF_INET6, bare, &bytes) == 1 {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    /// An address from its bytes; nil unless there are 4 or 16.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// The textual form without brackets.
    package var text: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }

    /// Whether the address is a global unicast one that leads nowhere else: false for everything in
    /// the IANA special-purpose registries (RFC 6890), multicast and reserved space, and for IPv6
    /// forms that carry an IPv4 address inside.
    package var isGlobal: Bool {
        if bytes.count == 4 { return !Self.specialIPv4.contains { $0.covers(bytes) } }
        return Self.globalUnicast.covers(bytes) && !Self.specialIPv6.contains { $0.covers(bytes) }
    }

    private struct Prefix: Sendable {
        let bytes: [UInt8]
        let bits: Int

        init(_ bytes: [UInt8], _ bits: Int) {
            self.bytes = bytes
            self.bits = bits
        }

        func covers(_ address: [UInt8]) -> Bool {
            (0..<bits).allSatisfy { bit in
                let mask: UInt8 = 0x80 >> UInt8(bit % 8)
                let own = bit / 8 < bytes.count ? bytes[bit / 8] : 0
                return own & mask == address[bit / 8] & mask
            }
        }
    }

    private static let specialIPv4 = [
        Prefix([0], 8),  // this network
        Prefix([10], 8), Prefix([172, 16], 12), Prefix([192, 168], 16),  // private
        Prefix([100, 64], 10),  // carrier-grade NAT
        Prefix([127], 8),  // loopback
        Prefix([169, 254], 16),  // link-local, cloud metadata
        Prefix([192, 0, 0], 24),  // IETF protocol assignments
        Prefix([192, 0, 2], 24), Prefix([198, 51, 100], 24), Prefix([203, 0, 113], 24),  // examples
        Prefix([192, 88, 99], 24),  // 6to4 relays
        Prefix([198, 18], 15),  // benchmarks
        Prefix([224], 4),  // multicast
        Prefix([240], 4),  // reserved, broadcast
    ]

    /// Mapped, NAT64, unique local, link-local and multicast addresses all lie outside.
    private static let globalUnicast = Prefix([0x20], 3)

    private static let specialIPv6 = [
        Prefix([0x20, 0x01, 0x00], 23),  // IETF protocol assignments, Teredo, ORCHID, benchmarks
        Prefix([0x20, 0x01, 0x0d, 0xb8], 32), Prefix([0x3f, 0xff, 0x00], 20),  // documentation
        Prefix([0x20, 0x02], 16),  // 6to4
    ]
}

extension IPAddress: CustomStringConvertible {
    /// The textual form.
    package var description: String { text }
}
