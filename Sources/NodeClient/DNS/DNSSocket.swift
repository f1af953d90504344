import Foundation

/// A connected socket to one name server: the kernel drops whatever comes from elsewhere, and chooses
/// a port that nobody can guess.
final class DNSSocket {
    /// What the system said.
    struct SystemError: Error, CustomStringConvertible {
        let code: Int32

        var description: String {
            [EAGAIN, EWOULDBLOCK].contains(code)
                ? "no answer in time" : String(cString: strerror(code))
        }
    }

    private let descriptor: Int32
    private let isStream: Bool

    /// Connects.
    ///
    /// - Parameter seconds: how long each step may take.
    /// - Throws: `SystemError`.
    init(_ server: TXTLookup.Server, isStream: Bool, seconds: Int) throws(SystemError) {
        self.isStream = isStream
        guard let information = Self.information(server.address, server.port) else {
            throw SystemError(code: EINVAL)
        }
        defer { freeaddrinfo(information) }
        let kind = isStream ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue)
        descriptor = socket(
            information.pointee.ai_family, kind | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError(code: errno) }
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
        let connected = connect(
            descriptor, information.pointee.ai_addr, information.pointee.ai_addrlen)
        guard connected == 0 else { throw SystemError(code: errno) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether a text is an IPv4 or IPv6 address.
    static func isAddress(_ text: String) -> Bool {
        guard let information = information(text, 53) else { return false }
        freeaddrinfo(information)
        return true
    }

    /// Sends a message and reads the answer; over TCP each has its length before it (RFC 1035
    /// section 4.2.2).
    ///
    /// - Throws: `SystemError`.
    func exchange(_ message: [UInt8]) throws(SystemError) -> [UInt8] {
        guard isStream else {
            try send(message)
            return try receive(atMost: 65_535)
        }
        try send([UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message)
        let length = try receive(exactly: 2)
        return try receive(exactly: Int(length[0]) << 8 | Int(length[1]))
    }

    private func send(_ bytes: [UInt8]) throws(SystemError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemError(code: errno) }
            sent += count
        }
    }

    private func receive(exactly count: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try receive(atMost: count - bytes.count)
            guard !more.isEmpty else { throw SystemError(code: ECONNRESET) }
            bytes += more
        }
        return bytes
    }

    private func receive(atMost limit: Int) throws(SystemError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = buffer.withUnsafeMutableBytes {
            recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        guard count >= 0 else { throw SystemError(code: errno) }
        return Array(buffer.prefix(count))
    }

    /// An address in its numeric form only: no name is resolved.
    private static func information(
        _ address: String, _ port: UInt16
    ) -> UnsafeMutablePointer<addrinfo>? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        return getaddrinfo(address, String(port), &hints, &found) == 0 ? found : nil
    }
}
