/// Keeps probes of this machine from meeting each other.
///
/// TCP lets two sockets connect to each other without a listener (RFC 9293, 3.5, simultaneous
/// open), and one to itself. Of two probes of one machine, one would have to go from port a to b and
/// the other from b to a. Sources are chosen so that there are no such two.
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

    /// The ports that a probe of `port` may leave from, so that it meets no other.
    ///
    /// A probe leaves from a port above the one it asks, but not from the last. The last but one
    /// has only the last above it, and the last has none: it is asked from below, though not from
    /// the last but one. So no port is asked from one that is itself asked from it. Nil when there
    /// are too few ports for that.
    func sources(for port: UInt16) -> ClosedRange<UInt16>? {
        let (first, last) = (ephemeral.lowerBound, ephemeral.upperBound)
        guard last - first >= 2 else { return nil }
        if port == last { return first...(last - 2) }
        return port == last - 1 ? last...last : (port + 1)...(last - 1)
    }

    /// A port for the `number`th try from afar: one that the kernel does not choose by itself.
    ///
    /// For when every port of ``sources(for:)`` is bound by somebody. Nil when there is none.
    func detour(for port: UInt16, number: UInt8) -> UInt16? {
        let above = Int(UInt16.max) - Int(ephemeral.upperBound)
        let below = Int(ephemeral.lowerBound) - 1024
        let choice = SplitMix64.mix(UInt64(port) << 8 | UInt64(number))
        if above > 0 { return ephemeral.upperBound + 1 + UInt16(choice % UInt64(above)) }
        return below > 0 ? 1024 + UInt16(choice % UInt64(below)) : nil
    }
}
