/// How a probe leaves this machine, where the plan does not leave that to the kernel.
struct ProbeRoute {
    let ipv4Source: IPAddress?
    let ipv6Source: IPAddress?
    let interface: String?
    /// Where the ports are noted that datagrams leave from.
    let datagramPorts: DatagramPorts?

    init(_ plan: ScanPlan) {
        ipv4Source = plan.sources.first { $0.family == .ipv4 }
        ipv6Source = plan.sources.first { $0.family == .ipv6 }
        interface = plan.interface
        datagramPorts = plan.datagramPorts
    }

    /// The source for targets of `family`, if one was asked for.
    func source(for family: IPAddress.Family) -> IPAddress? {
        family == .ipv4 ? ipv4Source : ipv6Source
    }
}
