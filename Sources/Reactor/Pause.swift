import Glibc

/// Waiting on the calling thread: for commands, never on a loop.
package enum Pause {
    /// Waits for so many milliseconds, or a little longer.
    package static func milliseconds(_ count: Int) {
        let end = MonotonicInstant.now.advanced(byMilliseconds: count)
        while MonotonicInstant.now < end {
            // A signal cuts a sleep short.
            let left = end.nanoseconds(since: .now) / 1_000
            _ = usleep(UInt32(clamping: min(left, 900_000)))
        }
    }
}
