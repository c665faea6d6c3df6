public import Prober

/// What an owner declared in a target file: what to probe, what is meant to be open, what never.
public struct TargetFile: Hashable, Sendable {
    /// The file as the user named it.
    public var source: String
    /// What holds for each target that does not say otherwise.
    public var defaults: ProbeSettings
    /// The targets, in the order they were written; no two have the same name.
    public var targets: [Target]
    /// What is never probed, by any target file of the same run.
    public var exclude: [ExcludedBlock]

    /// A file of the given parts.
    public init(
        source: String, defaults: ProbeSettings = ProbeSettings(), targets: [Target] = [],
        exclude: [ExcludedBlock] = []
    ) {
        self.source = source
        self.defaults = defaults
        self.targets = targets
        self.exclude = exclude
    }

    /// Every address that the file excludes.
    public var excludedAddresses: TargetSet { TargetSet(exclude.flatMap(\.ranges)) }
}

/// Addresses that are never probed.
public struct ExcludedBlock: Hashable, Sendable {
    /// The addresses, as sorted disjoint ranges.
    public var ranges: [AddressRange]
    /// Why the owner wants it so.
    public var reason: String?
    /// Where it is written.
    public var location: InputLocation

    /// An exclusion of the given parts.
    public init(_ ranges: [AddressRange], reason: String? = nil, location: InputLocation) {
        self.ranges = ranges
        self.reason = reason
        self.location = location
    }
}

/// How a target is probed: from where, which ports, how fast.
public struct ProbeSettings: Hashable, Sendable {
    /// Where probes come from.
    public enum VantageKind: String, Hashable, Sendable, CaseIterable {
        /// This machine as it is.
        case direct
        /// A network namespace of its own on this machine, joined by a veth pair.
        case namespace
    }

    /// Where probes come from.
    public var vantage: VantageKind
    /// How fast probes are sent.
    public var rate: RateChoice
    /// How long one probe waits for its answer; nil leaves it to the prober.
    public var timeout: Duration?
    /// How often an unanswered probe is repeated; nil leaves it to the prober.
    public var retries: Int?
    /// How sure it must be that no TCP port is missed; nil leaves it to the prober.
    public var confidence: Double?
    /// Whether the first bytes of open connections are waited and asked for.
    public var talks = false
    /// Whether the host is asked, where it can be, what became of probes that nothing answered.
    public var asksForReceipts = true
    /// The ports that are probed.
    public var probe: PortSpec
    /// Where the ports are written; nil when they are the default.
    public var probeLocation: InputLocation?

    /// Settings of the given parts: all TCP ports, directly, at an automatic rate by default.
    public init(
        vantage: VantageKind = .direct, rate: RateChoice = .automatic, timeout: Duration? = nil,
        retries: Int? = nil, probe: PortSpec = PortSpec(tcp: .all),
        probeLocation: InputLocation? = nil
    ) {
        self.vantage = vantage
        self.rate = rate
        self.timeout = timeout
        self.retries = retries
        self.probe = probe
        self.probeLocation = probeLocation
    }
}
