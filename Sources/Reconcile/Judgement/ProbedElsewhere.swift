public import Prober

/// What another scan of the same run asks of the same host.
public struct ProbedElsewhere: Hashable, Sendable {
    /// The addresses.
    public var addresses: TargetSet
    /// The ports asked at each of them.
    public var ports: PortSpec

    /// What a scan of `ports` at `addresses` asks.
    public init(_ addresses: TargetSet, _ ports: PortSpec) {
        self.addresses = addresses
        self.ports = ports
    }
}
