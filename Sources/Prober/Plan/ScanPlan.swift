/// Everything that decides which probes a scan sends, and how.
public struct ScanPlan: Sendable {
    /// The endpoints.
    public var space: ProbeSpace
    /// What chooses the order.
    public var seed: UInt64
    /// The part of the space this scan covers.
    public var shard: Shard = .whole
    /// The endpoints of that part that are known already, and need not be asked.
    public var known = EndpointSet()
    /// How many threads send.
    public var workers: Int = 2
    /// How long each attempt waits for its answer; nil to follow the round trips of the host, and
    /// 1.5 seconds for UDP.
    ///
    /// The kernel repeats a SYN each second meanwhile.
    public var timeout: Duration?
    /// How often a silent endpoint is asked again; nil for as often as ``confidence`` asks, and once
    /// over UDP.
    public var retries: Int?
    /// How sure it must be, 0 to 1, that at each host no TCP port that answers is missed.
    public var confidence = 0.9999
    /// What ``confidence`` may be.
    public static let confidences = 0.5...0.999999
    /// How fast packets may leave.
    public var rate: ProbeRate = .unlimited
    /// How many endpoints may wait for their answer at once, all workers together.
    public var inFlight: Int = 16_384
    /// The source address for targets of its family; the kernel chooses for others.
    public var sources: [IPAddress] = []
    /// The interface to leave through, when it is not the routing table's choice.
    public var interface: String?

    /// Whether the first bytes of open TCP connections are waited and asked for.
    public var talks = false

    /// How UDP endpoints are asked.
    public var datagrams = DatagramOptions()

    /// The network namespace to probe from; nil for the one the scan is started in.
    public var namespace: NetworkNamespace?

    /// Where the ports are noted that datagrams leave from, for who captures them; nil for nowhere.
    public var datagramPorts: DatagramPorts?

    /// A plan to ask all of `space` in the order that `seed` chooses.
    public init(_ space: ProbeSpace, seed: UInt64) {
        self.space = space
        self.seed = seed
    }

    /// How many endpoints this scan asks about: those of its shard that are not known already.
    public var requested: UInt128 {
        let known = Transport.allCases.reduce(UInt128(0)) { count, transport in
            space.ports[transport].isEmpty ? count : count + self.known.count(over: transport)
        }
        return endpointCount - min(known, endpointCount)
    }

    /// How many endpoints the shard has, known or not: what a resumed scan comes to in the end.
    public var endpointCount: UInt128 {
        shard.share(of: space.ports, at: space.targets.count)
    }

    /// How many requests belong to the UDP ports of the plan, in whichever shard.
    ///
    /// Each is sent once unless the port answers before; what silence costs comes on top.
    public var ownRequestCount: UInt128 {
        let sequences = RequestSequences(includesIndustrial: datagrams.includesIndustrial)
        let count = space.ports.udp.reduce(0) { $0 + sequences[$1].ownCount }
        return space.targets.count * UInt128(count)
    }

    /// The endpoints in the order in which they are first asked when one worker asks them all:
    /// TCP, then UDP.
    ///
    /// A scan asks both at the same time.
    public var endpoints: some Sequence<Endpoint> {
        [AnySequence(part(.tcp).connectEndpoints), AnySequence(part(.udp).datagramEndpoints)]
            .lazy.joined().filter { [known] in !known.contains($0) }
    }

    /// The part of the plan that asks about `transport`, with the share of the rate that lets both
    /// parts take equally long.
    func part(_ transport: Transport) -> ScanPlan {
        var ports = PortSpec()
        ports[transport] = space.ports[transport]
        var part = self
        guard ports != space.ports, let space = ProbeSpace(space.targets, ports) else {
            return part
        }
        part.space = space
        let share: (Int) -> ProbeRate = { [self] count in
            let part = UInt128(count) * UInt128(ports.count) / UInt128(self.space.ports.count)
            return .perSecond(max(1, Int(part)))
        }
        switch rate {
        case .perSecond(let count) where space.count > 0: part.rate = share(count)
        case .automatic where transport == .udp && space.count > 0:
            part.rate = share(RateChoice.politeRate)
        case .perSecond, .automatic, .unlimited: break
        }
        return part
    }

    /// The TCP endpoints of this plan, which has no others, in the order in which they are asked.
    private var connectEndpoints: some Sequence<Endpoint> {
        let order = space.count == 0 ? nil : ProbeOrder(count: space.count, seed: seed)
        let steps = ProbeSteps(count: space.count, shard: shard, worker: 0, of: 1)
        return sequence(state: steps) { steps in
            guard let order, let step = steps.take() else { return nil }
            return space[order.index(at: step)]
        }
    }
}
