/// Which packets on the wire can belong to a scan.
package struct CaptureScope: Sendable {
    /// The addresses asked.
    var targets: TargetSet
    /// The ports asked of each.
    var ports: PortSpec
    /// What of them is known already, and not asked.
    var known = EndpointSet()
    /// The addresses that probes leave from.
    var own: TargetSet
    /// The ports that the kernel chooses for them.
    var ephemeral: ClosedRange<UInt16>
    /// The ports that UDP probes leave from.
    var datagramPorts: DatagramPorts
    /// Whether bytes are exchanged on open connections.
    var talks: Bool

    /// The scope of `plan`, carried out from `machine`.
    package init(_ plan: ScanPlan, on machine: LocalMachine) {
        targets = plan.space.targets
        ports = plan.space.ports
        known = plan.known
        own = machine.addresses.union(TargetSet(plan.sources.map { AddressRange($0) }))
        ephemeral = machine.ephemeralPorts
        datagramPorts = plan.datagramPorts ?? DatagramPorts()
        talks = plan.talks
    }

    /// Whether `endpoint` is asked.
    func asks(_ endpoint: Endpoint) -> Bool {
        ports[endpoint.transport].contains(endpoint.port) && targets.contains(endpoint.address)
            && !known.contains(endpoint)
    }
}
