import Prober

/// A rule that a remedy suggests: it lets in, or stops, packets to some ports of some addresses,
/// and does nothing to any other.
struct FlowRule: Hashable, Sendable {
    /// Where the packets come from.
    enum Sources: Hashable, Sendable {
        case everywhere
        case only(TargetSet)
        case allBut(TargetSet)
    }

    /// Where the packets were sent, all of one family.
    var addresses: TargetSet
    var transport: Transport
    var ports: PortSet
    var sources = Sources.everywhere
    /// Whether other rules have sent the packets elsewhere before this one sees them, so that it
    /// asks the connection where they were sent first.
    var isTranslated = false
    /// Whether no rule before it lets in what this host sends itself and what belongs to
    /// connections that are there already, so that it must leave those alone.
    var isFirst = false
    /// Whether it lets in; otherwise it drops.
    var accepts: Bool

    /// The family of the packets.
    var family: IPFamily { addresses.ranges.first?.family ?? .ipv4 }

    /// What the rule is to the evaluation of rules.
    ///
    /// That it spares what comes through the loopback device is left out: packets from other hosts
    /// never do, and through which device they come may not be known.
    var statements: [Statement] {
        var statements: [Statement] = []
        if isFirst {
            statements.append(
                .match(Match(Key(.connectionState), .anyBit(RuleSymbols.newOrUntracked))))
        }
        let destinations = ValueSet(addresses.ranges.map { [.range($0.numbers)] })
        let wanted = ValueSet(
            ports.ranges.map { [.range(UInt128($0.lowerBound)...UInt128($0.upperBound))] })
        let number: UInt8 = transport == .tcp ? 6 : 17
        statements.append(
            .match(Match(.transportProtocol, in: ValueSet(numbers: UInt128(number)))))
        if isTranslated {
            statements.append(.match(Match(.connectionDirection, in: ValueSet(numbers: 0))))
            statements.append(
                .match(Match(.connectionAddress(.original, .destination, family), in: destinations))
            )
            statements.append(.match(Match(.connectionPort(.original, .destination), in: wanted)))
        } else {
            statements.append(.match(Match(.address(.destination, family), in: destinations)))
            statements.append(.match(Match(.port(.destination, of: number), in: wanted)))
        }
        switch sources {
        case .everywhere: break
        case .only(let set), .allBut(let set):
            let isNegated = if case .allBut = sources { true } else { false }
            statements.append(
                .match(
                    Match(
                        .address(.source, family),
                        in: ValueSet(set.ranges.map { [.range($0.numbers)] }),
                        isNegated: isNegated)))
        }
        return statements + [.transparent, .verdict(accepts ? .accept : .drop)]
    }
}

extension AddressRange {
    /// Both ends as numbers.
    var numbers: ClosedRange<UInt128> { first.number...last.number }
}

extension RuleSymbols {
    /// The bits of `ct state new,untracked`.
    static let newOrUntracked: UInt128 = 8 | 64
}
