/// What a node lets others do to it (protocol section 8); an operator may choose other numbers.
package struct InboundLimits: Sendable, Hashable {
    /// Connections at a time.
    package var connections = 128
    /// Connections at a time from one address.
    package var connectionsPerAddress = 8
    /// Seconds from connecting, or from the first byte of a further request, to the end of its
    /// head: a TLS handshake counts.
    package var headerSeconds = 10
    /// Seconds from the end of the head to the end of the body.
    package var bodySeconds = 30
    /// Seconds from the end of the request until its answer is sent and taken.
    package var answerSeconds = 120
    /// Seconds that a connection may stay open between requests.
    package var idleSeconds = 60
    /// What a stranger's network may ask of what is no file.
    package var anonymous = TokenRate(perSecond: 1, burst: 20)
    /// What a member may ask.
    package var member = TokenRate(perSecond: 5, burst: 100)
    /// How often a member may have a larger tree of its log cosigned. A round costs the witness one
    /// write and one signature: 4 ms on a slow disk, so that one author has a fifth of it at most.
    package var rounds = TokenRate(perSecond: 50, burst: 200)

    /// The protocol's numbers.
    package init() {}
}

/// Whom the limits know.
package struct KnownAddresses: Sendable, Hashable {
    /// Exempt from limits by address: those of `outbound.allow`.
    package var exempt: Set<CallerAddress>
    /// Believed about for whom they ask.
    package var proxies: Set<CallerAddress>
    /// Where proxies say it.
    package var header: ForwardedHeader

    /// Addresses from their parts.
    package init(
        exempt: Set<CallerAddress> = [],
        proxies: Set<CallerAddress> = [],
        header: ForwardedHeader = .xForwardedFor
    ) {
        self.exempt = exempt
        self.proxies = proxies
        self.header = header
    }

    /// Who really asks: the hop nearest to this node that is no proxy of ours. A hop that is no
    /// address ends the search: then the proxy itself is the caller.
    ///
    /// - Parameters:
    ///   - peer: whoever is connected.
    ///   - field: the header's value.
    ///   - read: reads an address in its textual form.
    package func caller(
        peer: CallerAddress,
        field: String?,
        read: (String) -> CallerAddress?
    ) -> CallerAddress {
        var caller = peer
        for hop in header.hops(field ?? "") where proxies.contains(caller) {
            guard let address = read(hop) else { break }
            caller = address
        }
        return caller
    }
}

/// Counts who is connected.
package struct ConnectionTable: Sendable {
    private let limits: InboundLimits
    private let known: KnownAddresses
    private var perAddress: [CallerAddress: Int] = [:]
    /// Connections that are open.
    package private(set) var count = 0

    /// Nobody is connected.
    package init(_ limits: InboundLimits, known: KnownAddresses) {
        self.limits = limits
        self.known = known
    }

    /// Lets a connection in and counts it, or says which limit it is beyond.
    package mutating func open(_ address: CallerAddress) -> InboundRefusal? {
        guard count < limits.connections else { return .connections }
        let isCounted = !known.exempt.contains(address) && !known.proxies.contains(address)
        guard !isCounted || perAddress[address, default: 0] < limits.connectionsPerAddress else {
            return .connectionsPerAddress
        }
        count += 1
        perAddress[address, default: 0] += 1
        return nil
    }

    /// A connection that was let in has ended.
    package mutating func close(_ address: CallerAddress) {
        count -= 1
        let left = perAddress[address, default: 1] - 1
        perAddress[address] = left == 0 ? nil : left
    }
}

/// Which limit somebody ran into, for the metrics.
package enum InboundRefusal: String, Sendable, CaseIterable {
    case connections
    case connectionsPerAddress = "connections_per_address"
    case header
    case body
    case answer
    case anonymousRate = "anonymous_rate"
    case memberRate = "member_rate"
    case roundRate = "round_rate"
}

/// The buckets of everybody who asks. Times are milliseconds of any clock that runs forward.
package struct RequestAdmission: Sendable {
    /// Networks and members that are remembered at a time.
    private static let capacity = 4096

    private var networks: TokenBuckets<[UInt8]>
    private var members: TokenBuckets<String>
    private var rounds: TokenBuckets<String>
    private let exempt: Set<CallerAddress>

    /// Full buckets for everybody.
    package init(_ limits: InboundLimits, known: KnownAddresses) {
        networks = TokenBuckets(limits.anonymous, capacity: Self.capacity)
        members = TokenBuckets(limits.member, capacity: Self.capacity)
        rounds = TokenBuckets(limits.rounds, capacity: Self.capacity)
        exempt = known.exempt
    }

    /// Milliseconds that an address must wait before it may ask, without charging it.
    package func wait(address: CallerAddress, at now: Int64) -> Int {
        exempt.contains(address) ? 0 : networks.wait(address.network, at: now)
    }

    /// Charges an address for a request, unless it must wait for so many milliseconds.
    package mutating func charge(address: CallerAddress, at now: Int64) -> Int {
        exempt.contains(address) ? 0 : networks.take(address.network, at: now)
    }

    /// Milliseconds that a member must wait before it may ask, without charging it.
    package func wait(member: String, at now: Int64) -> Int {
        members.wait(member, at: now)
    }

    /// Charges a member for a request, unless it must wait for so many milliseconds.
    package mutating func charge(member: String, at now: Int64) -> Int {
        members.take(member, at: now)
    }

    /// Milliseconds that a member must wait before its log's next round, without charging it.
    package func wait(roundOf member: String, at now: Int64) -> Int {
        rounds.wait(member, at: now)
    }

    /// Charges a member for a round of its log, unless it must wait for so many milliseconds.
    package mutating func charge(roundOf member: String, at now: Int64) -> Int {
        rounds.take(member, at: now)
    }
}
