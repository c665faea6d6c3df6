import Prober

/// Everything a survey saw of one address, without repetitions and contradictions.
struct AddressSighting {
    let address: IPAddress
    /// Ports that were seen alike; no port is in two parts.
    let parts: [Part]
    /// Whether random ports of the address are open too.
    let acceptsDecoys: Bool

    /// Ports of one transport that were seen alike.
    struct Part {
        let transport: Transport
        let ports: PortSet
        /// One thing, or several that prove different states.
        let evidence: [Evidence]
        /// The fewest packets that asked any of them.
        let attempts: UInt16
    }

    /// The sightings in `groups`, by address.
    ///
    /// `decoys` are what random ports of the addresses did.
    static func all(
        in groups: [ObservationGroup], decoys: [DecoyFacts] = []
    ) -> [AddressSighting] {
        let allOpen = Set(decoys.filter(\.isAllOpen).map(\.address))
        var tallies: [IPAddress: [Key: Tally]] = [:]
        for group in groups {
            let key = Key(transport: group.transport, evidence: group.evidence)
            tallies[group.address, default: [:]][key, default: Tally()].add(group)
        }
        return tallies.keys.sorted().map { address in
            AddressSighting(
                address: address, parts: parts(of: tallies[address] ?? [:], at: address),
                acceptsDecoys: allOpen.contains(address))
        }
    }

    /// Whether any port gave a sign of life: an answer, or an ICMP error of the host itself.
    func isAlive(_ isOfHost: (IPAddress) -> Bool) -> Bool {
        parts.contains { part in
            part.evidence.contains { evidence in
                switch evidence {
                case .handshake, .exchange, .reset, .reply: true
                case .icmp(_, let reporter): isOfHost(reporter)
                case .unanswered(let silence):
                    silence.controls == .answered || silence.controls == .limitSpent
                case .silence, .localFailure: false
                }
            }
        }
    }

    private struct Key: Hashable {
        let transport: Transport
        let evidence: Evidence
    }

    private struct Tally {
        var ranges: [ClosedRange<UInt16>] = []
        var attempts = UInt16.max

        mutating func add(_ group: ObservationGroup) {
            ranges += group.ports.ranges
            attempts = min(attempts, group.attempts)
        }
    }

    private static func parts(of tallies: [Key: Tally], at address: IPAddress) -> [Part] {
        Transport.allCases.flatMap { transport -> [Part] in
            var parts = tallies.filter { $0.key.transport == transport }.map { key, tally in
                Part(
                    transport: transport, ports: PortSet(tally.ranges), evidence: [key.evidence],
                    attempts: tally.attempts)
            }
            parts.sort { $0.precedes($1, at: address) }
            let union = PortSet(parts.flatMap(\.ports.ranges))
            let isDisjoint = union.count == parts.reduce(0) { $0 + $1.ports.count }
            return isDisjoint ? parts : separated(parts, at: address)
        }
    }

    /// `parts` with every port in one of them.
    ///
    /// A failure on this side counts only where nothing else is known. Of evidence for the same
    /// state the first is kept; evidence for different states is kept together.
    private static func separated(_ parts: [Part], at address: IPAddress) -> [Part] {
        var result: [Part] = []
        for part in parts {
            var rest = part.ports
            let state = part.evidence.first.map {
                PortState(explaining: $0, over: part.transport, at: address)
            }
            for index in result.indices where !rest.isEmpty {
                let earlier = result[index]
                let common = rest.intersection(earlier.ports)
                guard !common.isEmpty else { continue }
                rest = rest.subtracting(common)
                let isKnown = earlier.evidence.contains {
                    PortState(explaining: $0, over: part.transport, at: address) == state
                }
                if isKnown || state == .notTested { continue }
                result[index] = earlier.with(earlier.ports.subtracting(common))
                result.append(
                    Part(
                        transport: part.transport, ports: common,
                        evidence: earlier.evidence + part.evidence,
                        attempts: min(earlier.attempts, part.attempts)))
            }
            if !rest.isEmpty { result.append(part.with(rest)) }
        }
        return result.filter { !$0.ports.isEmpty }
    }
}

extension Evidence {
    /// Whether the connection was ended at once.
    var endsAtOnce: Bool {
        if case .exchange(let exchange) = self { exchange.endsAtOnce } else { false }
    }
}

extension AddressSighting.Part {
    /// Whether bytes came on connections, so that there are services and not only handshakes.
    var isProven: Bool {
        evidence.allSatisfy {
            if case .exchange(let exchange) = $0 { exchange.isProof } else { false }
        }
    }

    /// What the part comes to for a verdict.
    func outside(
        at address: IPAddress, isAlive: Bool, _ isOfHost: (IPAddress) -> Bool
    ) -> OutsideView {
        guard let first = evidence.first else { return .notTested }
        guard evidence.count == 1 else {
            let isOpen = evidence.contains {
                PortState(explaining: $0, over: transport, at: address) == .open
            }
            return isOpen ? .unstableOpen : .unstable
        }
        return OutsideView(
            first, over: transport, at: address, isAlive: isAlive, isOfHost: isOfHost)
    }

    fileprivate func with(_ ports: PortSet) -> AddressSighting.Part {
        AddressSighting.Part(
            transport: transport, ports: ports, evidence: evidence, attempts: attempts)
    }

    /// An order that is the same in every run: what says most comes first, failures last.
    fileprivate func precedes(_ other: AddressSighting.Part, at address: IPAddress) -> Bool {
        let (mine, others) = (rank, other.rank)
        if mine != others { return mine < others }
        return (ports.ranges.first?.lowerBound ?? 0, attempts)
            < (other.ports.ranges.first?.lowerBound ?? 0, other.attempts)
    }

    private var rank: Int {
        switch evidence.first {
        case .handshake, .exchange, .reply: 0
        case .reset: 1
        case .icmp: 2
        case .silence, .unanswered: 3
        case .localFailure, nil: 4
        }
    }
}
