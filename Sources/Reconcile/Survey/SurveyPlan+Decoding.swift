import Prober

/// The plan in the header of a scan file, as it is written there.
struct PlanText: Decodable {
    private var targets: [String]
    private var ports: String
    private var method: String
    private var shard: String?
    private var requested: UInt128
    private var terms: [String: String]?

    /// The plan, whose parts must agree.
    var plan: SurveyPlan {
        get throws(ScanLineProblem) {
            var ranges: [AddressRange] = []
            for text in targets {
                guard let range = AddressRange(fileText: text) else {
                    throw .value(text, "an address, a block or first-last")
                }
                ranges.append(range)
            }
            let ports = try PortSpec(fileText: ports)
            var plan = SurveyPlan(targets: ranges, ports: ports, method: method, shard: shard)
            let everything = plan.endpointCount
            guard everything <= ProbeSpace.largestCount, requested <= everything else {
                throw .value("\(requested)", "a number of endpoints that the plan can have")
            }
            let sorted = ranges.sorted { $0.first < $1.first }
            guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0.last < $1.first }) else {
                throw .contradiction("the targets of the plan overlap")
            }
            let share = try part.share(of: ports, at: TargetSet(ranges).count)
            guard requested == share else {
                throw .value(
                    "\(requested)", "the number of endpoints that the plan has, \(share)")
            }
            plan.requested = requested
            plan.terms = terms
            return plan
        }
    }

    private var part: Shard {
        get throws(ScanLineProblem) {
            guard let shard else { return .whole }
            let numbers = shard.split(separator: "/", omittingEmptySubsequences: false)
                .map { UInt64(decimal: $0) }
            guard numbers.count == 2, let number = numbers[0], let count = numbers[1],
                let part = Shard(number, of: count)
            else { throw .value(shard, "a shard, as in 2/4") }
            return part
        }
    }
}

extension PortSpec {
    /// The ports, as ``description`` writes them: no names, no open ranges.
    init(fileText text: String) throws(ScanLineProblem) {
        self.init()
        guard !text.isEmpty else { return }
        var ranges: [Transport: [ClosedRange<UInt16>]] = [:]
        var current: Transport?
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            var rest = item
            for transport in Transport.allCases where item.hasPrefix("\(transport.rawValue):") {
                current = transport
                rest = item.dropFirst(transport.rawValue.count + 1)
            }
            guard let current, let more = try? ScanLine.ports(String(rest)) else {
                throw .value(text, "ports, as in tcp:22,80,udp:53")
            }
            ranges[current, default: []] += more.ranges
        }
        self = PortSpec(tcp: PortSet(ranges[.tcp] ?? []), udp: PortSet(ranges[.udp] ?? []))
    }
}

extension AddressRange {
    /// The range that `text` writes as files do: an address, a block or `first-last`; nil for
    /// anything else.
    init?(fileText text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        let block = text.split(separator: "/", omittingEmptySubsequences: false)
        let range: AddressRange? =
            if ends.count == 2, let first = IPAddress(ends[0]), let last = IPAddress(ends[1]) {
                AddressRange(first, through: last)
            } else if block.count == 2, let address = IPAddress(block[0]),
                let length = UInt8(decimal: block[1])
            {
                AddressRange(block: address, prefixLength: Int(length))
            } else {
                IPAddress(text).map { AddressRange($0) }
            }
        guard let range else { return nil }
        self = range
    }
}

extension FixedWidthInteger {
    /// The number that `text` writes in decimal digits and nothing else: no sign, no space.
    init?(decimal text: some StringProtocol) {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        self.init(text, radix: 10)
    }
}
