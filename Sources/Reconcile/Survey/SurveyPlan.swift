public import Prober

/// What a scan was asked to probe.
public struct SurveyPlan: Hashable, Sendable {
    /// The addresses, without those that were excluded; the ranges do not overlap.
    public var targets: [AddressRange]
    /// The ports asked about at each address.
    public var ports: PortSpec
    /// How the probes ask: `connect`.
    public var method: String
    /// Which part of the endpoints this scan has, as `2/4`; nil when it has all of them.
    public var shard: String?
    /// How many endpoints this scan has: at most 2^64.
    public var requested: UInt128
    /// What else decides how endpoints are asked, by the name of its flag; nil in files that do not
    /// say it.
    public var terms: [String: String]?

    /// A plan of the given parts.
    ///
    /// Without `requested` it is every port at every target.
    public init(
        targets: [AddressRange], ports: PortSpec, method: String = "connect", shard: String? = nil,
        requested: UInt128? = nil
    ) {
        self.targets = targets
        self.ports = ports
        self.method = method
        self.shard = shard
        self.requested = requested ?? 0
        if requested == nil { self.requested = endpointCount }
    }

    /// How many endpoints all ports at all targets are, in whichever shard, or the greatest number
    /// where that is too many.
    public var endpointCount: UInt128 {
        let addresses = TargetSet(targets).count
        let (count, overflow) = addresses.multipliedReportingOverflow(by: UInt128(ports.count))
        return overflow ? .max : count
    }
}
