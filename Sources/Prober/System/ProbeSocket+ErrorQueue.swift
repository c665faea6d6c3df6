import CLinux
import Glibc
import SystemPackage

extension ProbeSocket {
    /// One entry of a socket's error queue (`recvmsg(2)`, MSG_ERRQUEUE; `linux/errqueue.h`).
    enum QueuedError {
        /// An ICMP error about a packet of this socket, and who sent it.
        case icmp(ICMPError, reporter: IPAddress)
        /// This machine could not send a packet of this socket.
        case local(Errno)
        /// Something that is no answer: a path MTU notice, a time stamp.
        case other
    }

    /// Takes the oldest entry off the error queue; nil when the queue is empty.
    func takeQueuedError() -> QueuedError? {
        var control = InlineArray<16, UInt64>(repeating: 0)
        var span = control.mutableSpan
        return unsafe span.withUnsafeMutableBytes { room in
            var message = unsafe msghdr()
            unsafe message.msg_control = room.baseAddress
            unsafe message.msg_controllen = room.count
            let flags = CInt(MSG_ERRQUEUE | MSG_DONTWAIT)
            let result = unsafe recvmsg(rawDescriptor, &message, flags)
            guard result >= 0 else { return nil }
            return unsafe Self.queuedError(
                in: UnsafeRawBufferPointer(room).prefix(message.msg_controllen))
        }
    }

    /// The extended error among the control messages in `control`.
    ///
    /// A control message is a `cmsghdr` and its data, each padded to eight bytes; the macros that
    /// walk them cannot be called from Swift.
    private static func queuedError(in control: Slice<UnsafeRawBufferPointer>) -> QueuedError {
        let headerSize = MemoryLayout<cmsghdr>.size
        var rest = unsafe UnsafeRawBufferPointer(rebasing: control)
        while rest.count >= headerSize {
            let header = unsafe rest.loadUnaligned(as: cmsghdr.self)
            let length = Int(header.cmsg_len)
            guard length >= headerSize, length <= rest.count else { return .other }
            let data = unsafe UnsafeRawBufferPointer(rebasing: rest[headerSize..<length])
            let kind = (header.cmsg_level, header.cmsg_type)
            if kind == (CInt(IPPROTO_IP), IP_RECVERR)
                || kind == (CInt(IPPROTO_IPV6), IPV6_RECVERR)
            {
                return unsafe queuedError(extended: data)
            }
            unsafe rest = UnsafeRawBufferPointer(
                rebasing: rest.dropFirst((length + 7) & ~7))
        }
        return .other
    }

    /// Reads a `sock_extended_err` and the reporter's address that follows it.
    private static func queuedError(extended data: UnsafeRawBufferPointer) -> QueuedError {
        let size = MemoryLayout<sock_extended_err>.size
        guard data.count >= size else { return .other }
        let report = unsafe data.loadUnaligned(as: sock_extended_err.self)
        let family: IPAddress.Family
        switch CInt(report.ee_origin) {
        case SO_EE_ORIGIN_ICMP: family = .ipv4
        case SO_EE_ORIGIN_ICMP6: family = .ipv6
        case SO_EE_ORIGIN_LOCAL:
            let errno = Errno(rawValue: CInt(report.ee_errno))
            return errno == .messageTooLong ? .other : .local(errno)
        default: return .other
        }
        let error = ICMPError(family, type: report.ee_type, code: report.ee_code)
        let reporter = unsafe SocketAddress.address(
            in: UnsafeRawBufferPointer(rebasing: data.dropFirst(size)))
        guard let reporter, error.endsAttempt else { return .other }
        return .icmp(error, reporter: reporter)
    }
}
