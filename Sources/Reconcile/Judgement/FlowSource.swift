import Prober

/// Where the probes of one address came from, as far as it is known.
struct FlowSource: Hashable {
    /// The family of the packets.
    let family: IPAddress.Family
    /// The addresses that they may have had as their source; empty when none is known.
    let addresses: [IPAddress]
    /// What the owner calls the place they came from; nil when that is not known.
    let vantage: String?

    /// The source of probes toward `destination` from a vantage with `sources` as its addresses.
    ///
    /// A source of the other family says nothing of them, and loopback reaches loopback alone. A
    /// probe to a loopback address never leaves the machine: whatever else its vantage is called,
    /// the kernel sends it from 127.0.0.1 or ::1 unless another loopback address was asked for.
    init(toward destination: IPAddress, from sources: [IPAddress], at vantage: String? = nil) {
        self.vantage = vantage
        let destination = destination.destination
        family = destination.family
        let possible = sources.map(\.destination).filter {
            $0.family == destination.family && $0.isLoopback == destination.isLoopback
        }
        let loopback: IPAddress =
            switch destination.family {
            case .ipv4: .v4(0x7f00_0001)
            case .ipv6: .v6(high: 0, low: 1)
            }
        addresses = possible.isEmpty && destination.isLoopback ? [loopback] : possible
    }
}

extension Expectation {
    /// Whether an expectation speaks of a flow.
    enum SourceCoverage {
        case covered, notCovered, unknown
    }

    /// Whether the flow from `source` is spoken of; unknown where one source would decide that and
    /// it is not known which.
    func coverage(of source: FlowSource) -> SourceCoverage {
        if let family, family != source.family { return .notCovered }
        let ofAddress = addressCoverage(of: source)
        if vantages.isEmpty || ofAddress == .notCovered { return ofAddress }
        guard let vantage = source.vantage else { return .unknown }
        return vantages.contains(vantage) ? ofAddress : .notCovered
    }

    private func addressCoverage(of source: FlowSource) -> SourceCoverage {
        let ranges = from.filter { $0.family == source.family }
        if from.isEmpty || ranges.contains(where: { $0.prefixLength == 0 }) { return .covered }
        if ranges.isEmpty { return .notCovered }
        let inside = source.addresses.count { address in
            ranges.contains { $0.contains(address) }
        }
        guard !source.addresses.isEmpty else { return .unknown }
        if inside == source.addresses.count { return .covered }
        return inside == 0 ? .notCovered : .unknown
    }
}
