public import Prober

/// One host, or several alike, with what their owner declared of them.
public struct Target: Hashable, Sendable {
    /// What the owner calls it; unique in its file.
    public var name: String
    /// Where its name is written.
    public var location: InputLocation
    /// What to probe.
    public var addresses: [TargetAddress]
    /// How to probe it.
    public var settings: ProbeSettings
    /// How to learn what it says of itself; nil when the outside alone is judged.
    public var host: HostAccess?
    /// What is meant to be reachable: what the target says, then what its groups say.
    public var policy: Policy
    /// The groups it is in.
    public var groups: [String]

    /// A target of the given parts.
    public init(
        name: String, location: InputLocation, addresses: [TargetAddress],
        settings: ProbeSettings = ProbeSettings(), host: HostAccess? = nil,
        policy: Policy = Policy(), groups: [String] = []
    ) {
        self.name = name
        self.location = location
        self.addresses = addresses
        self.settings = settings
        self.host = host
        self.policy = policy
        self.groups = groups
    }
}

/// An entry of a target's addresses.
public struct TargetAddress: Hashable, Sendable {
    /// What an entry can be.
    public enum Kind: Hashable, Sendable {
        /// This machine as the vantage sees it: loopback directly, the host's end of the veth pair
        /// from a namespace.
        case thisHost
        /// Addresses, or a name that is still to be resolved.
        case word(TargetWord)
    }

    /// What it stands for.
    public var kind: Kind
    /// Where it is written.
    public var location: InputLocation

    /// An entry and its place.
    public init(_ kind: Kind, location: InputLocation) {
        self.kind = kind
        self.location = location
    }
}

/// How to learn what a host says of itself.
public enum HostAccess: Hashable, Sendable {
    /// The target is this machine: ask its kernel.
    case live
    /// Ask the host over ssh.
    case ssh(SSHDestination)
    /// Read reports that were made on the host.
    case files([HostFile])
}

/// A report that was made on a host.
public struct HostFile: Hashable, Sendable {
    /// The path to open: what was written, taken from the folder of the target file.
    public var path: String
    /// Where it is written.
    public var location: InputLocation
    /// The format that it is in; nil when its content is to tell.
    public var format: ReportFormat?

    /// A file and the place that names it.
    public init(path: String, location: InputLocation, format: ReportFormat? = nil) {
        self.path = path
        self.location = location
        self.format = format
    }
}
