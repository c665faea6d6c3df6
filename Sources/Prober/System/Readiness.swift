import Glibc

/// Waiting for descriptors (`poll(2)`).
package enum Readiness {
    /// Waits until one of two descriptors is readable, or for `milliseconds`.
    ///
    /// A negative descriptor is passed over.
    package static func wait(for first: CInt, or second: CInt, milliseconds: CInt) {
        var set = InlineArray<2, pollfd>(repeating: pollfd())
        set[0] = pollfd(fd: first, events: Int16(POLLIN), revents: 0)
        set[1] = pollfd(fd: second, events: Int16(POLLIN), revents: 0)
        var span = set.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { room in
            _ = unsafe poll(room.baseAddress, 2, milliseconds)
        }
    }
}
