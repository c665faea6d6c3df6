public import Prober

extension LiveHost {
    /// Every address that this machine answers to in the namespace of the calling thread.
    public static func ownAddresses() -> TargetSet { LocalMachine.read().addresses }

    /// The networks that this machine is linked to, whose prefixes are therefore taken.
    public static func ownNetworks() -> TargetSet {
        let addresses = (try? HostAddresses.read())?.addresses ?? []
        return TargetSet(
            addresses.compactMap { AddressRange(block: $0.address, prefixLength: $0.prefixLength) })
    }
}
