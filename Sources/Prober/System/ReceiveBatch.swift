import CLinux
import Glibc
import SystemPackage

/// Datagrams or error reports that came to one socket, many with one call (`recvmmsg(2)`).
///
/// Owned by one worker thread.
///
/// Safe to use: every pointer in it points into memory that it owns, of fixed size.
@safe struct ReceiveBatch: ~Copyable {
    private let headers: UnsafeMutablePointer<prober_mmsghdr>
    private let parts: UnsafeMutablePointer<iovec>
    private let sources: UnsafeMutablePointer<sockaddr_in6>
    private let bytes: UnsafeMutableRawPointer
    private let controls: UnsafeMutableRawPointer
    /// How many came with the last call.
    private(set) var count = 0

    /// How many fit.
    static let capacity = 64
    /// How much of a datagram is kept: what tells replies apart stands at their beginning.
    private static let byteCount = 2048
    /// Room for the control messages of one error report.
    private static let controlCount = 256

    /// Which queue of the socket is emptied.
    enum Queue { case datagrams, errors }

    init() {
        unsafe headers = .allocate(capacity: Self.capacity)
        unsafe parts = .allocate(capacity: Self.capacity)
        unsafe sources = .allocate(capacity: Self.capacity)
        unsafe bytes = .allocate(byteCount: Self.capacity * Self.byteCount, alignment: 8)
        unsafe controls = .allocate(byteCount: Self.capacity * Self.controlCount, alignment: 8)
        unsafe headers.initialize(repeating: prober_mmsghdr(), count: Self.capacity)
        unsafe parts.initialize(repeating: iovec(), count: Self.capacity)
        unsafe sources.initialize(repeating: sockaddr_in6(), count: Self.capacity)
        for index in 0..<Self.capacity {
            unsafe parts[index].iov_base = bytes + index * Self.byteCount
            unsafe parts[index].iov_len = Self.byteCount
            unsafe headers[index].msg_hdr.msg_iov = parts + index
            unsafe headers[index].msg_hdr.msg_iovlen = 1
            unsafe headers[index].msg_hdr.msg_name = UnsafeMutableRawPointer(sources + index)
            unsafe headers[index].msg_hdr.msg_control = controls + index * Self.controlCount
            unsafe prepare(headers + index)
        }
    }

    deinit {
        unsafe headers.deallocate()
        unsafe parts.deallocate()
        unsafe sources.deallocate()
        unsafe bytes.deallocate()
        unsafe controls.deallocate()
    }

    /// Takes what waits in `queue` of `socket`, at most ``capacity``; true when anything came.
    ///
    /// A pending error of the socket ends a call for datagrams without any; the next call then gets
    /// them, so one is made.
    mutating func receive(_ queue: Queue, from socket: borrowing DatagramSocket) -> Bool {
        for index in 0..<count { unsafe prepare(headers + index) }
        let flags = CInt(queue == .errors ? MSG_ERRQUEUE | MSG_DONTWAIT : MSG_DONTWAIT)
        let target = socket.rawDescriptor
        var received: CInt = -1
        for _ in 0..<2 {
            received = unsafe prober_recvmmsg(
                target, headers, UInt32(Self.capacity), flags, nil)
            if received >= 0 || Errno.current == .resourceTemporarilyUnavailable { break }
        }
        count = Int(max(received, 0))
        return count > 0
    }

    /// Where the datagram came from, or for an error report where the datagram was sent that it is
    /// about.
    func peer(at index: Int) -> (address: IPAddress, port: UInt16)? {
        precondition(index < count, "only what came can be looked at")
        let raw = unsafe UnsafeRawBufferPointer(
            start: sources + index, count: Int(headers[index].msg_hdr.msg_namelen))
        guard let address = unsafe SocketAddress.address(in: raw) else { return nil }
        return unsafe (address, UInt16(bigEndian: sources[index].sin6_port))
    }

    /// Gives `body` the bytes of the datagram.
    func withBytes<Value>(at index: Int, _ body: (RawSpan) -> Value) -> Value {
        precondition(index < count, "only what came can be looked at")
        let length = unsafe min(Int(headers[index].msg_len), Self.byteCount)
        let raw = unsafe UnsafeRawBufferPointer(
            start: bytes + index * Self.byteCount, count: length)
        return unsafe body(raw.bytes)
    }

    /// The error report.
    func error(at index: Int) -> QueuedError {
        precondition(index < count, "only what came can be looked at")
        return unsafe QueuedError(
            control: UnsafeRawBufferPointer(
                start: headers[index].msg_hdr.msg_control,
                count: min(headers[index].msg_hdr.msg_controllen, Self.controlCount)))
    }

    /// Tells the kernel again how much room there is; each call leaves what it used.
    private func prepare(_ header: UnsafeMutablePointer<prober_mmsghdr>) {
        unsafe header.pointee.msg_hdr.msg_namelen = socklen_t(MemoryLayout<sockaddr_in6>.size)
        unsafe header.pointee.msg_hdr.msg_controllen = Self.controlCount
        unsafe header.pointee.msg_hdr.msg_flags = 0
    }
}
