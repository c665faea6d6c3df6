import Prober

extension FactContext {
    /// Whether the flow comes from the host itself.
    var isFromHere: Bool {
        guard let source = flow.source else { return false }
        return source.isLoopback || source == flow.destination || host.holds(source) == true
    }

    /// Whether an address is one of the host's own.
    enum Presence {
        case yes, no
        case maybe(FirewallUnknown)
    }

    /// Whether `address` is one of the host's own.
    func isHere(_ address: AddressFact) -> Presence {
        switch address {
        case .known(let address):
            switch host.holds(address) {
            case true?: .yes
            case false?: .no
            case nil: .maybe(.hostAddresses)
            }
        case .someLocal: .yes
        case .unknown(let reason): .maybe(reason)
        }
    }

    /// The interface that packets to `address` leave through.
    ///
    /// Answers are taken to leave where the question came in, unless addresses say otherwise.
    func output(toward address: AddressFact) -> InterfaceFact {
        guard case .known(let address) = address else { return .unknown }
        if host.holds(address) == true { return .name("lo") }
        let links = host.links(to: address)
        if links.count == 1, let only = links.first { return .name(only) }
        if links.isEmpty, address == flow.source, let name = flow.interface { return .name(name) }
        return .notLoopback
    }
}

extension Packet {
    /// The first packet of a flow, when the host first sees it.
    init(first context: FactContext) {
        let flow = context.flow
        self.init(
            family: flow.destination.family, transport: flow.transport == .tcp ? 6 : 17,
            source: flow.source.map(AddressFact.known) ?? .unknown(.source),
            destination: .known(flow.destination),
            sourcePort: .oneOf(flow.sourcePorts, .sourcePort), destinationPort: .probed,
            input: .none, output: .none,
            pendingConnection: .tracked(states: [ConnectionFact.new], isReply: false),
            tcpFlags: 0x02)
        if context.isFromHere {
            output = context.output(toward: destination)
        } else if let name = flow.interface {
            input = .name(name)
        } else {
            input = flow.source == nil ? .unknown : .notLoopback
        }
    }

    /// Whether the chains of the kind nat for `side` see the packet.
    func seesTranslation(of side: PacketSide) -> Bool {
        beginsConnection && !(side == .source ? isSourceChosen : isDestinationChosen)
    }

    /// Whether the packet may be the first of a connection.
    ///
    /// The answer to a packet that was not tracked is one, for the kernel.
    private var beginsConnection: Bool {
        switch connection {
        case .none, .untracked: false
        case .tracked(let states, _): states.contains(ConnectionFact.new)
        case .unknown: true
        }
    }

    /// The answer to the packet, when it leaves whoever gives it.
    func reply(isFromHere: Bool, _ context: FactContext) -> Packet {
        var reply = back(context)
        reply.input = isFromHere ? .none : output
        reply.sourcePort = destinationPort
        reply.destinationPort = sourcePort
        reply.tcpFlags = 0x12
        reply.connectionMark = connectionMark
        reply.status = status
        // The connection is confirmed; whether it is assured depends on more packets.
        reply.status.known &= ~0x0e
        if isSourceTranslated {
            let sender = context.flow.source.map(AddressFact.known) ?? .unknown(.source)
            reply.untranslated = sender
            // What comes from elsewhere is routed once that is undone.
            if !isFromHere { reply.output = context.output(toward: sender) }
        }
        switch connection {
        case .tracked:
            reply.pendingConnection = .tracked(
                states: [ConnectionFact.established], isReply: true)
        case .none, .untracked:
            reply.pendingConnection =
                transport == 6 ? .none : .tracked(states: [ConnectionFact.new], isReply: false)
        case .unknown: reply.pendingConnection = .unknown
        }
        return reply
    }

    /// What tells the sender that the packet was refused, when it leaves the host.
    func refusal(
        _ rejection: Rejection, at hook: BaseChain.Hook, _ context: FactContext
    ) -> Packet {
        var refusal = back(context)
        refusal.sourcePort = destinationPort
        refusal.destinationPort = sourcePort
        refusal.tcpFlags = 0x14
        // Measured on Linux 6.18: the refusal belongs to the connection, if that was looked up;
        // otherwise it is invalid.
        switch connection {
        case .tracked:
            refusal.connection = .tracked(states: [ConnectionFact.related], isReply: true)
            refusal.connectionMark = connectionMark
            refusal.status = status
            refusal.status.known &= ~0x0f
        case .none, .untracked: refusal.pendingConnection = .none
        case .unknown: refusal.connection = .unknown
        }
        switch rejection {
        case .tcpReset: break
        case .icmp(let error):
            refusal.transport = family == .ipv4 ? 1 : 58
            refusal.icmp = error
            // Before it is routed, a packet of IPv4 is given the route to its sender, and with that
            // the source that goes with the route (nf_reject_fill_skb_dst, measured on Linux 6.18).
            let isUnrouted = hook == .prerouting && family == .ipv4 && input != .name("lo")
            if !isUnrouted, case .known(let address) = destination,
                context.host.holds(address) == true
            {
                refusal.source = destination
            } else {
                refusal.source = .someLocal
            }
            refusal.sourcePort = .absent
            refusal.destinationPort = .absent
        }
        return refusal
    }

    private func back(_ context: FactContext) -> Packet {
        var back = self
        back.source = destination
        back.destination = source
        back.input = .none
        back.output = context.output(toward: source)
        back.mark = MarkFact(known: .max)
        back.connection = .none
        back.isReply = true
        back.isDestinationChosen = false
        back.isSourceChosen = false
        back.isSourceTranslated = false
        return back
    }
}

extension FirewallAction {
    /// What happens to a packet that passed every chain as `packet`.
    init(afterAccepting packet: Packet, isHere: Bool) {
        guard packet.isTranslated != false else {
            self = .accept
            return
        }
        let port: UInt16?
        switch packet.destinationPort {
        case .probed: port = nil
        case .oneOf(let range, _) where range.lowerBound == range.upperBound:
            port = range.lowerBound
        case .oneOf, .absent:
            self = .undecided
            return
        }
        switch packet.destination {
        case .known(let address):
            self = .translate(
                TranslatedDestination(address: address, port: port, isHere: isHere))
        case .someLocal:
            self = .translate(TranslatedDestination(address: nil, port: port, isHere: true))
        case .unknown: self = .undecided
        }
    }
}
