import ArgumentParser
import CanonicalJSON
import Foundation
import Keys
import MemberRegistry
import NodeClient

/// Whether who asks to join controls the domain that it names (protocol.md section 5): the TXT record
/// `_eccoe.<domain>` shows the hash of the request. Without it the body checks by hand.
struct DomainControl: Equatable {
    /// What DNS says of it.
    enum State: Equatable {
        case shown
        /// No such record.
        case absent
        /// Records that are not this request's.
        case other([String])
        /// No name server could be asked; why.
        case unknown(String)
    }

    /// The name of the record.
    let name: String
    /// What it has to show.
    let expected: String
    let state: State

    /// Judges what was found.
    init(of request: RegistryRequest, _ finding: TXTLookup.Finding) {
        name = "_eccoe.\(request.document.domain)"
        expected = request.digest.hex
        switch finding {
        case .failed(let reason): state = .unknown(reason)
        case .texts(let texts):
            let words = texts.map { $0.lowercased().filter { !$0.isWhitespace } }
            state =
                words.contains(expected) ? .shown : texts.isEmpty ? .absent : .other(texts)
        }
    }

    /// For the operator, before anything is signed.
    var text: String {
        let byHand =
            "  Check by hand who controls the domain, such as by\n    dig +short TXT \(name)\n"
        switch state {
        case .shown: return "Control of the domain: shown by DNS, TXT \(name).\n"
        case .absent:
            return "Control of the domain: not shown, DNS has no TXT \(name).\n\(byHand)"
                + "  which would show \(expected).\n"
        case .other(let texts):
            let found = texts.prefix(4).map { PlainText.line(String($0.prefix(200))) }
            return "Control of the domain: NOT SHOWN, TXT \(name) is of another request:\n"
                + found.map { "    \($0)\n" }.joined() + "  This one's is \(expected).\n\(byHand)"
        case .unknown(let reason):
            return "Control of the domain: unknown, DNS could not be asked: "
                + "\(PlainText.line(reason)).\n\(byHand)  which must show \(expected).\n"
        }
    }

    /// {"name","expected","state","found"?,"reason"?}.
    var json: JSON {
        var object = JSONObject()
        object["name"] = .string(name)
        object["expected"] = .string(expected)
        switch state {
        case .shown: object["state"] = "shown"
        case .absent: object["state"] = "absent"
        case .other(let texts):
            object["state"] = "other"
            object["found"] = .array(texts.prefix(4).map { .string($0) })
        case .unknown(let reason):
            object["state"] = "unknown"
            object["reason"] = .string(reason)
        }
        return .object(object)
    }
}

/// Which name servers are asked.
struct NameServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Name server to ask about the domain (default: those of /etc/resolv.conf).",
            valueName: "address[:port]"))
    var dns: String?

    func validate() throws {
        if let dns, TXTLookup.Server(dns) == nil {
            throw ValidationError("--dns \(dns) is no address such as 192.0.2.53")
        }
    }

    /// Looks for the record of a request.
    func control(of request: RegistryRequest) -> DomainControl {
        let lookup =
            dns.flatMap { TXTLookup.Server($0) }.map { TXTLookup(servers: [$0]) }
            ?? TXTLookup(
                configuration: (try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8))
                    ?? "")
        return DomainControl(of: request, lookup.texts(of: "_eccoe.\(request.document.domain)"))
    }
}
