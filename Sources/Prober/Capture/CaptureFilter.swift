/// The filter (pcap-filter(7)) that lets a scan's packets through, and few others.
///
/// It runs in the kernel for every packet of an interface; ``WireMatcher`` looks at the rest. So it
/// may let too much through, never too little.
struct CaptureFilter {
    /// The filter.
    let text: String

    /// How many blocks of each family it names; the kernel takes programs of 4096 instructions.
    private static let blockLimits: [IPAddress.Family: Int] = [.ipv4: 200, .ipv6: 40]
    /// The flags SYN and RST.
    private static let firstFlags = TCPFlags.syn.union(.reset).rawValue

    /// The filter for `scope`.
    init(_ scope: CaptureScope) {
        var terms: [String] = []
        let hasTCP = !scope.ports.tcp.isEmpty
        let hasUDP = !scope.ports.udp.isEmpty
        let ports = "portrange \(scope.ephemeral.lowerBound)-\(scope.ephemeral.upperBound)"
        // DHCP's client port is the only other one that a scan sends from.
        let clientPort = scope.ports.udp.contains(DatagramLanes.dhcpServerPort)
        let clientPorts = clientPort ? " or port \(DatagramLanes.dhcpClientPort)" : ""
        for family in IPAddress.Family.allCases {
            let ranges = scope.targets.ranges.filter { $0.family == family }
            guard !ranges.isEmpty else { continue }
            let blocks = Self.blocks(of: ranges, atMost: Self.blockLimits[family] ?? 0)
                .map { "net \($0)" }.joined(separator: " or ")
            switch family {
            case .ipv4:
                terms.append("ip and (\(blocks)) and (\(ports)\(clientPorts))")
                // Unreachable, source quench, redirect, hop limit, parameter.
                terms.append(
                    "icmp and (icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 5 "
                        + "or icmp[0] = 11 or icmp[0] = 12)")
                if hasTCP {
                    terms.append("ip and tcp dst \(ports) and tcp[13] & \(Self.firstFlags) != 0")
                }
                if hasUDP { terms.append("ip and udp dst \(ports)") }
            case .ipv6:
                // Behind extension headers the filter sees no ports.
                terms.append("ip6 and (\(blocks)) and (\(ports) or not (tcp or udp))")
                terms.append("icmp6 and ip6[40] < 128")
                if hasTCP {
                    terms.append("ip6 and tcp dst \(ports) and ip6[53] & \(Self.firstFlags) != 0")
                }
                if hasUDP { terms.append("ip6 and udp dst \(ports)") }
            }
        }
        text = terms.map { "(\($0))" }.joined(separator: " or ")
    }

    /// Blocks that cover `ranges`: exactly if `limit` is enough, else one that has them all.
    private static func blocks(of ranges: [AddressRange], atMost limit: Int) -> [AddressRange] {
        var blocks: [AddressRange] = []
        for range in ranges {
            var next: AddressRange? = range
            while let rest = next {
                guard blocks.count < limit else { return [cover(of: ranges)].compactMap(\.self) }
                let block = rest.firstBlock
                blocks.append(block)
                next =
                    block.last == rest.last
                    ? nil
                    : AddressRange(
                        IPAddress(rest.family, number: block.last.number + 1), through: rest.last)
            }
        }
        return blocks
    }

    /// The smallest block that has all of `ranges`, which are of one family and sorted.
    private static func cover(of ranges: [AddressRange]) -> AddressRange? {
        guard let first = ranges.first?.first, let last = ranges.last?.last else { return nil }
        let common = (first.number ^ last.number).leadingZeroBitCount
        let width = first.family.bitCount
        return AddressRange(
            block: first, prefixLength: max(0, common - (UInt128.bitWidth - width)))
    }
}

extension AddressRange {
    /// The largest block that begins where the range does.
    fileprivate var firstBlock: AddressRange {
        let width = family.bitCount
        for length in 0..<width {
            guard let block = AddressRange(block: first, prefixLength: length),
                block.first == first, block.last <= last
            else { continue }
            return block
        }
        return AddressRange(first)
    }
}
