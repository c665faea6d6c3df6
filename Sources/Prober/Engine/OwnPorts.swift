/// Keeps probes of this machine from meeting each other.
///
/// TCP lets two sockets connect to each other without a listener (RFC 9293, 3.5, simultaneous
/// open), and one to itself. Of two probes of one machine, one would have to go from port a to b and
/// the other from b to a; when each leaves from a port above the one it asks, there are no such two.
struct OwnPorts {
    private let addresses: TargetSet
    private let ephemeral: ClosedRange<UInt16>

    init(_ machine: LocalMachine) {
        addresses = machine.addresses
        ephemeral = machine.ephemeralPorts
    }

    /// Whether `address` is this machine's.
    func contains(_ address: IPAddress) -> Bool { addresses.contains(address) }

    /// Whether probes of `endpoint` can meet each other at all.
    func concern(_ endpoint: Endpoint) -> Bool {
        ephemeral.contains(endpoint.port) && contains(endpoint.address)
    }

    /// Sets up `socket` for `endpoint`; true when it may still meet another probe.
    ///
    /// That is so for the highest source port, which has none above it, before Linux 6.3, and when
    /// `usesAnySource` because every port above is taken.
    func mayMeetProbe(
        at endpoint: Endpoint, from socket: borrowing ProbeSocket, usesAnySource: Bool
    ) -> Bool {
        guard concern(endpoint) else { return false }
        guard !usesAnySource, endpoint.port < ephemeral.upperBound else { return true }
        return !socket.chooseSource(from: (endpoint.port + 1)...ephemeral.upperBound)
    }
}
