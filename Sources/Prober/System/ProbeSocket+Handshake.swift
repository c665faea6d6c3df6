import CLinux
import Glibc

extension ProbeSocket {
    /// What the kernel counted on this connection (`tcp(7)`, TCP_INFO).
    struct HandshakeFacts {
        /// How often the SYN was sent again.
        var retransmissions: UInt16
        /// From the SYN to its answer, as the kernel timed it; nil when it could not.
        var roundTrip: Duration?
        /// Whether the connection stands, or stood until the other side closed it.
        var isEstablished: Bool
    }

    /// Reads the connection's counters; nil when the kernel refuses.
    func handshakeFacts() -> HandshakeFacts? {
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        let result = unsafe getsockopt(rawDescriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &length)
        guard result == 0 else { return nil }
        let state = CInt(info.tcpi_state)
        return HandshakeFacts(
            retransmissions: UInt16(clamping: info.tcpi_total_retrans),
            roundTrip: info.tcpi_rtt == 0 ? nil : .microseconds(Int64(info.tcpi_rtt)),
            isEstablished: state == CInt(TCP_ESTABLISHED) || state == CInt(TCP_CLOSE_WAIT))
    }
}
