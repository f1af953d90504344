import Federation
import Keys
import Synchronization

/// Members whose nodes do not say what they should.
final class Liars: Sendable {
    enum Kind: CaseIterable, Sendable {
        case silent, garbage, replaying
    }

    fileprivate struct State {
        var chance: SplitMix64
        var kinds: [String: Kind] = [:]
        var first: [String: PeerResponse] = [:]
        var overheard: [PeerRequest] = []
    }

    private static let memory = 64
    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(chance: SplitMix64(state: seed))) }

    /// Who lies from now on, and how.
    func set(_ kinds: [String: Kind]) {
        state.withLock { state in
            state.kinds = kinds
            if kinds.isEmpty { state.first = [:] }
        }
    }

    func isSilent(_ domain: String) -> Bool {
        state.withLock { $0.kinds[domain] == .silent }
    }

    var garbageSenders: [String] {
        state.withLock { $0.kinds.filter { $0.value != .silent }.keys.sorted() }
    }

    /// Keeps some requests, to send them again.
    func overhear(_ request: PeerRequest) {
        state.withLock { state in
            if state.overheard.count >= Self.memory { state.overheard.removeFirst() }
            state.overheard.append(request)
        }
    }

    /// What a member says in place of its node's answer.
    func told(
        _ honest: PeerResponse, to request: PeerRequest, by domain: String,
        counting faults: FaultCounter
    ) -> PeerResponse {
        state.withLock { state in
            switch state.kinds[domain] {
            case nil, .silent: return honest
            case .replaying:
                let key = domain + request.method + request.path.prefix { $0 != "?" }
                guard let before = state.first[key] else {
                    state.first[key] = honest
                    return honest
                }
                faults.count(.replayingPeer)
                return before
            case .garbage:
                faults.count(.garbagePeer)
                return state.garbage(honest)
            }
        }
    }

    /// A request that nobody should send: an old one to somebody else, or nonsense.
    func request(to peer: PeerAddress, counting faults: FaultCounter) -> PeerRequest {
        state.withLock { state in
            if let old = state.overheard.randomElement(using: &state.chance),
                Bool.random(using: &state.chance)
            {
                faults.count(.replaySent)
                return PeerRequest(
                    old.method, old.path, of: peer, headers: old.headers, body: old.body,
                    maximumBytes: old.maximumBytes)
            }
            faults.count(.garbageSent)
            let endpoint = Endpoint.allCases.randomElement(using: &state.chance) ?? .announce
            let path = endpoint.template.split(separator: "/").map { part in
                part.hasPrefix("{") ? Hex.encode(state.noise(upTo: 32)) : String(part)
            }
            return PeerRequest(
                endpoint.method, "/" + path.joined(separator: "/"), of: peer,
                body: state.noise(upTo: 2000), maximumBytes: 1 << 20)
        }
    }
}

extension Liars.State {
    fileprivate mutating func noise(upTo limit: Int) -> [UInt8] {
        (0..<Int.random(in: 0...limit, using: &chance)).map { _ in
            UInt8.random(in: .min ... .max, using: &chance)
        }
    }

    /// Noise, or the honest answer cut off, or with one bit turned.
    fileprivate mutating func garbage(_ honest: PeerResponse) -> PeerResponse {
        var body = honest.body
        switch Int.random(in: 0..<3, using: &chance) {
        case 0: body = noise(upTo: 4096)
        case 1: body.removeLast(Int.random(in: 0...body.count, using: &chance))
        default:
            if !body.isEmpty {
                body[Int.random(in: 0..<body.count, using: &chance)] ^=
                    1 << UInt8.random(in: 0..<8, using: &chance)
            }
        }
        return PeerResponse(status: honest.status, headers: honest.headers, body: body)
    }
}
