import Federation
import Keys
import Logging
import MemberRegistry
package import NodeStore
import Synchronization

/// The quotas of the own log and of the copies.
///
/// Owns: each as it stands, in memory. `node.sqlite` has those that were ever used, as of at most ten
/// minutes ago; after a crash the leaves since then are counted from the log's size, the payloads are
/// forgotten.
package final class Quotas: Sendable {
    /// Seconds after which a change is worth a write.
    private static let writeStep: Int64 = 600

    private struct Account {
        var quota: LogQuota
        var underWay = (leaves: 0, bytes: 0)
        /// As it was written down, or made: a start would make the same again.
        var known: LogQuota.Record
        var isWritten: Bool

        init(_ quota: LogQuota, isWritten: Bool) {
            self.quota = quota
            known = quota.record
            self.isWritten = isWritten
        }

        /// Notes that it is written down, when that is worth it: at its first use, and later when
        /// it has changed.
        mutating func becomesWritten(at now: Instant) -> Bool {
            var record = quota.record
            record.time = known.time
            guard record != known, !isWritten || now - known.time >= Quotas.writeStep else {
                return false
            }
            known = quota.record
            isWritten = true
            return true
        }
    }

    private let database: NodeDatabase
    private let accounts = Mutex<[String: Account]>([:])

    /// What the database holds is read when a log is asked about first.
    package init(_ database: NodeDatabase) {
        self.database = database
    }

    /// Looks at a log now, and does something with its account.
    private func account<Value>(
        of log: LogStore, isNewcomer: Bool, at now: Instant, _ body: (inout Account) -> Value
    ) throws -> Value {
        let (value, due) = try accounts.withLock { accounts in
            var account =
                try accounts[log.origin]
                ?? database.quota(of: log.origin).map { Account($0, isWritten: true) }
                ?? Account(LogQuota(size: log.size, at: now), isWritten: false)
            account.quota.observe(size: log.size, isNewcomer: isNewcomer, at: now)
            let value = body(&account)
            let isDue = account.becomesWritten(at: now)
            accounts[log.origin] = account
            return (value, isDue ? account.quota : nil)
        }
        if let due { try keep(due, of: log.origin) }
        return value
    }

    /// A full disk costs the memory across a restart, nothing else.
    private func keep(_ quota: LogQuota, of origin: String) throws {
        do { try database.keep(quota, of: origin) } catch  where StoreFault(of: error) == .full {}
    }

    /// Reserves room for what is about to be appended; `release` ends it.
    ///
    /// - Returns: seconds until there is room; 0 when it was reserved.
    /// - Throws: what the database throws.
    func reserve(
        leaves: Int, bytes: Int, of log: LogStore, isNewcomer: Bool, at now: Instant
    ) throws -> Int64 {
        try account(of: log, isNewcomer: isNewcomer, at: now) { account in
            let wait = account.quota.wait(
                leaves: account.underWay.leaves + leaves, bytes: account.underWay.bytes + bytes,
                isNewcomer: isNewcomer)
            guard wait == 0 else { return wait }
            account.underWay.leaves += leaves
            account.underWay.bytes += bytes
            return 0
        }
    }

    /// What was reserved is written, or is not.
    func release(leaves: Int, bytes: Int, of origin: String, isWritten: Bool) {
        accounts.withLock { accounts in
            accounts[origin]?.underWay.leaves -= leaves
            accounts[origin]?.underWay.bytes -= bytes
            if isWritten { accounts[origin]?.quota.spend(bytes: bytes) }
        }
    }

    /// Payloads of a copy were taken.
    func took(bytes: Int, of origin: String) {
        accounts.withLock { $0[origin]?.quota.spend(bytes: bytes) }
    }

    /// The quota of a log as of now.
    func quota(of log: LogStore, isNewcomer: Bool, at now: Instant) throws -> LogQuota {
        try account(of: log, isNewcomer: isNewcomer, at: now) { $0.quota }
    }
}

extension Node {
    /// Whether a member was registered so lately that it may write more than others.
    func isNewcomer(_ domain: String, at now: Instant) -> Bool {
        let events = registry.current?.member(domain)?.document.events ?? []
        guard let registered = events.first(where: { $0.event == .registration })?.at else {
            return false
        }
        return now - registered < LogQuota.newcomerSeconds
    }

    /// Appends to the own log what its quota has room for.
    ///
    /// - Throws: `Problem` `rate-limited`, which says when it goes on, and what the writer throws.
    func appendWithinQuota(_ request: AppendRequest) async throws -> Sequencer.Acknowledgement {
        guard let log = logs.own else { return try await writer.append(request) }
        let leaves = request.drafts.count
        let bytes = request.drafts.reduce(0) { $0 + ($1.payload?.count ?? 0) }
        let now = time.now()
        let wait = try quotas.reserve(
            leaves: leaves, bytes: bytes, of: log,
            isNewcomer: isNewcomer(identity.domain, at: now), at: now)
        guard wait == 0 else {
            throw Problem(
                .rateLimited,
                "\(log.origin) has used up its quota of \(LogQuota.leavesADay) entries a day and "
                    + "\(LogQuota.payloadBytesAMonth >> 20) MiB of payloads in 30 days: other nodes "
                    + "would not take more",
                at: "log quota",
                try: "nothing was written; send the same again from \(now + wait) on")
        }
        var isWritten = false
        defer {
            quotas.release(leaves: leaves, bytes: bytes, of: log.origin, isWritten: isWritten)
        }
        let done = try await writer.append(request)
        isWritten = true
        return done
    }

    /// Whether payloads of a log are taken: always of the own one, and of a copy within its quota.
    func takesPayloads(of log: LogStore) throws -> Bool {
        guard ViewFolder.domain(of: log.origin) != identity.domain else { return true }
        let excess = try quota(of: log, at: time.now()).excess
        guard excess > 0 else { return true }
        logger.warning(
            "a log is beyond its quota: its payloads are not fetched for now",
            metadata: ["origin": "\(log.origin)", "seconds": "\(excess)"])
        return false
    }

    /// Charges payloads to a copy, but for those that its log had when it was seen first.
    func charge(
        _ payloads: [(digest: Digest, bytes: [UInt8])],
        wanted: [(index: Int, digest: Digest)],
        to log: LogStore
    ) throws {
        let base = try quota(of: log, at: time.now()).record.base
        let charged = Set(wanted.lazy.filter { $0.index >= base }.map(\.digest))
        guard !charged.isEmpty else { return }
        let bytes = payloads.lazy.filter { charged.contains($0.digest) }
            .reduce(0) { $0 + $1.bytes.count }
        quotas.took(bytes: bytes, of: log.origin)
    }

    /// How a copy stands with its quota.
    ///
    /// - Throws: what the database throws.
    func quota(of log: LogStore, at now: Instant) throws -> LogQuota {
        let domain = ViewFolder.domain(of: log.origin)
        return try quotas.quota(of: log, isNewcomer: isNewcomer(domain, at: now), at: now)
    }
}
