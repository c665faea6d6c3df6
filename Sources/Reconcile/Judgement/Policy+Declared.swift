public import Prober

extension Policy {
    /// The ports of `ports` that are declared open at `address` for probes from `vantage`.
    ///
    /// Call it on the policy of a day (``on(_:)``).
    public func portsDeclaredOpen(
        among ports: PortSpec, at address: IPAddress, from vantage: Vantage
    ) -> PortSpec {
        let source = FlowSource(toward: address, from: vantage.addresses, at: vantage.name)
        var declared = PortSpec()
        for transport in Transport.allCases {
            for (stance, ports) in parts(of: ports[transport], over: transport, from: source) {
                guard case .open = stance else { continue }
                declared[transport] = declared[transport].union(ports)
            }
        }
        return declared
    }
}
