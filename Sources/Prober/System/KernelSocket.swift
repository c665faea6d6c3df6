import CLinux
import Glibc

/// A socket that would take a new connection or datagram, as the kernel lists it.
package struct KernelSocket: Hashable, Sendable {
    package var transport: Transport
    /// The address bound to; its family is the socket's.
    package var address: IPAddress
    package var port: UInt16
    package var userID: UInt32
    /// The number that its descriptors' links show; 0 when no descriptor can be open.
    package var inode: UInt64
    /// The device bound to, 0 for none, nil when the source does not tell.
    package var interfaceIndex: UInt32?
    /// Whether V6ONLY is set; nil for IPv4 and when the source does not tell.
    package var isIPv6Only: Bool?
    /// Connections waiting for accept; nil for UDP.
    package var waiting: UInt32?
    /// How many connections may wait; nil for UDP and when the source does not tell.
    package var backlog: UInt32?
    /// The bytes of memory that received datagrams use; nil for TCP.
    package var bufferUsed: UInt32?
    /// How many bytes they may use; nil for TCP and when the source does not tell.
    package var bufferLimit: UInt32?
    /// What was dropped at the socket for lack of room, when the source tells.
    package var dropCount: UInt32?
    /// The id of the control group the socket was made in, when the source tells.
    package var controlGroup: UInt64?

    package init(
        _ transport: Transport, _ address: IPAddress, _ port: UInt16, userID: UInt32,
        inode: UInt64, interfaceIndex: UInt32? = nil, isIPv6Only: Bool? = nil,
        waiting: UInt32? = nil, backlog: UInt32? = nil, bufferUsed: UInt32? = nil,
        bufferLimit: UInt32? = nil, dropCount: UInt32? = nil, controlGroup: UInt64? = nil
    ) {
        self.transport = transport
        self.address = address
        self.port = port
        self.userID = userID
        self.inode = inode
        self.interfaceIndex = interfaceIndex
        self.isIPv6Only = isIPv6Only
        self.waiting = waiting
        self.backlog = backlog
        self.bufferUsed = bufferUsed
        self.bufferLimit = bufferLimit
        self.dropCount = dropCount
        self.controlGroup = controlGroup
    }
}

extension KernelSocket {
    /// The state a receiving socket of `transport` is in: TCP_LISTEN, or TCP_CLOSE for UDP that is
    /// not connected.
    package static func receivingState(_ transport: Transport) -> UInt8 {
        switch transport {
        case .tcp: UInt8(TCP_LISTEN)
        case .udp: UInt8(TCP_CLOSE)
        }
    }
}

extension NetlinkSocket {
    /// The sockets of `transport` and `family` that would take a new connection or datagram.
    ///
    /// The socket must be of the family `socketDiagnosis`.
    package mutating func receivingSockets(
        of transport: Transport, _ family: IPAddress.Family
    ) throws(NetlinkError) -> (sockets: [KernelSocket], isInterrupted: Bool) {
        let state = KernelSocket.receivingState(transport)
        return try sockets(of: transport, family, states: 1 << UInt32(state))
    }

    /// Every socket of `transport` and `family` that holds a port: connected, closing, or bound
    /// without listening (which kernels before 6.8 do not list) too.
    package mutating func portHolders(
        of transport: Transport, _ family: IPAddress.Family
    ) throws(NetlinkError) -> [KernelSocket] {
        try sockets(of: transport, family, states: .max).sockets
    }

    private mutating func sockets(
        of transport: Transport, _ family: IPAddress.Family, states: UInt32
    ) throws(NetlinkError) -> (sockets: [KernelSocket], isInterrupted: Bool) {
        var request = inet_diag_req_v2()
        request.sdiag_family = UInt8(family == .ipv4 ? AF_INET : AF_INET6)
        request.sdiag_protocol = UInt8(transport == .tcp ? IPPROTO_TCP : IPPROTO_UDP)
        request.idiag_states = states
        request.idiag_ext = UInt8(1 << (INET_DIAG_SKMEMINFO - 1))
        let dump = try dump(SOCK_DIAG_BY_FAMILY, NetlinkPayload(request))
        let found = dump.messages.compactMap { KernelSocket($0, transport, states: states) }
        return (found, dump.isInterrupted)
    }
}

extension KernelSocket {
    /// The socket in an answer of sock_diag, or nil when it is in none of `states`, a bit each, or
    /// has no port.
    ///
    /// Without `states` only one that receives something new counts.
    init?(_ message: NetlinkMessage, _ transport: Transport, states: UInt32? = nil) {
        let states = states ?? 1 << UInt32(Self.receivingState(transport))
        guard message.type == SOCK_DIAG_BY_FAMILY,
            let header = message.payload.structure(inet_diag_msg.self),
            header.idiag_state < 32, states & 1 << UInt32(header.idiag_state) != 0,
            header.id.idiag_sport != 0
        else { return nil }
        let words = [UInt8](of: header.id.idiag_src)
        let width = header.idiag_family == UInt8(AF_INET) ? 4 : 16
        guard let address = words.prefix(width).address else { return nil }
        self.init(
            transport, address, UInt16(bigEndian: header.id.idiag_sport),
            userID: header.idiag_uid, inode: UInt64(header.idiag_inode),
            interfaceIndex: header.id.idiag_if)
        if transport == .udp { bufferUsed = header.idiag_rqueue }
        if transport == .tcp {
            waiting = header.idiag_rqueue
            backlog = header.idiag_wqueue
        }
        let attributes = NetlinkAttributes(message, after: MemoryLayout<inet_diag_msg>.size)
        for attribute in attributes {
            switch Int(attribute.type) {
            case INET_DIAG_SKV6ONLY: isIPv6Only = attribute.value.first.map { $0 != 0 }
            case INET_DIAG_SKMEMINFO:
                // Numbers of 32 bits each; kernels before 4.7 do not tell drops.
                let limit = Self.memory(SK_MEMINFO_RCVBUF, in: attribute)
                if transport == .udp { bufferLimit = limit }
                dropCount = Self.memory(SK_MEMINFO_DROPS, in: attribute)
            case INET_DIAG_CGROUP_ID: controlGroup = attribute.value.integer()
            default: break
            }
        }
    }

    /// The number at `index` of INET_DIAG_SKMEMINFO, of which newer kernels have more.
    private static func memory(
        _ index: some BinaryInteger, in attribute: NetlinkAttribute
    ) -> UInt32? {
        attribute.value.integer(at: Int(index) * MemoryLayout<UInt32>.size)
    }
}
