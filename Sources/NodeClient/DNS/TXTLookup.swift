import Foundation
import Keys

/// Asks the system's name servers for the TXT records of a name, as `dig TXT` would: over UDP, and
/// over TCP when the answer is too long for it. What comes back is as good as those servers are; it is
/// not secured by DNSSEC here.
package struct TXTLookup: Sendable {
    /// Where a name server listens.
    package struct Server: Sendable, Equatable, CustomStringConvertible {
        /// IPv4 or IPv6.
        package let address: String
        /// 53, unless it is a test's.
        package let port: UInt16

        /// A server.
        package init(address: String, port: UInt16 = 53) {
            self.address = address
            self.port = port
        }

        /// Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`; nil for
        /// anything else.
        package init?(_ text: String) {
            guard let read = Self.split(text), DNSSocket.isAddress(read.address) else { return nil }
            self.init(address: read.address, port: read.port)
        }

        private static func split(_ text: String) -> (address: String, port: UInt16)? {
            if text.hasPrefix("[") {
                guard let end = text.firstIndex(of: "]") else { return nil }
                let address = String(text[text.index(after: text.startIndex)..<end])
                let rest = text[text.index(after: end)...]
                if rest.isEmpty { return (address, 53) }
                guard rest.hasPrefix(":") else { return nil }
                return UInt16(rest.dropFirst()).map { (address, $0) }
            }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return (text, 53) }
            return UInt16(parts[1]).map { (String(parts[0]), $0) }
        }

        /// As `init?` reads it.
        package var description: String {
            let host = address.contains(":") ? "[\(address)]" : address
            return port == 53 ? address : "\(host):\(port)"
        }
    }

    /// What was found.
    package enum Finding: Sendable, Equatable {
        /// The texts of the records; none when there is no record, or no such name.
        case texts([String])
        /// No server gave an answer; why, for each.
        case failed(String)
    }

    /// Seconds that one server has for its answer.
    private static let patience = 2
    /// Servers that are asked at most.
    private static let most = 3

    private let servers: [Server]

    /// A lookup at these servers, in their order.
    package init(servers: [Server]) {
        self.servers = servers
    }

    /// A lookup at the system's servers: those that `/etc/resolv.conf` names (resolv.conf(5)).
    package init(configuration: String) {
        let lines = configuration.split(whereSeparator: \.isNewline)
        let named = lines.compactMap { line -> Server? in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            // An address of one link carries its interface behind a percent sign.
            return DNSSocket.isAddress(String(words[1])) ? Server(address: String(words[1])) : nil
        }
        self.init(servers: named.isEmpty ? [Server(address: "127.0.0.1")] : named)
    }

    /// Asks one server after the other until one answers.
    package func texts(of name: String) -> Finding {
        var reasons: [String] = []
        for server in servers.prefix(Self.most) {
            do {
                return .texts(try ask(server, name).map { String(decoding: $0, as: UTF8.self) })
            } catch { reasons.append("\(server): \(error)") }
        }
        return .failed(reasons.joined(separator: "; "))
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private func ask(_ server: Server, _ name: String) throws(Failure) -> [[UInt8]] {
        let random = SecureRandom.bytes(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        guard let question = DNSQuestion(id: random, name: name) else {
            throw Failure(description: "\(name) is no name in DNS")
        }
        for isStream in [false, true] {
            switch try exchange(question, server, isStream: isStream) {
            case .texts(let texts): return texts
            case .noSuchName: return []
            case .truncated: continue
            }
        }
        throw Failure(description: "the answer is cut off over TCP, too")
    }

    private func exchange(
        _ question: DNSQuestion, _ server: Server, isStream: Bool
    ) throws(Failure) -> DNSQuestion.Answer {
        do {
            let socket = try DNSSocket(server, isStream: isStream, seconds: Self.patience)
            return try question.answer(in: socket.exchange(question.bytes))
        } catch let malformed as DNSQuestion.Malformed {
            throw Failure(description: malformed.reason)
        } catch { throw Failure(description: "\(error)") }
    }
}
