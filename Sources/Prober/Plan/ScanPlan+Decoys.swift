extension ScanPlan {
    /// The ports that are asked of hosts with an open one, to see whether they accept everything.
    ///
    /// High ones that the seed chooses. They are of those that systems give to clients.
    public var decoyPorts: PortSet {
        var random = SplitMix64(state: seed ^ 0x6465_636f_7973)
        var ports: Set<UInt16> = []
        while ports.count < DecoyFacts.count {
            ports.insert(UInt16.random(in: 49_152...UInt16.max, using: &random))
        }
        return PortSet(ports: Array(ports))
    }

    /// The plan to ask them of `hosts`, once each; nil when there is no host.
    public func decoys(of hosts: TargetSet) -> ScanPlan? {
        guard hosts.count > 0, let space = ProbeSpace(hosts, PortSpec(tcp: decoyPorts)) else {
            return nil
        }
        var plan = self
        plan.space = space
        plan.shard = .whole
        plan.known = EndpointSet()
        plan.retries = 0
        plan.talks = false
        return plan
    }
}
