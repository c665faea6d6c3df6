public import Prober

/// Ports of one address of which the host is asked what became of packets to them.
public struct ReceiptQuestion: Hashable, Sendable {
    /// The address, as it was probed.
    public let address: IPAddress
    /// The transport.
    public let transport: Transport
    /// The ports, which everything known of the host treats alike.
    public internal(set) var ports: PortSet
    /// What may have become of the packets.
    let hypotheses: [ReceiptHypothesis]
    /// The rule that is to stop them, as a receipt names it.
    let rule: RuleReference?

    init(
        _ address: IPAddress, _ transport: Transport, _ ports: PortSet,
        _ hypotheses: [ReceiptHypothesis], rule: RuleReference? = nil
    ) {
        self.address = address
        self.transport = transport
        self.ports = ports
        self.hypotheses = hypotheses
        self.rule = rule
    }

    /// The question in parts of at most `count` ports each.
    func parts(of count: Int) -> [ReceiptQuestion] {
        guard ports.count > count, count > 0 else { return [self] }
        return stride(from: 0, to: ports.count, by: count).map { start in
            part(start, min(start + count, ports.count))
        }
    }

    /// Both halves of the question, by number of port: what filters on the way has ranges.
    var halves: [ReceiptQuestion] {
        let middle = ports.count / 2
        return [part(0, middle), part(middle, ports.count)]
    }

    private func part(_ start: Int, _ end: Int) -> ReceiptQuestion {
        let range = PortSet([ports[start]...ports[end - 1]])
        var part = self
        part.ports = ports.intersection(range)
        return part
    }
}
