import Glibc
package import Keys

/// The one place where a node reads the clock.
package protocol TimeSource: Sendable {
    /// The time in whole seconds.
    func now() -> Instant
    /// Milliseconds since 1970, for request ids.
    func milliseconds() -> Int64
}

/// The system's real-time clock.
package struct SystemTime: TimeSource {
    /// The system's clock.
    package init() {}

    package func now() -> Instant {
        Instant(secondsSince1970: milliseconds() / 1000)
    }

    package func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
