import Prober

/// One flow on its way through the rules, for every destination port at once.
struct Evaluation {
    /// Packets that are alike between two chains, and how they got there.
    struct Node {
        var packet: Packet
        var ports: PortSet
        var entries: [Entry]
        /// Whether these are answers.
        var isAnswer: Bool
    }

    /// Where packets of a node came from.
    struct Entry {
        var ports: PortSet
        /// The node before; nil at the start.
        var parent: Int?
        var path: PathArena.Path
    }

    /// Where packets ended.
    struct End {
        var action: FirewallAction
        var ports: PortSet
        var parent: Int
        var path: PathArena.Path
        /// Whether what decided was done to the answer.
        var isOfAnswer: Bool
    }

    let ruleset: Ruleset
    let context: FactContext
    let assumption: FirewallAssumption
    var nodes: [Node] = []
    var ends: [End] = []
    var arena = PathArena()
    /// How many rules may be looked at before it is too much.
    var budget = 2_000_000
    /// Refused packets whose refusal is still to be followed on its way out.
    var refusals: [Refusal: [(ports: PortSet, parent: Int, path: PathArena.Path)]] = [:]

    struct Refusal: Hashable {
        var rejection: Rejection
        var packet: Packet
        /// Where it was refused.
        var hook: BaseChain.Hook
    }

    /// The ports that are asked about.
    let ports: PortSet

    init(
        _ ruleset: Ruleset, _ context: FactContext, _ assumption: FirewallAssumption,
        ports: PortSet
    ) {
        self.ports = ports
        self.ruleset = ruleset
        self.context = context
        self.assumption = assumption
    }

    /// Follows the flow from its start to every end.
    mutating func run() {
        let start = Packet(first: context)
        nodes.append(
            Node(
                packet: start, ports: ports,
                entries: [Entry(ports: ports, parent: nil, path: PathArena.empty)],
                isAnswer: false))
        if context.isFromHere {
            depart(0)
        } else {
            for node in pass([.ingress, .prerouting], [0], device: start.input) { route(node) }
        }
        for (refusal, origins) in refusals { answer(refusal, origins) }
    }

    /// Sends a packet of the host itself out: away, or back in over loopback.
    private mutating func depart(_ node: Int) {
        for out in pass([.output], [node], device: nodes[node].packet.output) {
            let destination = nodes[out].packet.destination
            let way = context.output(toward: destination)
            // No other hook has a say about the destination of a connection that begins here.
            let leaving = follow(out) {
                $0.isDestinationChosen = true
                $0.output = way
            }
            for left in pass([.postrouting], [leaving], device: way) {
                switch context.isHere(destination) {
                case .yes: comeBack(left)
                case .no: leave(left)
                case .maybe(let reason):
                    comeBack(left, because: [reason])
                    leave(follow(left, because: [reason]) { _ in })
                }
            }
        }
    }

    /// Sends a packet of the host away; from a loopback address nobody takes one.
    private mutating func leave(_ node: Int) {
        guard context.flow.source?.isLoopback == true else {
            return answer(node, isHere: false)
        }
        guard nodes[node].packet.isSourceTranslated else { return end(.drop, at: node) }
        // The answer is for a loopback address again.
        end(.drop, at: node, because: [.loopbackRoute])
        answer(follow(node, because: [.loopbackRoute]) { _ in }, isHere: false)
    }

    /// Takes a packet in that the host sent to itself.
    private mutating func comeBack(_ node: Int, because reasons: [FirewallUnknown] = []) {
        let arrived = follow(node, because: reasons) {
            $0.input = .name("lo")
            $0.output = .none
            $0.isSourceChosen = true
            // The connection was confirmed on the way out.
            $0.status.value |= 0x08
        }
        for node in pass([.ingress, .prerouting], [arrived], device: .name("lo")) { route(node) }
    }

    /// The nodes that have come through the hooks on the way back to a sender that is this host.
    private mutating func returned(_ frontier: [Int]) -> [Int] {
        guard context.isFromHere else { return frontier }
        let arrived = frontier.map { node in
            follow(node) {
                $0.input = .name("lo")
                $0.output = .none
            }
        }
        return pass([.ingress, .prerouting, .input], arrived, device: .name("lo"))
    }

    /// Sends what has passed prerouting to the host itself, onward, or both ways.
    private mutating func route(_ node: Int) {
        let packet = nodes[node].packet
        if case .known(let address) = packet.destination, address.isLoopback,
            packet.isTranslated != false, packet.input != .name("lo")
        {
            end(.drop, at: node, because: [.loopbackRoute])
            return deliver(node, because: [.loopbackRoute])
        }
        switch context.isHere(packet.destination) {
        case .yes: deliver(node)
        case .no: forward(node)
        case .maybe(let reason):
            deliver(node, because: [reason])
            forward(node, because: [reason])
        }
    }

    private mutating func deliver(_ node: Int, because reasons: [FirewallUnknown] = []) {
        let start = follow(node, because: reasons) { _ in }
        for arrived in pass([.input], [start], device: .none) {
            answer(arrived, isHere: true)
        }
    }

    private mutating func forward(_ node: Int, because reasons: [FirewallUnknown] = []) {
        let way = context.output(toward: nodes[node].packet.destination)
        let start = follow(node, because: reasons) { $0.output = way }
        for left in pass([.forward, .postrouting], [start], device: way) {
            answer(left, isHere: false)
        }
    }

    /// Sends the answer to what arrived on its way back.
    private mutating func answer(_ node: Int, isHere: Bool) {
        let packet = nodes[node].packet
        let action = FirewallAction(afterAccepting: packet, isHere: isHere)
        let reply = packet.reply(isFromHere: isHere, context)
        let back = follow(node, isAnswer: true) { $0 = reply }
        let out: [Int]
        switch (isHere, context.isFromHere) {
        case (true, _):
            let left = arrived(pass([.output], [back], device: reply.output))
            out = returned(pass([.postrouting], left, device: reply.output))
        case (false, true):
            let arrived = arrived(pass([.ingress, .prerouting], [back], device: reply.input))
            out = pass([.input], arrived, device: .none)
        case (false, false):
            let arrived = arrived(pass([.prerouting], [back], device: reply.output))
            out = pass([.forward, .postrouting], arrived, device: reply.output)
        }
        for out in out {
            // An answer that is taken out of tracking is not translated back: whoever asked does
            // not know it.
            if packet.isTracked != false, packet.isTranslated != false,
                nodes[out].packet.connection == .untracked
            {
                let isSure = packet.isTranslated == true
                end(.drop, at: out, because: isSure ? [] : [.translation])
                if isSure { continue }
            }
            let reasons: [FirewallUnknown] = action == .undecided ? [.translation] : []
            end(action, at: out, because: reasons)
        }
    }

    /// An answer to a source that was translated, once the kernel has undone that.
    mutating func restored(_ node: Int) -> Int {
        let packet = nodes[node].packet
        guard let address = packet.untranslated, packet.isTracked != false else { return node }
        let port = PortFact.oneOf(context.flow.sourcePorts, .sourcePort)
        return follow(node, because: packet.isTracked == nil ? [.connection] : []) {
            $0.untranslated = nil
            $0.isRestored = true
            $0.destination = address
            $0.destinationPort = port
        }
    }

    /// An answer to what was translated, once the kernel has made its source the one that was asked.
    mutating func sourceRestored(_ node: Int) -> Int {
        let packet = nodes[node].packet
        guard packet.isReply, packet.isTranslated != false, packet.isTracked != false,
            packet.answeredFrom == nil
        else { return node }
        let asked = AddressFact.known(context.flow.destination)
        return follow(node, because: packet.isTracked == nil ? [.connection] : []) {
            $0.answeredFrom = PacketEnd(address: $0.source, port: $0.sourcePort)
            $0.source = asked
            if $0.icmp == nil { $0.sourcePort = .probed }
        }
    }

    /// Answers without those whose translated destination stayed: nobody waits for them there.
    private mutating func arrived(_ frontier: [Int]) -> [Int] {
        var arrived: [Int] = []
        for node in frontier {
            if nodes[node].packet.untranslated == nil {
                arrived.append(node)
            } else {
                end(.drop, at: node)
            }
        }
        return arrived
    }

    /// Sends a refusal on its way back.
    private mutating func answer(
        _ refusal: Refusal, _ origins: [(ports: PortSet, parent: Int, path: PathArena.Path)]
    ) {
        let packet = refusal.packet.refusal(refusal.rejection, at: refusal.hook, context)
        nodes.append(
            Node(
                packet: packet,
                ports: PortSet(origins.flatMap(\.ports.ranges)),
                entries: origins.map { Entry(ports: $0.ports, parent: $0.parent, path: $0.path) },
                isAnswer: false))
        let back = follow(nodes.count - 1, isAnswer: true) { _ in }
        for out in returned(pass([.output, .postrouting], [back], device: packet.output)) {
            end(.reject(refusal.rejection), at: out)
        }
    }

    mutating func end(
        _ action: FirewallAction, at node: Int, because reasons: [FirewallUnknown] = []
    ) {
        let path =
            reasons.isEmpty
            ? PathArena.empty : arena.append(nil, to: PathArena.empty, because: reasons)
        ends.append(
            End(
                action: action, ports: nodes[node].ports, parent: node, path: path,
                isOfAnswer: false))
    }

    /// A node that follows `node` with its packet changed.
    mutating func follow(
        _ node: Int, because reasons: [FirewallUnknown] = [], isAnswer: Bool? = nil,
        _ change: (inout Packet) -> Void
    ) -> Int {
        var next = nodes[node]
        change(&next.packet)
        let path =
            reasons.isEmpty
            ? PathArena.empty : arena.append(nil, to: PathArena.empty, because: reasons)
        next.entries = [Entry(ports: next.ports, parent: node, path: path)]
        next.isAnswer = isAnswer ?? next.isAnswer
        nodes.append(next)
        return nodes.count - 1
    }
}
