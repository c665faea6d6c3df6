import CLinux
import Glibc
import SystemPackage

/// Datagrams that leave through one socket, many with one call (`sendmmsg(2)`).
///
/// Owned by one worker thread.
///
/// Safe to use: every pointer in it points into memory that it owns, of fixed size.
@safe struct SendBatch: ~Copyable {
    private let headers: UnsafeMutablePointer<prober_mmsghdr>
    private let parts: UnsafeMutablePointer<iovec>
    private let targets: UnsafeMutablePointer<sockaddr_in6>
    private let bytes: UnsafeMutablePointer<UInt8>
    /// How many datagrams are in the batch.
    private(set) var count = 0
    /// How many of them are done with, from the first on.
    private(set) var done = 0

    /// How many datagrams fit.
    static let capacity = 64

    init() {
        unsafe headers = .allocate(capacity: Self.capacity)
        unsafe parts = .allocate(capacity: Self.capacity)
        unsafe targets = .allocate(capacity: Self.capacity)
        unsafe bytes = .allocate(capacity: Self.capacity * RequestBytes.capacity)
        unsafe headers.initialize(repeating: prober_mmsghdr(), count: Self.capacity)
        unsafe parts.initialize(repeating: iovec(), count: Self.capacity)
        unsafe targets.initialize(repeating: sockaddr_in6(), count: Self.capacity)
        unsafe bytes.initialize(repeating: 0, count: Self.capacity * RequestBytes.capacity)
        for index in 0..<Self.capacity {
            unsafe parts[index].iov_base = UnsafeMutableRawPointer(
                bytes + index * RequestBytes.capacity)
            unsafe headers[index].msg_hdr.msg_iov = parts + index
            unsafe headers[index].msg_hdr.msg_iovlen = 1
            unsafe headers[index].msg_hdr.msg_name = UnsafeMutableRawPointer(targets + index)
        }
    }

    deinit {
        unsafe headers.deallocate()
        unsafe parts.deallocate()
        unsafe targets.deallocate()
        unsafe bytes.deallocate()
    }

    /// Whether there is no room for another datagram.
    var isFull: Bool { count == Self.capacity }

    /// Whether nothing is left to send.
    var isDone: Bool { done == count }

    /// Adds a datagram of `request` to `address` and `port`; the batch must not be full.
    mutating func append(
        _ request: borrowing RequestBytes, to address: IPAddress, port: UInt16
    ) {
        precondition(!isFull, "a batch of datagrams has room for \(Self.capacity)")
        let target = SocketAddress(address, port: port)
        unsafe targets[count] = target.kernelForm
        unsafe headers[count].msg_hdr.msg_namelen = target.byteCount
        let start = unsafe bytes + count * RequestBytes.capacity
        for position in 0..<request.count { unsafe start[position] = request[position] }
        unsafe parts[count].iov_len = request.count
        count += 1
    }

    /// Sends what is left through `socket`, and gives how many datagrams left.
    ///
    /// - Throws: when not even the first of them could be sent; it stays the first.
    mutating func send(on socket: borrowing DatagramSocket) throws(SystemCallFailure) -> Int {
        let left = UInt32(count - done)
        let first = unsafe headers + done
        let target = socket.rawDescriptor
        let sent = try valueOrErrno(.send) {
            unsafe prober_sendmmsg(target, first, left, CInt(MSG_DONTWAIT))
        }
        done += Int(sent)
        return Int(sent)
    }

    /// Gives up the first datagram that is left.
    mutating func skip() { done += 1 }

    /// Empties the batch, when nothing of it is left.
    mutating func clear() {
        count = 0
        done = 0
    }
}
