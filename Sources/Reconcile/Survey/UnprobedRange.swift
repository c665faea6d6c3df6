public import Prober

/// Ports that were asked about at every address of a range, and never probed.
public struct UnprobedRange: Hashable, Sendable {
    /// The addresses.
    public var addresses: AddressRange
    /// The transport asked about.
    public var transport: Transport
    /// The ports, at least one.
    public var ports: PortSet

    /// How many endpoints these are, or the greatest number where that is too large.
    public var count: UInt128 {
        let (count, overflow) = addresses.span.multipliedReportingOverflow(by: UInt128(ports.count))
        let (sum, more) = count.addingReportingOverflow(UInt128(ports.count))
        return overflow || more ? .max : sum
    }
}

extension SurveyPlan {
    /// The endpoints of the plan that are in no group of `groups`.
    ///
    /// Neighbours of which nothing was seen are one range, so that a plan of 2^64 endpoints costs
    /// no more than what was seen of it.
    func endpoints(without groups: [ObservationGroup]) -> [UnprobedRange] {
        Transport.allCases.flatMap { transport -> [UnprobedRange] in
            let wanted = ports[transport]
            guard !wanted.isEmpty else { return [] }
            var seen: [IPAddress: [ClosedRange<UInt16>]] = [:]
            for group in groups where group.transport == transport {
                seen[group.address, default: []] += group.ports.ranges
            }
            let addresses = seen.keys.sorted()
            return targets.flatMap { target in
                Self.gaps(in: target, around: addresses).compactMap { range in
                    let ports =
                        range.span == 0
                        ? wanted.subtracting(PortSet(seen[range.first] ?? [])) : wanted
                    return ports.isEmpty
                        ? nil
                        : UnprobedRange(addresses: range, transport: transport, ports: ports)
                }
            }
        }
    }

    /// `target` in pieces: each of `addresses` (ascending) in it alone, and the ranges between them.
    private static func gaps(
        in target: AddressRange, around addresses: [IPAddress]
    ) -> [AddressRange] {
        var pieces: [AddressRange] = []
        var next: UInt128? = target.first.number
        func range(_ low: UInt128, _ high: UInt128) -> AddressRange? {
            AddressRange(
                IPAddress(target.family, number: low),
                through: IPAddress(target.family, number: high))
        }
        let start = addresses.partitioningIndex { $0 >= target.first }
        for address in addresses[start...] {
            guard target.contains(address), let low = next else { break }
            let number = address.number
            if low < number, let gap = range(low, number - 1) { pieces.append(gap) }
            pieces.append(AddressRange(address))
            next = number == UInt128.max ? nil : number + 1
        }
        if let low = next, low <= target.last.number, let rest = range(low, target.last.number) {
            pieces.append(rest)
        }
        return pieces
    }
}
