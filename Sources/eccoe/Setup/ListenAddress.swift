import ArgumentParser
import Federation
import Foundation
import NodeClient

/// An address and port to listen on, as `127.0.0.1:8443` or `[::]:8443`.
struct ListenAddress: ExpressibleByArgument {
    let address: IPAddress
    let port: Int

    /// nil unless the text is an IP address and a port.
    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let address = IPAddress(String(argument[..<colon])),
            let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        self.init(address: address, port: Int(port))
    }

    private init(address: IPAddress, port: Int) {
        self.address = address
        self.port = port
    }

    var defaultValueDescription: String { text }

    /// As it is written in the configuration.
    var text: String {
        address.bytes.count == 16 ? "[\(address.text)]:\(port)" : "\(address.text):\(port)"
    }

    /// Below the ports that systems give to outgoing connections: none of them takes it before the
    /// daemon is started.
    private static let freePorts = 10_240...32_000

    /// The same address with a port that is free now, when the port is 0.
    ///
    /// - Throws: `CommandFailure` when the address is not one of this machine.
    func withFreePort() throws -> ListenAddress {
        guard port == 0 else { return self }
        for _ in 0..<100 {
            let candidate = ListenAddress(address: address, port: .random(in: Self.freePorts))
            switch candidate.bindingError() {
            case 0: return candidate
            case EADDRINUSE: continue
            case let code: throw CommandFailure(systemError: code, at: text)
            }
        }
        throw CommandFailure(systemError: EADDRINUSE, at: text)
    }

    /// What the system says against listening here; 0 when nothing.
    private func bindingError() -> Int32 {
        let isIPv6 = address.bytes.count == 16
        let descriptor = socket(
            isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var storage = Self.storage(of: address)
        let length = socklen_t(
            isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        )
        return withUnsafeMutablePointer(to: &storage) { pointer in
            // The port stands at the same place for both families (RFC 3493).
            pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                $0.pointee.sin_port = UInt16(port).bigEndian
            }
            return pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? 0 : errno
            }
        }
    }

    private static func storage(of address: IPAddress) -> sockaddr_storage {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { raw in
            let isIPv6 = address.bytes.count == 16
            raw.storeBytes(
                of: sa_family_t(isIPv6 ? AF_INET6 : AF_INET),
                toByteOffset: 0,
                as: sa_family_t.self
            )
            let offset =
                isIPv6
                ? MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)
                : MemoryLayout<sockaddr_in>.offset(of: \.sin_addr)
            raw[(offset ?? 4)...].copyBytes(from: address.bytes)
        }
        return storage
    }
}
