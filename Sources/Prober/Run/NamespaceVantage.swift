import SystemPackage

/// A place outside of this host on this host: a network namespace joined to it by a veth pair.
///
/// Packets from it come in through an interface and pass the host's real input rules, as those of
/// any neighbour do. It has routes to this host's own addresses and to nothing else. The pair goes away with the
/// owner of this, at the latest when the process ends.
public struct NamespaceVantage: ~Copyable {
    /// The namespace to probe from.
    public let namespace: NetworkNamespace
    /// The host's end of the pair: one IPv4 and, when the host has IPv6, one IPv6 address.
    public let hostAddresses: [IPAddress]
    /// The addresses probes come from, in the same order.
    public let addresses: [IPAddress]
    private let interface: String

    private init(
        _ namespace: NetworkNamespace, _ interface: String, hostEnd: [IPAddress],
        vantageEnd: [IPAddress]
    ) {
        self.namespace = namespace
        self.interface = interface
        hostAddresses = hostEnd
        addresses = vantageEnd
    }

    /// Makes a namespace and joins it to the namespace of the calling thread.
    ///
    /// `processID` names the interface, so that several runs do not meet. The link uses the first
    /// documentation prefixes (RFC 5737, RFC 3849) that overlap none of `taken`, the networks this
    /// host is linked to. `reachable` are the addresses of this host to have routes to.
    ///
    /// - Throws: ``NamespaceVantageError``; then nothing is left behind.
    public static func make(
        processID: Int32, avoiding taken: TargetSet, reaching reachable: TargetSet
    ) throws(NamespaceVantageError) -> NamespaceVantage {
        guard let subnet = VantageSubnet.free(of: taken) else { throw .noFreePrefix }
        let namespace = try makeNamespace()
        let (interface, families) = try link(namespace, "prober\(processID)", subnet)
        let made = NamespaceVantage(
            namespace, interface, hostEnd: subnet.hostEnd.filter { families.contains($0.family) },
            vantageEnd: subnet.vantageEnd.filter { families.contains($0.family) })
        try made.configureInside(reaching: reachable)
        return made
    }

    private static func makeNamespace() throws(NamespaceVantageError) -> NetworkNamespace {
        do throws(SystemCallFailure) {
            return try NetworkNamespace.make()
        } catch {
            throw error.errno == .notPermitted
                ? .notPermitted : .failed("\(error.call.rawValue): \(error.errno)")
        }
    }

    /// Joins `namespace` to this one, and gives the host's end and the families it has.
    private static func link(
        _ namespace: NetworkNamespace, _ name: String, _ subnet: VantageSubnet
    ) throws(NamespaceVantageError) -> (interface: String, families: [IPAddress.Family]) {
        do throws(NetlinkError) {
            var socket = try NetlinkSocket(.route)
            var interface = name
            do throws(NetlinkError) {
                try socket.addPair(interface, "vantage0", in: namespace)
            } catch .refused(.fileExists) {
                // A process of another process namespace has the same number.
                interface = name + "b"
                try socket.addPair(interface, "vantage0", in: namespace)
            }
            do throws(NetlinkError) {
                try socket.bringUp(interface, with: subnet.hostEnd)
                return (interface, IPAddress.Family.allCases)
            } catch .refused {
                // A host without IPv6 refuses such an address; IPv4 alone will do.
                try socket.bringUp(interface, with: subnet.hostEnd.filter { $0.family == .ipv4 })
                return (interface, [.ipv4])
            }
        } catch {
            throw error == .refused(.notPermitted) ? .notPermitted : .failed("veth: \(error)")
        }
    }

    /// Brings up the far end, with routes through the host's end to `reachable`.
    private borrowing func configureInside(
        reaching reachable: TargetSet
    ) throws(NamespaceVantageError) {
        let (gateways, own) = (hostAddresses, addresses)
        do {
            try namespace.inside { () throws(NetlinkError) in
                var socket = try NetlinkSocket(.route)
                try socket.bringUp("lo", with: [])
                try socket.bringUp("vantage0", with: own)
                for gateway in gateways {
                    for range in reachable.ranges where range.family == gateway.family {
                        try socket.addRoutes(to: range, via: gateway)
                    }
                }
            }
        } catch {
            throw .failed("inside the namespace: \(error)")
        }
    }

    /// Takes the pair away at once; the kernel would do it a moment after the last descriptor.
    deinit {
        guard var socket = try? NetlinkSocket(.route) else { return }
        try? socket.removeInterface(interface)
    }
}

/// Why there can be no namespace to probe from.
public enum NamespaceVantageError: Error, Hashable, Sendable {
    /// Making a namespace needs privileges (CAP_SYS_ADMIN and CAP_NET_ADMIN) that are missing.
    case notPermitted
    /// Every prefix for the link is in use on this host.
    case noFreePrefix
    /// The kernel refused a step for another reason.
    case failed(String)
}

extension NamespaceVantageError: CustomStringConvertible {
    /// What happened, without a full stop.
    public var description: String {
        switch self {
        case .notPermitted: "a network namespace needs root"
        case .noFreePrefix: "this host uses every documentation prefix itself"
        case .failed(let reason): "the kernel refused a network namespace (\(reason))"
        }
    }
}

/// The addresses of a veth pair: prefixes that no host on the Internet has.
struct VantageSubnet {
    let hostEnd: [IPAddress]
    let vantageEnd: [IPAddress]

    /// The first pair of prefixes that overlap none of `taken`; nil when there is none.
    static func free(of taken: TargetSet) -> VantageSubnet? {
        let ipv4Starts: [UInt32] = [0xc633_6400, 0xcb00_7100]  // 198.51.100.0, 203.0.113.0
        let ipv4 = ipv4Starts.flatMap { start in (0..<64).map { start + 252 - 4 * $0 } }
            .map { IPAddress.v4($0) }
            .first { isFree($0, prefixLength: 30, of: taken) }
        let ipv6 = (UInt64(0)..<256)
            .map { IPAddress.v6(high: 0x2001_0db8_ffff_0000 | $0, low: 0) }
            .first { isFree($0, prefixLength: 64, of: taken) }
        guard let ipv4, let ipv6 else { return nil }
        func end(_ number: UInt128) -> [IPAddress] {
            [ipv4, ipv6].map { IPAddress($0.family, number: $0.number + number) }
        }
        return VantageSubnet(hostEnd: end(1), vantageEnd: end(2))
    }

    private static func isFree(
        _ address: IPAddress, prefixLength: Int, of taken: TargetSet
    ) -> Bool {
        guard let block = AddressRange(block: address, prefixLength: prefixLength) else {
            return false
        }
        return TargetSet([block]).intersection(taken).isEmpty
    }
}
