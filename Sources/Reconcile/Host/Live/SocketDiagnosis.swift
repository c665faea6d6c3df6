import Prober

/// The sockets of a table as sock_diag lists them: the source that knows V6ONLY and devices.
struct SocketDiagnosis {
    /// What the kernel listed.
    var sockets: [KernelSocket]
    /// Whether the list changed each time while the kernel wrote it.
    var isInterrupted: Bool

    /// Asks the kernel for `table`, in the network namespace of this thread.
    static func read(_ table: SocketTable) throws(NetlinkError) -> SocketDiagnosis {
        var socket = try NetlinkSocket(.socketDiagnosis)
        let (sockets, isInterrupted) =
            try socket.receivingSockets(of: table.transport, table.family)
        return SocketDiagnosis(sockets: sockets, isInterrupted: isInterrupted)
    }

    /// Every socket of `table` that holds a port, whatever its state.
    static func portHolders(_ table: SocketTable) throws(NetlinkError) -> [KernelSocket] {
        var socket = try NetlinkSocket(.socketDiagnosis)
        return try socket.portHolders(of: table.transport, table.family)
    }
}
