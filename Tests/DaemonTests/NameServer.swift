import Foundation
import Glibc
import Synchronization

/// A name server of a test's own on a loopback port, over UDP and TCP.
final class NameServer: Sendable {
    /// What it does with a question; nil: nothing.
    typealias Rule = @Sendable (_ question: [UInt8], _ isStream: Bool) -> [UInt8]?

    let port: UInt16
    private let sockets: [Int32]
    private let rule: Mutex<Rule>
    private let count = Mutex(0)

    /// Questions so far.
    var questions: Int { count.withLock { $0 } }

    init(_ rule: @escaping Rule) throws {
        self.rule = Mutex(rule)
        let datagrams = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        let streams = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        sockets = [datagrams, streams]
        port = try Self.bind(datagrams, to: 0)
        _ = try Self.bind(streams, to: port)
        guard listen(streams, 8) == 0 else { throw POSIXError(.EADDRINUSE) }
        for (descriptor, isStream) in [(datagrams, false), (streams, true)] {
            Thread { [weak self] in
                while let self, self.serve(descriptor, isStream: isStream) {}
            }.start()
        }
    }

    deinit { stop() }

    /// Ends it; whoever waits for a question wakes up.
    func stop() {
        for descriptor in sockets { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// From now on it does something else.
    func answer(_ new: @escaping Rule) { rule.withLock { $0 = new } }

    /// The answer with these TXT records, each of at most 255 bytes.
    static func answer(to question: [UInt8], texts: [String]) -> [UInt8] {
        var answer =
            Array(question.prefix(2)) + [0x81, 0x80, 0, 1, 0, UInt8(texts.count), 0, 0, 0, 0]
        answer += question[12...]
        for text in texts {
            let data = [UInt8(text.utf8.count)] + Array(text.utf8)
            answer += [0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
        }
        return answer
    }

    private static func bind(_ descriptor: Int32, to port: UInt16) throws -> UInt16 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.bind(descriptor, address, size) == 0
                    ? getsockname(descriptor, address, &size) : -1
            }
        }
        guard result == 0 else { throw POSIXError(.EADDRINUSE) }
        return UInt16(bigEndian: address.sin_port)
    }

    private func reply(_ question: [UInt8], isStream: Bool) -> [UInt8]? {
        count.withLock { $0 += 1 }
        return rule.withLock { $0 }(question, isStream)
    }

    private func serve(_ descriptor: Int32, isStream: Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1024)
        guard isStream else {
            var caller = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            return withUnsafeMutablePointer(to: &caller) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { caller in
                    let length = recvfrom(descriptor, &buffer, buffer.count, 0, caller, &size)
                    guard length > 0 else { return false }
                    if let answer = reply(Array(buffer.prefix(length)), isStream: false) {
                        sendto(descriptor, answer, answer.count, 0, caller, size)
                    }
                    return true
                }
            }
        }
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return false }
        defer { close(connection) }
        let length = recv(connection, &buffer, buffer.count, 0)
        guard length > 2, let answer = reply(Array(buffer[2..<length]), isStream: true) else {
            return true
        }
        let message = [UInt8(answer.count >> 8), UInt8(answer.count & 0xff)] + answer
        Glibc.send(connection, message, message.count, Int32(MSG_NOSIGNAL))
        return true
    }
}
