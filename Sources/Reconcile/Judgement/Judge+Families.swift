import Prober

extension Judge {
    /// Services of the host that one address family reaches, while the other is stopped.
    ///
    /// `findings` are those on endpoints. Each gap is told at the address that is open.
    func familyGaps(in findings: [Finding]) -> [Finding] {
        let pairing = AddressPairing(findings, host)
        let stopped = StoppedPorts(findings, pairing)
        guard !stopped.isEmpty else { return [] }
        var gaps: [Finding] = []
        for finding in findings where !finding.isSupplement && finding.verdict.reach == .open {
            let address = finding.addresses.first
            guard pairing.isPaired(address) else { continue }
            let family: IPAddress.Family = address.destination.family == .ipv4 ? .ipv6 : .ipv4
            for (index, ports) in stopped.parts(of: finding.ports, finding.transport, family) {
                let other = findings[index]
                guard finding.inside.hasService(of: other.inside) else { continue }
                add(
                    Finding(
                        addresses: finding.addresses, transport: finding.transport, ports: ports,
                        sighting: finding.sighting, inside: finding.inside,
                        firewall: finding.firewall, stance: finding.stance, verdict: .familyGap,
                        isSupplement: true, isPredicted: finding.isPredicted,
                        target: finding.target,
                        counterpart: Finding.Counterpart(
                            address: other.addresses.first, sighting: other.sighting,
                            firewall: other.firewall, verdict: other.verdict)),
                    to: &gaps)
            }
        }
        return gaps
    }

    /// The first finding for each port of a family that is stopped at an address of the host.
    private struct StoppedPorts {
        private struct Key: Hashable {
            var transport: Transport
            var address: IPAddress
        }

        private struct Stretch {
            var ports: ClosedRange<UInt16>
            var index: Int
        }

        /// By address and transport; a port is in one finding of an address, and so in one stretch.
        private var stretches: [Key: [Stretch]] = [:]
        /// The addresses, in the order of their first findings.
        private var addresses: [IPAddress] = []

        init(_ findings: [Finding], _ pairing: AddressPairing) {
            var known: Set<IPAddress> = []
            for (index, finding) in findings.enumerated()
            where !finding.isSupplement && finding.verdict.reach == .filtered
                && pairing.isPaired(finding.addresses.first)
            {
                let address = finding.addresses.first
                if known.insert(address).inserted { addresses.append(address) }
                stretches[Key(transport: finding.transport, address: address), default: []] +=
                    finding.ports.ranges.map { Stretch(ports: $0, index: index) }
            }
            for key in stretches.keys {
                stretches[key]?.sort { $0.ports.lowerBound < $1.ports.lowerBound }
            }
        }

        var isEmpty: Bool { stretches.isEmpty }

        /// `ports` by the finding that stops them.
        func parts(
            of ports: PortSet, _ transport: Transport, _ family: IPAddress.Family
        ) -> [(Int, PortSet)] {
            var parts: [Int: [ClosedRange<UInt16>]] = [:]
            var rest = ports
            for address in addresses where address.destination.family == family && !rest.isEmpty {
                let key = Key(transport: transport, address: address)
                guard let stretches = stretches[key] else { continue }
                var taken: [ClosedRange<UInt16>] = []
                for range in rest.ranges {
                    let first = stretches.partitioningIndex {
                        $0.ports.upperBound >= range.lowerBound
                    }
                    for stretch in stretches[first...] {
                        guard stretch.ports.lowerBound <= range.upperBound else { break }
                        let common = stretch.ports.clamped(to: range)
                        parts[stretch.index, default: []].append(common)
                        taken.append(common)
                    }
                }
                if !taken.isEmpty { rest = rest.subtracting(PortSet(taken)) }
            }
            return parts.sorted { $0.key < $1.key }.map { ($0.key, PortSet($0.value)) }
        }
    }

    /// Which addresses are of one host, so that their families can be compared.
    private struct AddressPairing {
        private let addresses: Set<IPAddress>

        /// The host's own addresses; without a report that has them, the only two addresses of
        /// `findings`, if they are of different families.
        init(_ findings: [Finding], _ host: HostReport?) {
            let own = Set((host?.addresses ?? []).map(\.address.destination))
            guard own.isEmpty else {
                addresses = own.filter { !$0.isLoopback }
                return
            }
            let all = Set(findings.lazy.filter { $0.addresses.span == 0 }.map(\.addresses.first))
            addresses = all.count == 2 && Set(all.map(\.family)).count == 2 ? all : []
        }

        func isPaired(_ address: IPAddress) -> Bool { addresses.contains(address.destination) }
    }
}

extension ListenerView {
    /// Whether what listens here may be the service that `other` is about.
    fileprivate func hasService(of other: ListenerView) -> Bool {
        switch (self, other) {
        case (.unknown, _), (_, .unknown), (.none, .none): true
        case (.none, _), (_, .none): false
        case (.listening, _), (.loopbackOnly, _), (.inNamespace, _), (.elsewhere, _),
            (.changed, _):
            listeners.contains { mine in other.listeners.contains { mine.isSameService(as: $0) } }
        }
    }
}

extension Listener {
    /// Whether both are the same socket, or sockets of the same program.
    fileprivate func isSameService(as other: Listener) -> Bool {
        if let inode, inode != 0, inode == other.inode { return true }
        if let unit, unit == other.unit { return true }
        if let container, container == other.container { return true }
        let names = Set(other.owners.map(\.name))
        if owners.contains(where: { names.contains($0.name) }) { return true }
        return self == other || owners.isEmpty && other.owners.isEmpty
    }
}
