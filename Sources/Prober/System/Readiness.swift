import CLinux
import Glibc

/// Waiting for descriptors (`poll(2)`).
package enum Readiness {
    /// Waits until one of two descriptors is readable, or for `milliseconds`.
    package static func wait(for first: CInt, or second: CInt, milliseconds: CInt) {
        var set = InlineArray<2, pollfd>(repeating: pollfd())
        set[0] = pollfd(fd: first, events: Int16(POLLIN), revents: 0)
        set[1] = pollfd(fd: second, events: Int16(POLLIN), revents: 0)
        wait(for: &set, milliseconds)
    }

    /// Waits until `output` takes bytes or `input` is readable, or for `milliseconds` (-1 for ever);
    /// true when `output` takes bytes.
    ///
    /// An output whose reader has gone takes them too, with an error.
    package static func waitToWrite(
        _ output: CInt, orReadable input: CInt, milliseconds: CInt
    ) -> Bool {
        var set = InlineArray<2, pollfd>(repeating: pollfd())
        set[0] = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
        set[1] = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        wait(for: &set, milliseconds)
        return set[0].revents != 0
    }

    /// Waits until one of `descriptors` has something to take, or the time is over.
    ///
    /// Negative ones are passed over.
    static func wait(for descriptors: InlineArray<3, CInt>, nanoseconds: UInt64) {
        var set = InlineArray<3, pollfd> {
            pollfd(fd: descriptors[$0], events: Int16(POLLIN), revents: 0)
        }
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        var span = set.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { room in
            _ = unsafe ppoll(room.baseAddress, 3, &time, nil)
        }
    }

    /// Gives the processor to others for `milliseconds`.
    static func pause(milliseconds: CInt) {
        _ = poll(nil, 0, milliseconds)
    }

    private static func wait(for set: inout InlineArray<2, pollfd>, _ milliseconds: CInt) {
        var span = set.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { room in
            _ = unsafe poll(room.baseAddress, 2, milliseconds)
        }
    }
}
