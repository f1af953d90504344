import Federation
import Testing

@Suite struct `A token bucket` {
    private let rate = TokenRate(perSecond: 1, burst: 20)

    @Test func `gives its burst and then waits for each further token`() {
        var bucket = TokenBucket(rate, at: 0)
        for _ in 1...20 { #expect(bucket.take(at: 0) == 0) }
        #expect(bucket.take(at: 0) == 1000)
        #expect(bucket.take(at: 1) == 999)
        #expect(bucket.take(at: 999) == 1)
        #expect(bucket.take(at: 1000) == 0)
        #expect(bucket.take(at: 1000) == 1000)
        #expect(bucket.take(at: 2500) == 0)
        #expect(bucket.take(at: 2500) == 500)
    }

    @Test func `fills up to its burst and no further`() {
        var bucket = TokenBucket(rate, at: 0)
        for _ in 1...20 { _ = bucket.take(at: 0) }
        #expect(!bucket.isFull(at: 19_999))
        #expect(bucket.isFull(at: 20_000))
        for _ in 1...20 { #expect(bucket.take(at: .max) == 0) }
        #expect(bucket.take(at: .max) == 1000)
    }

    @Test func `takes a clock that goes back for one that stands`() {
        var bucket = TokenBucket(TokenRate(perSecond: 5, burst: 1), at: 1000)
        #expect(bucket.take(at: 1000) == 0)
        #expect(bucket.take(at: 0) == 200)
        #expect(bucket.wait(at: .min) == 200)
        #expect(bucket.take(at: 1200) == 0)
    }

    @Test func `rounds its waits up`() {
        var bucket = TokenBucket(TokenRate(perSecond: 3, burst: 1), at: 0)
        #expect(bucket.take(at: 0) == 0)
        #expect(bucket.wait(at: 0) == 334)
        #expect(bucket.wait(at: 333) == 1)
        #expect(bucket.wait(at: 334) == 0)
    }

    @Test func `of nothing at all is one of one`() {
        #expect(TokenRate(perSecond: 0, burst: -1) == TokenRate(perSecond: 1, burst: 1))
    }
}

@Suite struct `A table of token buckets` {
    private let rate = TokenRate(perSecond: 1, burst: 2)

    @Test func `keeps callers apart`() {
        var table = TokenBuckets<String>(rate, capacity: 10)
        #expect(table.take("a", at: 0) == 0)
        #expect(table.take("a", at: 0) == 0)
        #expect(table.take("a", at: 0) == 1000)
        #expect(table.take("b", at: 0) == 0)
        #expect(table.wait("a", at: 0) == 1000)
        #expect(table.wait("nobody", at: 0) == 0)
        #expect(table.count == 2)
    }

    @Test func `forgets whoever has a full bucket first`() {
        var table = TokenBuckets<Int>(rate, capacity: 3)
        for caller in 1...3 { _ = table.take(caller, at: Int64(caller) * 1000) }
        _ = table.take(1, at: 3000)
        _ = table.take(1, at: 3000)
        // At 3,500 ms the bucket of 2 is full again, those of 1 and 3 are not.
        _ = table.take(4, at: 3500)
        #expect(table.count == 3)
        #expect(table.wait(1, at: 3500) == 500)
    }

    @Test func `never grows beyond its capacity`() {
        var table = TokenBuckets<Int>(rate, capacity: 100)
        for caller in 0..<10_000 {
            _ = table.take(caller, at: Int64(caller) / 100)
            _ = table.take(caller, at: Int64(caller) / 100)
            #expect(table.count <= 100)
        }
        // The last ones are remembered, and must wait.
        #expect(table.wait(9_999, at: 99) == 1000)
        #expect(table.wait(0, at: 99) == 0)
    }
}

@Suite struct `A caller's address` {
    static func address(_ bytes: UInt8...) throws -> CallerAddress {
        try #require(CallerAddress(bytes: bytes))
    }

    @Test func `is one of its network`() throws {
        let a = try Self.address(192, 0, 2, 1)
        #expect(a.network == [192, 0, 2])
        #expect(try Self.address(192, 0, 2, 255).network == a.network)
        #expect(try Self.address(192, 0, 3, 1).network != a.network)
        let b: [UInt8] = [0x20, 1, 0xd, 0xb8, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0, 1]
        #expect(try #require(CallerAddress(bytes: b)).network == [0x20, 1, 0xd, 0xb8, 0, 0, 1])
    }

    @Test func `is the same whether it came mapped or not`() throws {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]
        #expect(try CallerAddress(bytes: mapped) == Self.address(192, 0, 2, 1))
        #expect(CallerAddress(bytes: [1, 2, 3]) == nil && CallerAddress(bytes: []) == nil)
    }

    @Test(arguments: [
        (ForwardedHeader.xForwardedFor, "192.0.2.1", ["192.0.2.1"]),
        (.xForwardedFor, "192.0.2.1, 10.0.0.1", ["10.0.0.1", "192.0.2.1"]),
        (.xForwardedFor, " 192.0.2.1:4711 ,\t[2001:db8::1]:80", ["2001:db8::1", "192.0.2.1"]),
        (.xForwardedFor, "2001:db8::1", ["2001:db8::1"]), (.xForwardedFor, "", [""]),
        (.xForwardedFor, "unknown,", ["", "unknown"]),
        (.forwarded, "for=192.0.2.1", ["192.0.2.1"]),
        (
            .forwarded, "for=192.0.2.1;proto=https, by=x; For=\"[2001:db8::1]:4711\"",
            ["2001:db8::1", "192.0.2.1"]
        ),
        (.forwarded, "for=_hidden, proto=http, for=unknown", ["unknown", "", "_hidden"]),
    ])
    func `is read from what a proxy says`(
        _ header: ForwardedHeader, _ field: String, _ hops: [String]
    ) {
        #expect(header.hops(field) == hops)
    }

    /// Names stand for addresses here.
    private func read(_ text: String) -> CallerAddress? {
        let known: [String: UInt8] = ["client": 1, "proxy": 2, "proxy2": 3, "liar": 4]
        return known[text].flatMap { CallerAddress(bytes: [192, 0, 2, $0]) }
    }

    @Test(arguments: [
        ("proxy", "client", "client"), ("proxy", "client, proxy2", "client"),
        ("proxy", "liar, client, proxy2", "client"), ("proxy", "liar, client", "client"),
        ("proxy", "proxy2", "proxy2"), ("proxy", nil, "proxy"), ("proxy", "", "proxy"),
        ("proxy", "client, unknown", "proxy"), ("proxy", "client, unknown, proxy2", "proxy2"),
        ("client", "liar", "client"), ("client", "proxy", "client"),
    ])
    func `is the nearest hop that is no proxy of ours`(
        _ peer: String, _ field: String?, _ expected: String
    ) throws {
        let known = KnownAddresses(
            proxies: [try #require(read("proxy")), try #require(read("proxy2"))])
        let caller = known.caller(peer: try #require(read(peer)), field: field, read: read)
        #expect(caller == read(expected))
    }
}

@Suite struct `A table of connections` {
    private let limits: InboundLimits
    private let exempt: CallerAddress
    private let proxy: CallerAddress

    init() throws {
        var limits = InboundLimits()
        limits.connections = 20
        self.limits = limits
        exempt = try `A caller's address`.address(127, 0, 0, 1)
        proxy = try `A caller's address`.address(127, 0, 0, 9)
    }

    private func table() -> ConnectionTable {
        ConnectionTable(limits, known: KnownAddresses(exempt: [exempt], proxies: [proxy]))
    }

    @Test func `lets 8 in from one address, and as many again from the next`() throws {
        var table = table()
        let a = try `A caller's address`.address(192, 0, 2, 1)
        let b = try `A caller's address`.address(192, 0, 2, 2)
        for _ in 1...8 { #expect(table.open(a) == nil) }
        #expect(table.open(a) == .connectionsPerAddress)
        for _ in 1...8 { #expect(table.open(b) == nil) }
        table.close(a)
        #expect(table.open(a) == nil)
        #expect(table.open(a) == .connectionsPerAddress)
        #expect(table.count == 16)
    }

    @Test func `lets so many in at all, the exempt included`() throws {
        var table = table()
        for _ in 1...10 { #expect(table.open(exempt) == nil) }
        for _ in 1...10 { #expect(table.open(proxy) == nil) }
        #expect(table.open(exempt) == .connections)
        table.close(proxy)
        #expect(table.open(exempt) == nil)
    }

    @Test func `counts to nothing again`() throws {
        var table = table()
        for round in 1...3 {
            for _ in 1...8 { #expect(table.open(exempt) == nil, "\(round)") }
            for _ in 1...8 { table.close(exempt) }
            #expect(table.count == 0)
        }
    }
}

@Suite struct `The admission of requests` {
    @Test func `counts networks and members apart, and exempt addresses not`() throws {
        let exempt = try `A caller's address`.address(127, 0, 0, 1)
        let a = try `A caller's address`.address(192, 0, 2, 1)
        let b = try `A caller's address`.address(192, 0, 2, 2)
        var admission = RequestAdmission(InboundLimits(), known: KnownAddresses(exempt: [exempt]))
        for _ in 1...10 {
            #expect(admission.charge(address: a, at: 0) == 0)
            #expect(admission.charge(address: b, at: 0) == 0)
        }
        #expect(admission.charge(address: a, at: 0) == 1000)
        #expect(admission.wait(address: b, at: 0) == 1000)
        for _ in 1...1000 { #expect(admission.charge(address: exempt, at: 0) == 0) }
        for _ in 1...100 { #expect(admission.charge(member: "uni-a.example", at: 0) == 0) }
        #expect(admission.wait(member: "uni-a.example", at: 0) == 200)
        #expect(admission.charge(member: "uni-b.example", at: 0) == 0)
    }

    @Test func `counts the rounds of a log apart from its member's requests`() {
        var admission = RequestAdmission(InboundLimits(), known: KnownAddresses())
        let (a, b) = ("uni-a.example", "uni-b.example")
        for _ in 1...100 { #expect(admission.charge(member: a, at: 0) == 0) }
        #expect(admission.charge(member: a, at: 0) == 200)
        for _ in 1...200 { #expect(admission.charge(roundOf: a, at: 0) == 0) }
        #expect(admission.wait(roundOf: a, at: 0) == 20)
        #expect(admission.charge(roundOf: a, at: 0) == 20)
        #expect(admission.charge(roundOf: b, at: 0) == 0)
        #expect(admission.charge(roundOf: a, at: 19) == 1)
        #expect(admission.charge(roundOf: a, at: 20) == 0)
        #expect(admission.charge(roundOf: a, at: 20) == 20)
        for step in 1...500 { #expect(admission.charge(roundOf: b, at: Int64(step) * 20) == 0) }
        #expect(admission.charge(member: b, at: 0) == 0)
    }
}

@Suite struct `The deadlines of an exchange` {
    private let limits = InboundLimits()

    @Test func `end a connection on which nothing is asked`() {
        let deadlines = ExchangeDeadlines(limits, at: 500)
        #expect(deadlines.deadline == 10_500)
        #expect(deadlines.expiry(at: 10_499) == nil)
        #expect(deadlines.expiry(at: 10_500) == .close(.header))
    }

    @Test func `are not put off by a byte now and then`() {
        var deadlines = ExchangeDeadlines(limits, at: 0)
        for time in stride(from: Int64(0), to: 10_000, by: 1000) { deadlines.bytesRead(at: time) }
        #expect(deadlines.expiry(at: 10_000) == .close(.header))
        deadlines.headRead(at: 9999)
        for time in stride(from: Int64(10_000), to: 39_000, by: 1000) {
            deadlines.bytesRead(at: time)
        }
        #expect(deadlines.expiry(at: 39_998) == nil)
        #expect(deadlines.expiry(at: 39_999) == .timeout)
    }

    @Test func `hang up on a body that drips on after its answer`() {
        var deadlines = ExchangeDeadlines(limits, at: 0)
        deadlines.headRead(at: 0)
        deadlines.answerBegun()
        deadlines.answerSent(at: 10)
        #expect(deadlines.expiry(at: 29_999) == nil)
        #expect(deadlines.expiry(at: 30_000) == .close(.body))
    }

    @Test func `end an answer that nobody takes`() {
        var deadlines = ExchangeDeadlines(limits, at: 0)
        deadlines.headRead(at: 0)
        deadlines.requestRead(at: 5)
        deadlines.answerBegun()
        #expect(deadlines.expiry(at: 120_004) == nil)
        #expect(deadlines.expiry(at: 120_005) == .close(.answer))
    }

    @Test func `let a connection idle, and give the next head its time`() {
        var deadlines = ExchangeDeadlines(limits, at: 0)
        deadlines.headRead(at: 1)
        deadlines.requestRead(at: 1)
        deadlines.answerBegun()
        deadlines.answerSent(at: 100)
        #expect(deadlines.deadline == 60_100)
        #expect(deadlines.expiry(at: 60_100) == .close(nil))
        deadlines.bytesRead(at: 200)
        deadlines.bytesRead(at: 300)
        #expect(deadlines.deadline == 10_200)
        deadlines.headRead(at: 400)
        #expect(deadlines.expiry(at: 30_400) == .timeout)
    }

    @Test func `know requests that were sent before the last answer`() {
        var deadlines = ExchangeDeadlines(limits, at: 0)
        for _ in 1...2 {
            deadlines.headRead(at: 0)
            deadlines.requestRead(at: 0)
        }
        deadlines.answerBegun()
        deadlines.answerSent(at: 10)
        #expect(deadlines.deadline == 120_000)
        deadlines.answerSent(at: 20)
        #expect(deadlines.deadline == 60_020)
    }
}
