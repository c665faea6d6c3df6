public import Prober

/// What became of scans that were merged into one.
public struct MergeOutcome: Hashable, Sendable {
    /// Where the probes came from.
    public var vantage: Vantage
    /// The seed of the scans.
    public var seed: UInt64
    /// How many files or parts of files became one.
    public var partCount: Int
    /// How many endpoints the plan has.
    public var requested: UInt128
    /// How many of them nothing is known of.
    public var missing: UInt128
    /// The shards of which there is no file.
    public var missingShards: [Shard]
    /// The shards that are there and not whole, and how many of their endpoints are not known.
    public var cutShards: [Cut]
    /// Endpoints on whose state the parts do not agree.
    public var conflicts: [MergeConflict]
    /// Whether every endpoint was asked to the end.
    public var isComplete: Bool

    /// A shard of which endpoints are missing.
    public struct Cut: Hashable, Sendable {
        /// The shard.
        public var shard: Shard
        /// How many endpoints.
        public var missing: UInt128
    }
}

/// Ports of an address that parts of a merge saw in different states.
public struct MergeConflict: Hashable, Sendable {
    /// The address.
    public var address: IPAddress
    /// The transport.
    public var transport: Transport
    /// The ports.
    public var ports: PortSet
    /// The states, the one that was taken first.
    public var states: [PortState]

    /// Adds the record that marks the conflict to `bytes`, as a line of a scan file.
    func write(to bytes: inout [UInt8]) {
        var line = JSONLine()
        line.text("type", "conflict")
        line.text("address", address.description)
        line.text("transport", transport.rawValue)
        line.text("ports", ports.description)
        line.number("count", ports.count)
        line.texts("states", states.map(\.rawValue))
        line.finish(into: &bytes)
    }
}
