import Prober

/// What facts depend on besides the packet.
struct FactContext {
    let flow: Flow
    let host: FirewallHost
}

extension Packet {
    /// What is known of `selector`.
    func fact(_ selector: Selector, _ context: FactContext) -> Fact {
        switch selector {
        case .networkFamily: return .number(family == .ipv4 ? 2 : 10)
        case .etherType: return .number(family == .ipv4 ? 0x0800 : 0x86dd)
        case .transportProtocol: return .number(UInt128(transport))
        case .headerProtocol(let wanted):
            return family == wanted ? .number(UInt128(transport)) : .absent
        case .address(let side, let wanted):
            guard family == wanted else { return .absent }
            return fact(side == .source ? source : destination)
        case .port(let side, let wanted):
            guard wanted == nil || wanted == transport else { return .absent }
            // An ICMP message begins with its type and code, where others have the port.
            if side == .source, let icmp {
                return .number(UInt128(icmp.type) << 8 | UInt128(icmp.code))
            }
            return fact(side == .source ? sourcePort : destinationPort)
        case .tcpFlags: return transport == 6 ? .number(UInt128(tcpFlags)) : .absent
        case .icmpType(let wanted):
            guard isICMP(wanted) else { return .absent }
            return icmp.map { .number(UInt128($0.type)) } ?? .unknown(.packet("ICMP type"))
        case .icmpCode(let wanted):
            guard isICMP(wanted) else { return .absent }
            return icmp.map { .number(UInt128($0.code)) } ?? .unknown(.packet("ICMP code"))
        case .interface(let side): return fact(side == .source ? input : output)
        case .mark(.packet): return mark.fact(.mark)
        case .mark(.connection): return ofConnection(connectionMark.fact(.mark))
        case .connectionState: return stateFact
        case .connectionStatus: return ofConnection(status.fact(.connection))
        case .connectionDirection:
            if case .tracked(_, let isReply) = connection { return .number(isReply ? 1 : 0) }
            return ofConnection(.unknown(.connection))
        case .connectionAddress(.original, let side, let wanted):
            guard family == wanted else { return .absent }
            if beganConnection { return fact(side == .source ? source : destination) }
            let address = side == .source ? context.flow.source : context.flow.destination
            return ofConnection(
                address.map { .number($0.number) } ?? .unknown(.source))
        case .connectionAddress(.reply, let side, let wanted):
            guard family == wanted else { return .absent }
            guard let end = answerEnd(side) else {
                return ofConnection(.unknown(.translation))
            }
            return ofConnection(fact(end.address))
        case .connectionPort(.original, let side):
            if beganConnection { return fact(side == .source ? sourcePort : destinationPort) }
            return ofConnection(
                side == .source
                    ? fact(.oneOf(context.flow.sourcePorts, .sourcePort)) : .probedPort([]))
        case .connectionPort(.reply, let side):
            guard let end = answerEnd(side) else {
                return ofConnection(.unknown(.translation))
            }
            return ofConnection(fact(end.port))
        case .packetType:
            // Unicast to this host; on loopback the kernel has a type of its own.
            return input == .notLoopback || input == .none && output != .name("lo") || isNamedInput
                ? .number(0) : .unknown(.packet("type (unicast or not)"))
        case .addressType(let side, let throughInterface):
            return addressType(
                side == .source ? source : destination, throughInterface, context)
        case .reversePath(let usesMark): return reversePath(context, usesMark: usesMark)
        case .headerVersion(let wanted):
            return family == wanted ? .number(wanted == .ipv4 ? 4 : 6) : .absent
        case .fragmentOffset:
            // Whole packets: no offset, no more fragments; whether it may be fragmented is open.
            return family == .ipv4
                ? .bits(0, known: 0xffff_bfff, .packet("fragment field")) : .absent
        case .field(.network(let wanted), let name):
            return family == wanted ? .unknown(.packet(name)) : .absent
        case .field(.transport(let wanted), let name):
            return transport == wanted ? .unknown(.packet(name)) : .absent
        case .field(.all, let name): return .unknown(.packet(name))
        case .headerExtension(let wanted):
            // Nothing that is asked for here is in a probe; the other family has none to look for.
            return family == wanted ? .number(0) : .absent
        case .setField: return .unknown(.notUnderstood("a field of a set"))
        case .opaque(let text): return .unknown(.notUnderstood(text))
        }
    }

    /// The end that is `side` for answers of the packet's connection, before anything is undone;
    /// nil when that is not known.
    private func answerEnd(_ side: PacketSide) -> PacketEnd? {
        let start = PacketEnd(address: source, port: sourcePort)
        let end = PacketEnd(address: destination, port: destinationPort)
        if isReply && !beganConnection {
            guard icmp == nil else { return nil }
            return side == .source ? answeredFrom ?? start : isRestored ? nil : end
        }
        if side == .destination && isSourceTranslated { return nil }
        return side == .source ? end : start
    }

    /// Whether the packet is an answer that the kernel takes for the first of a connection, since
    /// what it answers was not tracked.
    private var beganConnection: Bool {
        if case .tracked(_, isReply: false) = connection { return isReply }
        return false
    }

    private var isNamedInput: Bool {
        if case .name(let name) = input { return name != "lo" }
        return false
    }

    private func isICMP(_ wanted: IPFamily) -> Bool {
        family == wanted && transport == (wanted == .ipv4 ? 1 : 58)
    }

    private func fact(_ address: AddressFact) -> Fact {
        switch address {
        case .known(let address): .number(address.number)
        case .someLocal: .unknown(.hostAddresses)
        case .unknown(let reason): .unknown(reason)
        }
    }

    private func fact(_ port: PortFact) -> Fact {
        switch port {
        case .probed: .probedPort([])
        case .oneOf(let range, let reason):
            range.lowerBound == range.upperBound
                ? .number(UInt128(range.lowerBound))
                : .oneOf([UInt128(range.lowerBound)...UInt128(range.upperBound)], reason)
        case .absent: .unknown(.packet("port"))
        }
    }

    private func fact(_ interface: InterfaceFact) -> Fact {
        switch interface {
        case .name(let name): .name(name)
        case .notLoopback: .otherName(than: "lo", .interface)
        case .unknown: .unknown(.interface)
        case .none: .name("")
        }
    }

    /// `fact`, if there is a connection to have it.
    private func ofConnection(_ fact: Fact) -> Fact {
        switch connection {
        case .none, .untracked: .absent
        case .tracked: fact
        case .unknown: .unknown(.connection)
        }
    }

    private var stateFact: Fact {
        switch connection {
        case .none: return .number(UInt128(ConnectionFact.invalid))
        case .untracked: return .number(UInt128(ConnectionFact.notTracked))
        case .tracked(let states, _):
            if states.count == 1, let state = states.first { return .number(UInt128(state)) }
            return .oneOf(states.sorted().map { UInt128($0)...UInt128($0) }, .connection)
        case .unknown: return .unknown(.connection)
        }
    }

    /// The type by the numbers of rtnetlink: 1 unicast, 2 local.
    private func addressType(
        _ address: AddressFact, _ throughInterface: Bool, _ context: FactContext
    ) -> Fact {
        switch address {
        case .known(let address):
            guard let isLocal = context.host.holds(address) else {
                return .unknown(.hostAddresses)
            }
            // Broadcast, multicast, blackholes: what is not local need not be unicast.
            guard isLocal else { return .oneOf([0...1, 3...11], .hostAddresses) }
            guard throughInterface else { return .number(2) }
            let holders = context.host.addresses.filter { $0.address == address }
                .map(\.interface)
            guard case .name(let name) = input, !holders.contains(""), !holders.isEmpty else {
                return .unknown(.interface)
            }
            return holders == [name]
                ? .number(2) : holders.contains(name) ? .unknown(.hostAddresses) : .number(1)
        case .someLocal: return throughInterface ? .unknown(.hostAddresses) : .number(2)
        case .unknown(let reason): return .unknown(reason)
        }
    }

    /// 1 where the source is answered through the interface it came from.
    ///
    /// A route elsewhere does not say that there is none here too.
    private func reversePath(_ context: FactContext, usesMark: Bool) -> Fact {
        guard case .known(let address) = source, case .name(let name) = input,
            context.host.holds(address) != true
        else { return .unknown(.hostAddresses) }
        if usesMark, mark != MarkFact(known: .max) { return .unknown(.mark) }
        let flow = context.flow
        let isAnswered =
            flow.isAnsweredThere && flow.source == address && flow.interface == name
        return isAnswered || context.host.links(to: address) == [name]
            ? .number(1) : .unknown(.hostAddresses)
    }
}

extension MarkFact {
    fileprivate func fact(_ reason: FirewallUnknown) -> Fact {
        known == .max
            ? .number(UInt128(value))
            : .bits(UInt128(value), known: UInt128(known) | ~UInt128(UInt32.max), reason)
    }
}
