import CLinux
import Glibc

extension MonotonicTime {
    /// The present point of CLOCK_MONOTONIC (`clock_gettime(2)`).
    package static func now() -> MonotonicTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(
            nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }
}
