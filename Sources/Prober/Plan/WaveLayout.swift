/// Which UDP endpoints are asked together, and in which order.
///
/// A wave is all ports of some addresses. A scan of many addresses is made in waves, so that its
/// memory does not grow with them. Endpoints are numbered: the ports of the first address come
/// first.
struct WaveLayout: Sendable {
    private let targets: TargetSet
    private let ports: PortSet
    private let firstAddress: UInt64
    private let order: ProbeOrder
    private let firstStep: UInt64
    private let stride: UInt64
    /// How many addresses the wave has.
    let addressCount: Int

    /// How many endpoints a wave may have, unless one address has more.
    private static let endpointLimit = 1 << 20
    /// How many addresses a wave may have.
    private static let addressLimit = 1 << 16

    /// The wave of `plan`, which has UDP ports only, that begins with the address at `first`.
    ///
    /// The shard's steps are those of the whole space, in which the waves follow each other.
    init(_ plan: ScanPlan, from first: UInt64) {
        targets = plan.space.targets
        ports = plan.space.ports.udp
        firstAddress = first
        let most = UInt64(max(1, min(Self.addressLimit, Self.endpointLimit / ports.count)))
        addressCount = Int(min(targets.count - UInt128(first), UInt128(most)))
        let count = UInt128(addressCount * ports.count)
        order = ProbeOrder(count: count, seed: SplitMix64.mix(plan.seed ^ first))
        stride = plan.shard.count
        let before = UInt128(first) * UInt128(ports.count) % UInt128(stride)
        firstStep = UInt64(
            (UInt128(plan.shard.number - 1) + UInt128(stride) - before) % UInt128(stride))
    }

    /// How many endpoints the wave has, those of other shards too.
    var count: Int { addressCount * ports.count }

    /// How many ports each address has.
    var portCount: Int { ports.count }

    /// How many endpoints of the wave are in the shard.
    var requested: Int {
        UInt64(count) > firstStep ? Int((UInt64(count) - firstStep - 1) / stride + 1) : 0
    }

    /// The position in the targets of the address after the wave's last.
    var nextAddress: UInt128 { UInt128(firstAddress) + UInt128(addressCount) }

    /// A visit of the shard's endpoints in their order.
    struct Visit {
        fileprivate var step: UInt64
    }

    /// The visit before its first endpoint.
    var start: Visit { Visit(step: firstStep) }

    /// The number of the next endpoint of `visit`; nil after the last.
    func next(in visit: inout Visit) -> Int? {
        guard visit.step < UInt64(count) else { return nil }
        defer { visit.step = visit.step > UInt64.max - stride ? .max : visit.step + stride }
        return Int(order.index(at: visit.step))
    }

    /// The host of the endpoint `number`.
    func host(of number: Int) -> Int { number / ports.count }

    /// The port of the endpoint `number`.
    func port(of number: Int) -> UInt16 { ports[number % ports.count] }

    /// The address of the host `number`.
    func address(ofHost number: Int) -> IPAddress {
        targets.address(at: firstAddress + UInt64(number))
    }

    /// The endpoint `number`.
    func endpoint(_ number: Int) -> Endpoint {
        Endpoint(address(ofHost: host(of: number)), .udp, port(of: number))
    }

    /// The number of the host at `address`, or nil when it is not in the wave.
    func host(at address: IPAddress) -> Int? {
        guard let position = targets.position(of: address), position >= UInt128(firstAddress),
            position - UInt128(firstAddress) < UInt128(addressCount)
        else { return nil }
        return Int(position - UInt128(firstAddress))
    }

    /// The number of the endpoint of `host` with `port`, or nil when it is not in the wave.
    func number(host: Int, port: UInt16) -> Int? {
        ports.position(of: port).map { host * ports.count + $0 }
    }
}

extension ScanPlan {
    /// The UDP endpoints of this plan, which has no others, in the order in which they are asked.
    var datagramEndpoints: some Sequence<Endpoint> {
        let first = requested == 0 ? nil : WaveLayout(self, from: 0)
        var visit = first?.start
        return sequence(state: first) { layout -> Endpoint? in
            while let wave = layout, var current = visit {
                if let number = wave.next(in: &current) {
                    visit = current
                    return wave.endpoint(number)
                }
                guard wave.nextAddress < space.targets.count else { return nil }
                let following = WaveLayout(self, from: UInt64(wave.nextAddress))
                visit = following.start
                layout = following
            }
            return nil
        }
    }
}
