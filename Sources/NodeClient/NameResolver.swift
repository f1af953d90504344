import Federation
import Glibc
import NIOPosix

/// The system's resolver, off the event loops and off the cooperative threads.
package enum NameResolver {
    /// All addresses of a host name.
    ///
    /// - Throws: `Problem` with slug `unreachable`.
    @Sendable
    package static func resolve(_ host: String) async throws -> [IPAddress] {
        try await NIOThreadPool.singleton.runIfActive { try lookUp(host) }
    }

    private static func lookUp(_ host: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        var addresses: [IPAddress] = []
        var next = status == 0 ? list : nil
        while let entry = next {
            if let address = address(of: entry.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        guard !addresses.isEmpty else {
            let reason = status == 0 ? "it has no address" : String(cString: gai_strerror(status))
            throw Problem(
                .unreachable,
                "the name \(host) does not resolve: \(reason)",
                at: host,
                try: "check the name and DNS, or name the host in outbound.allow"
            )
        }
        return addresses
    }

    private static func address(of entry: addrinfo) -> IPAddress? {
        let offset: Int
        let count: Int
        switch entry.ai_family {
        case AF_INET:
            (offset, count) = (MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 4, 4)
        case AF_INET6:
            (offset, count) = (MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 8, 16)
        default:
            return nil
        }
        let raw = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
        return raw.count >= offset + count
            ? IPAddress(bytes: Array(raw[offset..<(offset + count)])) : nil
    }
}
