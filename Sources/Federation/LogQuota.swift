package import Keys

/// How much of a log its author may write, and others take (protocol section 8): an allowance that
/// grows by 20,000 leaves a day, and by 1 GiB of payloads in thirty days, up to as much; a newcomer has
/// 200,000 leaves beyond that, once.
///
/// A value that is told how long the log is; the time comes in. Author and reader keep one each. The
/// reader's never falls below the author's: it looks less often, so less of its allowance is cut.
package struct LogQuota: Sendable, Equatable {
    /// Leaves by which the allowance grows in a day, and that it holds at most.
    package static let leavesADay = 20_000
    /// Leaves that a newcomer has beyond that.
    package static let newcomerLeaves = 200_000
    /// Seconds after its registration for which a member is a newcomer.
    package static let newcomerSeconds: Int64 = 90 * day
    /// Bytes of payloads by which the allowance grows in thirty days, and that it holds at most.
    package static let payloadBytesAMonth = 1 << 30
    /// Leaves that a reader bears beyond the quota: clocks differ.
    package static let grace = 2_000

    private static let day: Int64 = 86_400
    private static let month: Int64 = 30 * day
    /// No allowance grows longer than that: far beyond when it is full.
    private static let longestPause: Int64 = 400 * day

    /// What is written down of a quota.
    package struct Record: Sendable, Equatable {
        /// Leaves when it was last looked at.
        package var size: Int
        /// Leaves when it was looked at first: what was there before is not charged.
        package var base: Int
        /// The allowance of leaves, times the seconds of a day.
        package var leaves: Int64
        /// The allowance of bytes, times the seconds of thirty days.
        package var bytes: Int64
        /// What is left of a newcomer's leaves.
        package var credit: Int
        /// When it was last looked at.
        package var time: Instant

        /// A record from its parts.
        package init(
            size: Int, base: Int, leaves: Int64, bytes: Int64, credit: Int, time: Instant
        ) {
            self.size = size
            self.base = base
            self.leaves = leaves
            self.bytes = bytes
            self.credit = credit
            self.time = time
        }
    }

    /// As it stands.
    package private(set) var record: Record

    /// All of the allowance, for a log of this size.
    package init(size: Int, at now: Instant) {
        record = Record(
            size: size, base: size, leaves: Int64(Self.leavesADay) * Self.day,
            bytes: Int64(Self.payloadBytesAMonth) * Self.month, credit: Self.newcomerLeaves,
            time: now)
    }

    /// As it was written down.
    package init(_ record: Record) {
        self.record = record
    }

    /// Lets the allowance grow until now and takes off what the log has grown by.
    package mutating func observe(size: Int, isNewcomer: Bool, at now: Instant) {
        let elapsed = min(max(0, now - record.time), Self.longestPause)
        record.time = max(record.time, now)
        record.leaves += elapsed * Int64(Self.leavesADay)
        record.bytes += elapsed * Int64(Self.payloadBytesAMonth)
        record.leaves -= Int64(max(0, size - record.size)) * Self.day
        record.size = max(record.size, size)
        if record.leaves < 0, isNewcomer {
            let used = min(Int64(record.credit), (-record.leaves + Self.day - 1) / Self.day)
            record.credit -= Int(used)
            record.leaves += used * Self.day
        }
        record.leaves = min(record.leaves, Int64(Self.leavesADay) * Self.day)
        record.bytes = min(record.bytes, Int64(Self.payloadBytesAMonth) * Self.month)
    }

    /// Takes off payloads.
    package mutating func spend(bytes: Int) {
        record.bytes -= Int64(bytes) * Self.month
    }

    /// Leaves that may be written now.
    package func leavesLeft(isNewcomer: Bool) -> Int {
        max(0, Int(record.leaves / Self.day) + (isNewcomer ? record.credit : 0))
    }

    /// Seconds until so much may be written, when nothing else is; 0 when it may be now.
    package func wait(leaves: Int, bytes: Int, isNewcomer: Bool) -> Int64 {
        let credit = isNewcomer ? Int64(record.credit) * Self.day : 0
        let missingLeaves = Int64(leaves) * Self.day - record.leaves - credit
        let missingBytes = Int64(bytes) * Self.month - record.bytes
        return max(
            0, Self.seconds(missingLeaves, at: Self.leavesADay),
            Self.seconds(missingBytes, at: Self.payloadBytesAMonth))
    }

    /// Seconds until a reader takes payloads again; 0 when it does now.
    package var excess: Int64 {
        max(
            0,
            Self.seconds(
                -record.leaves - Int64(Self.grace) * Self.day, at: Self.leavesADay),
            Self.seconds(-record.bytes, at: Self.payloadBytesAMonth))
    }

    private static func seconds(_ missing: Int64, at rate: Int) -> Int64 {
        missing <= 0 ? 0 : (missing + Int64(rate) - 1) / Int64(rate)
    }
}
