import Federation
import Keys
import Node
import Synchronization

/// Time that moves only when nothing else is left to do, from timer to timer.
final class VirtualClock: Clock, Sendable {
    /// A moment, counted from the start of the simulation.
    struct Instant: InstantProtocol {
        var nanoseconds: Int64 = 0

        var seconds: Int64 { nanoseconds / 1_000_000_000 }

        func advanced(by duration: Duration) -> Instant {
            let (seconds, attoseconds) = duration.components
            return Instant(
                nanoseconds: nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        }

        func duration(to other: Instant) -> Duration {
            .nanoseconds(other.nanoseconds - nanoseconds)
        }

        static func < (left: Instant, right: Instant) -> Bool {
            left.nanoseconds < right.nanoseconds
        }
    }

    fileprivate struct Sleeper {
        let until: Instant
        let number: Int

        static func < (left: Sleeper, right: Sleeper) -> Bool {
            (left.until.nanoseconds, left.number) < (right.until.nanoseconds, right.number)
        }
    }

    fileprivate struct State {
        var now = Instant()
        /// A heap, the earliest first; of one moment the one that slept first.
        var heap: [Sleeper] = []
        var wakes: [Int: CheckedContinuation<Void, any Error>] = [:]
        var cancelled: Set<Int> = []
        var count = 0
    }

    /// 2026-11-23T18:00:00Z.
    static let start = Keys.Instant(secondsSince1970: 1_795_456_800)
    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// The true time of day.
    var time: Keys.Instant { Self.start + now.seconds }

    /// How many wait.
    var sleepers: Int { state.withLock { $0.wakes.count } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.cancelled.remove(number) != nil || state.now >= deadline {
                        return true
                    }
                    state.wakes[number] = continuation
                    state.push(Sleeper(until: deadline, number: number))
                    return false
                }
                if isOver { continuation.resume() }
            }
            try Task.checkCancellation()
        } onCancel: {
            let wake = state.withLock { state in
                let wake = state.wakes.removeValue(forKey: number)
                if wake == nil { state.cancelled.insert(number) }
                return wake
            }
            wake?.resume(throwing: CancellationError())
        }
    }

    /// Moves to the next timer and wakes it; false when nobody waits.
    func step() -> Bool {
        let wake = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            while let sleeper = state.pop() {
                guard let wake = state.wakes.removeValue(forKey: sleeper.number) else { continue }
                state.now = max(state.now, sleeper.until)
                return wake
            }
            return nil
        }
        wake?.resume()
        return wake != nil
    }
}

extension VirtualClock.State {
    fileprivate mutating func push(_ sleeper: VirtualClock.Sleeper) {
        heap.append(sleeper)
        var index = heap.count - 1
        while index > 0, heap[index] < heap[(index - 1) / 2] {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    fileprivate mutating func pop() -> VirtualClock.Sleeper? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != index else { return first }
            heap.swapAt(index, least)
            index = least
        }
    }
}

/// The time of day as one node's clock shows it, right or wrong.
final class SkewedTime: TimeSource {
    private let clock: VirtualClock
    private let error = Mutex<Int64>(0)

    init(clock: VirtualClock) { self.clock = clock }

    /// Seconds by which the clock is wrong.
    var skew: Int64 {
        get { error.withLock { $0 } }
        set { error.withLock { $0 = newValue } }
    }

    func now() -> Instant { clock.time + skew }

    func milliseconds() -> Int64 {
        clock.now.nanoseconds / 1_000_000
            + (VirtualClock.start.secondsSince1970 + skew) * 1000
    }
}

/// Chance from a seed, in place of the machine's.
final class SeededRandom: RandomSource {
    private let generator: Mutex<SplitMix64>

    init(seed: UInt64) { generator = Mutex(SplitMix64(state: seed)) }

    func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    }
}
