import Prober

/// The interfaces and addresses of this thread's network namespace.
struct HostAddresses: Sendable {
    /// The addresses on interfaces that are up, by address.
    private(set) var addresses: [HostAddress]
    /// Every interface, by its number.
    private(set) var interfaces: [UInt32: NetworkInterface]
    /// Whether an interface or address came or went each time while the kernel listed them.
    private(set) var isInterrupted: Bool

    /// Asks the kernel.
    static func read() throws(NetlinkError) -> HostAddresses {
        var socket = try NetlinkSocket(.route)
        let (interfaces, isFirstInterrupted) = try socket.interfaces()
        let (addresses, isSecondInterrupted) = try socket.interfaceAddresses()
        return HostAddresses(
            interfaces, addresses, isInterrupted: isFirstInterrupted || isSecondInterrupted)
    }

    /// The join of both lists; an address whose interface came in between has no place in it.
    init(
        _ interfaces: [NetworkInterface], _ addresses: [InterfaceAddress],
        isInterrupted: Bool = false
    ) {
        let byIndex = Dictionary(interfaces.map { ($0.index, $0) }) { first, _ in first }
        self.interfaces = byIndex
        self.isInterrupted = isInterrupted
        self.addresses = addresses.compactMap { entry in
            guard let interface = byIndex[entry.interfaceIndex], interface.isUp else { return nil }
            return HostAddress(
                entry.address, prefixLength: entry.prefixLength, interface: interface.name)
        }.sorted {
            ($0.address, $0.interface, $0.prefixLength)
                < ($1.address, $1.interface, $1.prefixLength)
        }
    }

    /// The name of interface `index`.
    subscript(index: UInt32) -> String? { interfaces[index]?.name }
}
