import CLinux
import Glibc

/// The clock on the wall: business time, which may jump.
///
/// Timers use `MonotonicInstant`.
package enum WallClock {
    /// Microseconds since 1 January 1970, 00:00 UTC.
    package static var microsecondsSince1970: Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    }
}
