public import Prober

extension LiveHost {
    /// Every address that this machine answers to in the namespace of the calling thread.
    ///
    /// The whole of 127.0.0.0/8 counts when loopback is up. When the kernel does not tell, loopback
    /// alone is known.
    public static func ownAddresses() -> TargetSet {
        let loopback = AddressRange(block: .v4(0x7f00_0000), prefixLength: 8)
        guard let found = try? HostAddresses.read() else {
            return TargetSet([loopback].compactMap { $0 })
        }
        let addresses = found.addresses.map { AddressRange($0.address) }
        let hasLoopback = found.addresses.contains { $0.address == .v4(0x7f00_0001) }
        return TargetSet(addresses + (hasLoopback ? [loopback].compactMap { $0 } : []))
    }

    /// The networks that this machine is linked to, whose prefixes are therefore taken.
    public static func ownNetworks() -> TargetSet {
        let addresses = (try? HostAddresses.read())?.addresses ?? []
        return TargetSet(
            addresses.compactMap { AddressRange(block: $0.address, prefixLength: $0.prefixLength) })
    }
}
