import CanonicalJSON
import Federation
import Foundation
import Glibc

/// What came back from a socket: everything until the other side closed.
struct RawAnswer {
    let bytes: [UInt8]

    /// The answer as HTTP; nil when it is none.
    var response: PeerResponse? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else {
            return nil
        }
        let lines = String(decoding: bytes[..<start], as: UTF8.self).split(separator: "\r\n")
        let parts = lines.first?.split(separator: " ") ?? []
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            return nil
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.last?.trimmingCharacters(in: .whitespaces)
        }
        return PeerResponse(status: status, headers: headers, body: Array(bytes[(start + 4)...]))
    }

    /// The answers to requests that were sent one behind the other.
    var responses: [PeerResponse] {
        var responses: [PeerResponse] = []
        var rest = bytes
        while let first = RawAnswer(bytes: rest).response,
            let length = first.headers["content-length"].flatMap({ Int($0) }),
            length <= first.body.count
        {
            let body = Array(first.body.prefix(length))
            responses.append(
                PeerResponse(status: first.status, headers: first.headers, body: body))
            rest = Array(first.body.dropFirst(length))
        }
        return responses
    }

    /// The bytes of a request that asks for the end of the connection.
    static func request(_ method: String, _ path: String, body: [UInt8] = []) -> [UInt8] {
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + body
    }
}

/// Bytes straight into a socket, past every client that would mend them.
enum RawSocket {
    /// A connection that is kept open.
    final class Held {
        fileprivate let descriptor: Int32

        /// Connects to a Unix socket and sends.
        init(unix path: String, _ bytes: [UInt8]) throws {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            descriptor = try Self.connected(AF_UNIX, to: &address)
            send(bytes)
        }

        /// Connects to a TCP port of the loopback address and sends; `host` is the last number of
        /// the loopback address to come from.
        init(tcp port: Int, _ bytes: [UInt8], from host: UInt32 = 1) throws {
            var address = Self.loopback(1, port: port)
            descriptor = try Self.connected(
                AF_INET, to: &address, from: host == 1 ? nil : Self.loopback(host, port: 0))
            send(bytes)
        }

        private static func loopback(_ host: UInt32, port: Int) -> sockaddr_in {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = (0x7f00_0000 + host).bigEndian
            return address
        }

        deinit {
            close(descriptor)
        }

        private static func connected<Address>(
            _ family: Int32, to address: inout Address, from source: Address? = nil
        ) throws -> Int32 {
            let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
            if var source {
                let status = withUnsafeBytes(of: &source) { bytes in
                    bind(
                        descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                        socklen_t(bytes.count))
                }
                guard status == 0 else {
                    close(descriptor)
                    throw POSIXError(.EADDRNOTAVAIL)
                }
            }
            let status = withUnsafeBytes(of: &address) { bytes in
                connect(
                    descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                    socklen_t(bytes.count))
            }
            guard status == 0 else {
                close(descriptor)
                throw POSIXError(.ECONNREFUSED)
            }
            return descriptor
        }

        private func send(_ bytes: [UInt8]) {
            var sent = 0
            while sent < bytes.count {
                var state = pollfd(fd: descriptor, events: Int16(POLLIN | POLLOUT), revents: 0)
                // Who answers already has heard enough.
                guard poll(&state, 1, 60_000) == 1, state.revents == Int16(POLLOUT) else { return }
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(
                        descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                }
                guard count > 0 else { return }
                sent += count
            }
        }

        /// Says that nothing follows, and returns what comes until the other side closes.
        fileprivate func finish() throws -> RawAnswer {
            shutdown(descriptor, Int32(SHUT_WR))
            return try answer()
        }

        /// Returns what comes until the other side closes, without saying that nothing follows.
        func answer() throws -> RawAnswer {
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&state, 1, 60_000) == 1 else { throw POSIXError(.ETIMEDOUT) }
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return RawAnswer(bytes: answer) }
                answer += buffer.prefix(count)
            }
        }
    }

    /// Waits until the other side ends one of these connections, and returns its index.
    static func firstEnded(of connections: [Held]) throws -> Int {
        var states = connections.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        guard poll(&states, nfds_t(states.count), 60_000) > 0,
            let index = states.firstIndex(where: { $0.revents != 0 })
        else { throw POSIXError(.ETIMEDOUT) }
        return index
    }

    /// Sends to a Unix socket and returns what came back.
    static func unix(_ path: String, _ bytes: [UInt8]) throws -> RawAnswer {
        try Held(unix: path, bytes).finish()
    }

    /// Sends to a TCP port of the loopback address and returns what came back.
    static func tcp(_ port: Int, _ bytes: [UInt8]) throws -> RawAnswer {
        try Held(tcp: port, bytes).finish()
    }
}
