/// What a capture of probes and of answers to them lets through, as pcap-filter(7) reads it.
package struct ArrivalFilter: CustomStringConvertible {
    /// The text; it is also safe between single quotes of a shell.
    package let description: String

    /// The filter for probes from `sources` (nil for anywhere) to `ports`.
    ///
    /// Ports in many pieces are left to the reader: a filter of the kernel has at most 4,096 steps.
    package init(sources: TargetSet?, ports: PortSpec) {
        var parts: [String] = []
        if !ports.tcp.isEmpty {
            let ports = Self.text(of: ports.tcp)
            // A SYN, with or without ACK, or a reset; tcp[…] is of IPv4 only.
            parts.append("(tcp\(ports) and tcp[13] & 6 != 0)")
            parts.append("(ip6 and tcp\(ports) and ip6[53] & 6 != 0)")
        }
        if !ports.udp.isEmpty { parts.append("(udp\(Self.text(of: ports.udp)))") }
        // What follows extension headers is found by the reader.
        parts.append(
            "(ip6 and (\(Self.extensions.map { "ip6[6] = \($0)" }.joined(separator: " or "))))")
        parts.append("(icmp and (icmp[0] = 3 or icmp[0] = 11 or icmp[0] = 12))")
        parts.append("(icmp6 and ip6[40] < 128)")
        var text = parts.joined(separator: " or ")
        if let sources, sources.ranges.count <= Self.mostPieces {
            let blocks = sources.ranges.compactMap { range in
                range.prefixLength.map { "net \(range.first)/\($0)" }
            }
            if blocks.count == sources.ranges.count {
                text = "(\(blocks.joined(separator: " or "))) and (\(text))"
            }
        }
        description = text
    }

    /// Hop-by-hop options, routing, fragment, authentication, destination options, mobility.
    private static let extensions: [UInt8] = [0, 43, 44, 51, 60, 135]
    private static let mostPieces = 32

    private static func text(of ports: PortSet) -> String {
        guard ports != .all, ports.ranges.count <= mostPieces else { return "" }
        let ranges = ports.ranges.map { "portrange \($0.lowerBound)-\($0.upperBound)" }
        return " and (\(ranges.joined(separator: " or ")))"
    }
}
