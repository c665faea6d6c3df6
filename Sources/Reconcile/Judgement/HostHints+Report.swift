public import Prober

extension HostReport {
    /// What this report says that helps to ask `addresses` over UDP.
    ///
    /// `own` are the addresses to which the probes do not leave the host: there is no limit of
    /// errors then. Ports that `policy` declares open are no controls, whoever has them.
    /// `isThroughOwnLink` is as for ``reconcile(_:with:after:under:declared:probe:alsoProbed:isThroughOwnLink:)``.
    public func hints(
        toAsk addresses: TargetSet, own: TargetSet, under policy: Policy = Policy(),
        isThroughOwnLink: Bool = false
    ) -> [IPAddress: HostHints] {
        let index = ListenerIndex(self, isThroughOwnLink: isThroughOwnLink)
        let interval = ErrorInterval(sysctls)
        let taken = policy.expectations.filter(\.isOpen)
            .reduce(index.ports(over: .udp)) { $0.union($1.ports.udp) }
        let controls = controlPorts(without: taken)
        let asked = known(of: addresses)
        let limited = asked.filter { !$0.isLoopback && !own.contains($0) }
        return Dictionary(
            uniqueKeysWithValues: asked.map { address in
                let bound = index.ports(over: .udp).filter { port in
                    if case .listening = index.view(of: .udp, port, at: address) {
                        true
                    } else {
                        false
                    }
                }
                var hints = HostHints(bound: PortSet(ports: bound))
                if let port = controls.ranges.first?.lowerBound,
                    index.view(of: .udp, port, at: address) == .none
                {
                    hints.closed = controls
                }
                if limited.contains(address) {
                    // One peer asks all of them, and has one account with the host for each family.
                    let sharing = limited.count { $0.family == address.family }
                    hints.errorInterval = interval[address.family].map {
                        min($0 * sharing, Self.longestInterval)
                    }
                } else {
                    hints.errorInterval = .zero
                }
                return (address, hints)
            })
    }

    /// Longer than any scan looks into the silence of a host.
    private static var longestInterval: Duration { .seconds(60) }

    /// Those of `addresses` that this report speaks of.
    ///
    /// One without addresses speaks of every target of its own, but hardly of more than these.
    private func known(of addresses: TargetSet) -> Set<IPAddress> {
        guard self.addresses.isEmpty else {
            return Set(self.addresses.map(\.address).filter(addresses.contains))
        }
        guard addresses.count <= 256 else { return [] }
        return Set((0..<addresses.count).map { addresses[$0] })
    }

    /// High ports without those of `taken`: where the kernel gives none to clients, if there are
    /// such ports, because what is closed there stays closed.
    private func controlPorts(without taken: PortSet) -> PortSet {
        let high = PortSet([49_152...UInt16.max]).subtracting(taken)
        let ends = sysctls[.ephemeralPorts, default: "32768 60999"].split(separator: " ")
            .map { UInt16($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last else {
            return high
        }
        let quiet = high.subtracting(PortSet([first...last]))
        return quiet.isEmpty ? high : quiet
    }
}
