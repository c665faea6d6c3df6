/// When a frame was captured, and how long it was.
package struct CapturedFrame: Hashable, Sendable {
    /// Nanoseconds since 1970, by the kernel's clock when the frame passed the interface.
    package var nanoseconds: Int64
    /// Its length on the wire, in bytes; fewer may have been kept.
    package var length: Int
}

/// How many frames a capture saw, and how many it lost.
public struct CaptureCounts: Hashable, Sendable {
    /// Frames that the filter let through.
    public var received: UInt64
    /// Of those, the ones for which the buffer had no room.
    public var dropped: UInt64
    /// Frames that the interface or its driver dropped.
    public var droppedByInterface: UInt64

    /// Counts of the given numbers.
    public init(received: UInt64, dropped: UInt64, droppedByInterface: UInt64 = 0) {
        self.received = received
        self.dropped = dropped
        self.droppedByInterface = droppedByInterface
    }
}
