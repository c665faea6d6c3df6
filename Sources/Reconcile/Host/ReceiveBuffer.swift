/// The memory in which datagrams wait until a program reads them.
public struct ReceiveBuffer: Hashable, Sendable {
    /// The bytes in use, the kernel's own around each datagram included.
    public var used: UInt32
    /// The bytes that may be in use: above it the kernel drops what arrives; nil when not told.
    public var limit: UInt32?

    /// A buffer with its two numbers.
    public init(used: UInt32, limit: UInt32? = nil) {
        self.used = used
        self.limit = limit
    }
}
