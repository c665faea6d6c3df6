import Prober

/// What joins another namespace to the host's own.
enum NamespaceLinks {
    /// The links of a namespace with `interfaces` to the interfaces of `host`.
    ///
    /// A number is an interface's own in one namespace only, hence `hostNumber`: the number by which
    /// the namespace knows the host's.
    static func links(
        of interfaces: some Sequence<NetworkInterface>, hostNumber: Int32?,
        to host: [UInt32: NetworkInterface]
    ) -> [HostNamespace.Link] {
        guard let hostNumber else { return [] }
        return interfaces.sorted { $0.index < $1.index }.compactMap { interface in
            guard let kind = interface.kind, interface.linkNamespace == hostNumber,
                let other = interface.link.flatMap({ host[$0] })
            else { return nil }
            return HostNamespace.Link(
                interface: interface.name, kind: kind, peer: other.name,
                bridge: other.master.flatMap { host[$0]?.name })
        }
    }
}
