import CLinux
import Glibc
import SystemPackage

/// One entry of a socket's error queue (`recvmsg(2)`, MSG_ERRQUEUE; `linux/errqueue.h`).
enum QueuedError {
    /// An ICMP error about a packet of this socket, and who sent it.
    case icmp(ICMPError, reporter: IPAddress)
    /// This machine could not send a packet of this socket.
    case local(Errno)
    /// Something that is no answer: a path MTU notice, a time stamp.
    case other

    /// The extended error among the control messages in `control`.
    ///
    /// A control message is a `cmsghdr` and its data, each padded to eight bytes; the macros that
    /// walk them cannot be called from Swift.
    init(control: UnsafeRawBufferPointer) {
        let headerSize = MemoryLayout<cmsghdr>.size
        var rest = unsafe control
        self = .other
        while rest.count >= headerSize {
            let header = unsafe rest.loadUnaligned(as: cmsghdr.self)
            let length = Int(header.cmsg_len)
            guard length >= headerSize, length <= rest.count else { return }
            let data = unsafe UnsafeRawBufferPointer(rebasing: rest[headerSize..<length])
            let kind = (header.cmsg_level, header.cmsg_type)
            if kind == (CInt(IPPROTO_IP), IP_RECVERR)
                || kind == (CInt(IPPROTO_IPV6), IPV6_RECVERR)
            {
                unsafe self.init(extended: data)
                return
            }
            unsafe rest = UnsafeRawBufferPointer(
                rebasing: rest.dropFirst((length + 7) & ~7))
        }
    }

    /// Reads a `sock_extended_err` and the reporter's address that follows it.
    private init(extended data: UnsafeRawBufferPointer) {
        self = .other
        let size = MemoryLayout<sock_extended_err>.size
        guard data.count >= size else { return }
        let report = unsafe data.loadUnaligned(as: sock_extended_err.self)
        let family: IPAddress.Family
        switch CInt(report.ee_origin) {
        case SO_EE_ORIGIN_ICMP: family = .ipv4
        case SO_EE_ORIGIN_ICMP6: family = .ipv6
        case SO_EE_ORIGIN_LOCAL:
            let errno = Errno(rawValue: CInt(report.ee_errno))
            if errno != .messageTooLong { self = .local(errno) }
            return
        default: return
        }
        let error = ICMPError(family, type: report.ee_type, code: report.ee_code)
        let reporter = unsafe SocketAddress.address(
            in: UnsafeRawBufferPointer(rebasing: data.dropFirst(size)))
        guard let reporter, error.endsAttempt else { return }
        self = .icmp(error, reporter: reporter)
    }
}
