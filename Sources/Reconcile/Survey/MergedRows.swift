import Prober

/// The rows of scans that become one: every endpoint once, and what the scans do not agree on.
struct MergedRows {
    /// How many endpoints have each state.
    private(set) var counts: [PortState: UInt128] = [:]
    /// Why endpoints were not tested.
    private(set) var reasons: [LocalFailureReason: UInt128] = [:]
    /// What is known in all, when every endpoint of it is in one scan only; else nil.
    private let disjoint: EndpointSet?
    /// The state of every port that has a row, of each host; only where scans may overlap.
    private var taken: [Host: [UInt16: PortState]] = [:]
    private var disputed: [Host: [UInt16: [PortState]]] = [:]

    private struct Host: Hashable {
        var address: IPAddress
        var transport: Transport
    }

    init(disjoint: EndpointSet?) { self.disjoint = disjoint }

    /// Adds what a row says that no row before has said, as a line of `bytes`: rows of all states but
    /// `not-tested` come first.
    ///
    /// The row is `line`, and `group` says the same.
    mutating func add(
        _ group: ObservationGroup, _ line: ArraySlice<UInt8>, to bytes: inout [UInt8]
    ) {
        let ports = disjoint != nil && group.state != .notTested ? group.ports : free(group)
        guard !ports.isEmpty else { return }
        counts[group.state, default: 0] += UInt128(ports.count)
        if case .localFailure(let failure) = group.evidence {
            reasons[LocalFailureReason(failure), default: 0] += UInt128(ports.count)
        }
        guard ports == group.ports else {
            var part = group
            part.ports = ports
            ScanRecord.group(part).write(to: &bytes)
            return
        }
        bytes += line
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The ports of `group` that no row has yet; they are taken, and what differs is noted.
    private mutating func free(_ group: ObservationGroup) -> PortSet {
        let host = Host(address: group.address, transport: group.transport)
        let state = group.state
        var ports = group.ports
        if let disjoint {
            ports = ports.subtracting(disjoint.ports(of: group.address, over: group.transport))
        }
        var free: [UInt16] = []
        for port in ports {
            guard let other = taken[host]?[port] else {
                taken[host, default: [:]][port] = state
                free.append(port)
                continue
            }
            guard other != state, state != .notTested else { continue }
            var states = disputed[host]?[port] ?? [other]
            if !states.contains(state) { states.append(state) }
            disputed[host, default: [:]][port] = states
        }
        return PortSet(ports: free)
    }

    /// What the scans do not agree on, in the order of addresses.
    var conflicts: [MergeConflict] {
        disputed.flatMap { host, ports in
            Dictionary(grouping: ports, by: \.value).map { states, ports in
                MergeConflict(
                    address: host.address, transport: host.transport,
                    ports: PortSet(ports: ports.map(\.key)), states: states)
            }
        }
        .sorted {
            ($0.address, $0.transport, $0.ports[0]) < ($1.address, $1.transport, $1.ports[0])
        }
    }
}
