import Prober

extension FlowRule {
    typealias Parts = [HostCommand.Part]

    /// The rule as nft takes it, in a table of a family that sees its packets.
    var nft: Parts {
        let ip = family == .ipv4 ? "ip" : "ip6"
        var parts: Parts = []
        if isFirst { parts.append(.fixed(" iifname != lo ct state new,untracked")) }
        if isTranslated {
            parts += [.fixed(" ct direction original ct original \(ip) daddr ")]
            parts += Self.set(addresses.ranges.map(\.description))
            parts += [.fixed(" meta l4proto \(transport.rawValue) ct original proto-dst ")]
            parts += Self.set(ports.ranges.map { Self.range($0, "-") })
        } else {
            parts += [.fixed(" \(ip) daddr ")] + Self.set(addresses.ranges.map(\.description))
            parts += [.fixed(" \(transport.rawValue) dport ")]
            parts += Self.set(ports.ranges.map { Self.range($0, "-") })
        }
        switch sources {
        case .everywhere: break
        case .only(let set):
            parts += [.fixed(" \(ip) saddr ")] + Self.set(set.ranges.map(\.description))
        case .allBut(let set):
            parts += [.fixed(" \(ip) saddr != ")] + Self.set(set.ranges.map(\.description))
        }
        parts.append(.fixed(" counter \(accepts ? "accept" : "drop")"))
        return parts
    }

    /// A value, or several in braces.
    private static func set(_ values: [String]) -> Parts {
        values.count == 1
            ? [.fixed(values[0])] : [.word("{ " + values.joined(separator: ", ") + " }")]
    }

    private static func range(_ range: ClosedRange<UInt16>, _ separator: String) -> String {
        range.count == 1
            ? "\(range.lowerBound)" : "\(range.lowerBound)\(separator)\(range.upperBound)"
    }

    /// The rule as iptables takes it, which may need several; nil where it would need too many.
    var iptables: [String]? {
        let sources = self.sources.iptables(family)
        let destinations = addresses.ranges.flatMap { $0.iptables(isTranslated) }
        let ports = isTranslated ? originalPorts : portGroups
        guard sources.count * destinations.count * ports.count <= Self.limit else { return nil }
        var rules: [String] = []
        for destination in destinations {
            for port in ports {
                for source in sources {
                    let way = isTranslated ? " -m conntrack --ctdir ORIGINAL" : ""
                    let state = (isTranslated ? "" : " -m conntrack") + " --ctstate NEW,UNTRACKED"
                    rules.append(
                        (isFirst ? " ! -i lo" : "")
                            + "\(source)\(isTranslated ? "" : destination) -p \(transport.rawValue)\(way)"
                            + (isTranslated ? destination : "") + port + (isFirst ? state : "")
                            + " -j \(accepts ? "ACCEPT" : "DROP")")
                }
            }
        }
        return rules
    }

    /// More rules than this nobody types.
    private static let limit = 16

    /// Ports in groups of as many as the module takes: fifteen, a range counting for two.
    private var portGroups: [String] {
        if ports.ranges.count == 1 { return [" --dport \(Self.range(ports.ranges[0], ":"))"] }
        var groups: [[String]] = [[]]
        var room = 15
        for range in ports.ranges {
            let cost = range.count == 1 ? 1 : 2
            if cost > room {
                groups.append([])
                room = 15
            }
            groups[groups.count - 1].append(Self.range(range, ":"))
            room -= cost
        }
        return groups.map { " -m multiport --dports \($0.joined(separator: ","))" }
    }

    private var originalPorts: [String] {
        ports.ranges.map { " --ctorigdstport \(Self.range($0, ":"))" }
    }
}

extension FlowRule.Sources {
    /// What iptables is asked for, a rule each: it takes one range, and no negation of several.
    fileprivate func iptables(_ family: IPFamily) -> [String] {
        switch self {
        case .everywhere: return [""]
        case .only(let set): return set.ranges.map { $0.source(isNegated: false) }
        case .allBut(let set):
            if set.ranges.count == 1 { return [set.ranges[0].source(isNegated: true)] }
            return TargetSet.everything(family).subtracting(set).ranges
                .map { $0.source(isNegated: false) }
        }
    }
}

extension AddressRange {
    fileprivate func source(isNegated: Bool) -> String {
        let mark = isNegated ? " !" : ""
        return prefixLength == nil
            ? " -m iprange\(mark) --src-range \(self)" : "\(mark) -s \(self)"
    }

    /// How iptables is told the destination, a rule each.
    fileprivate func iptables(_ isTranslated: Bool) -> [String] {
        if isTranslated { return blocks.map { " --ctorigdst \($0)" } }
        return [prefixLength == nil ? " -m iprange --dst-range \(self)" : " -d \(self)"]
    }

    /// The blocks that make up the range.
    private var blocks: [AddressRange] {
        var blocks: [AddressRange] = []
        var rest: AddressRange? = self
        while let range = rest {
            var length = range.family.bitCount
            while length > 0,
                let larger = AddressRange(block: range.first, prefixLength: length - 1),
                larger.first == range.first, larger.last <= range.last
            {
                length -= 1
            }
            guard let block = AddressRange(block: range.first, prefixLength: length) else { break }
            blocks.append(block)
            rest = block.following.flatMap { AddressRange($0, through: last) }
        }
        return blocks
    }

    /// The address after the last; nil where there is none.
    var following: IPAddress? {
        let end = TargetSet.everything(family).ranges.first?.last
        return last == end ? nil : IPAddress(family, number: last.number + 1)
    }
}

extension TargetSet {
    /// Every address of `family`.
    static func everything(_ family: IPFamily) -> TargetSet {
        let zero = IPAddress(family, number: 0)
        return TargetSet([AddressRange(block: zero, prefixLength: 0)].compactMap { $0 })
    }
}
