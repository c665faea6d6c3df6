/// Every endpoint of a scan, as a numbered space that is never written out.
///
/// The ports of the first address come first. A space holds at most 2^64 endpoints.
public struct ProbeSpace: Hashable, Sendable {
    /// The addresses.
    public let targets: TargetSet
    /// The ports asked at each of them.
    public let ports: PortSpec
    /// How many endpoints there are: 0 to 2^64.
    public let count: UInt128

    /// The largest space: its indices just fit 64 bits.
    public static let largestCount = UInt128(1) << 64

    /// The endpoints of all `ports` at all `targets`, or nil when they are more than 2^64.
    public init?(_ targets: TargetSet, _ ports: PortSpec) {
        let (count, overflow) = targets.count.multipliedReportingOverflow(by: UInt128(ports.count))
        guard !overflow, count <= Self.largestCount else { return nil }
        self.targets = targets
        self.ports = ports
        self.count = count
    }

    /// The position in the targets of the host that endpoint `index` belongs to.
    func host(of index: UInt64) -> UInt64 { index / UInt64(ports.count) }

    /// The endpoint numbered `index`, which must be below `count`.
    public subscript(index: UInt64) -> Endpoint {
        let (address, position) = index.quotientAndRemainder(dividingBy: UInt64(ports.count))
        let (transport, port) = ports[Int(position)]
        return Endpoint(targets.address(at: address), transport, port)
    }
}
