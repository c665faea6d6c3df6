import Prober

/// The interfaces and addresses of this thread's network namespace.
struct HostAddresses: Sendable {
    /// The addresses on interfaces that are up, by address.
    private(set) var addresses: [HostAddress]
    /// Every interface, by its number.
    private(set) var interfaces: [UInt32: NetworkInterface]
    /// Whether an interface or address came or went each time while the kernel listed them.
    private(set) var isInterrupted: Bool

    /// The UDP ports on which the kernel takes packets out of others, for no interface.
    private(set) var tunnelPorts: [UInt16] = []
    /// Why the port of a WireGuard interface is not known, by its name.
    private(set) var portFailures: [String: NetlinkError] = [:]

    /// Asks the kernel.
    static func read() throws(NetlinkError) -> HostAddresses {
        var socket = try NetlinkSocket(.route)
        let (interfaces, isFirstInterrupted) = try socket.interfaces()
        let (addresses, isSecondInterrupted) = try socket.interfaceAddresses()
        var found = HostAddresses(
            interfaces, addresses, isInterrupted: isFirstInterrupted || isSecondInterrupted)
        found.readTunnelPorts()
        return found
    }

    /// Asks for the ports that the list of interfaces does not tell, where there may be any: the
    /// question would load a module that is not in use.
    private mutating func readTunnelPorts() {
        for interface in interfaces.values where interface.kind == "wireguard" {
            do throws(NetlinkError) {
                var socket = try NetlinkSocket(.generic)
                interfaces[interface.index]?.tunnelPort = try socket.wireGuardPort(
                    of: interface.index)
            } catch {
                portFailures[interface.name] = error
            }
        }
        guard (try? Directory("/sys/module/fou")) != nil,
            var socket = try? NetlinkSocket(.generic)
        else { return }
        tunnelPorts = (try? socket.tunnelPorts()) ?? []
    }

    /// What is not known of who holds a port.
    var gaps: [CoverageGap] {
        portFailures.sorted { $0.key < $1.key }.map { name, error in
            CoverageGap(
                .owners,
                reason: "the kernel did not tell the port of WireGuard's \(name) (\(error))")
        }
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
