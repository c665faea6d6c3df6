import Prober

/// What was read before and after packets were sent.
public struct ReceiptWindow: Sendable {
    /// How many packets left; none in a window that only looks.
    var sent: UInt64
    /// How much time passed between the readings.
    var seconds: Double
    /// Where other packets went, if any did.
    private let control: ReceiptControl?
    private let before: HostReading
    private let after: HostReading

    /// A window in which `sent` packets left, and those of `control`, between two readings.
    public init(
        sent: UInt64, control: ReceiptControl? = nil, lasting duration: Duration,
        from before: HostReading, to after: HostReading
    ) {
        self.sent = sent
        self.control = control
        let parts = duration.components
        seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        self.before = before
        self.after = after
    }

    /// How much `gauge` rose, without what the control's packets move; nil where a reading lacks it.
    func rise(of gauge: ReceiptGauge) -> Int64? {
        guard let rise = gauge.rise(from: before, to: after) else { return nil }
        guard let control, case .counter(let counter) = gauge,
            counter == control.counter
                || counter == control.address.destination.family.packetCounters.received
        else { return rise }
        let (rest, overflow) = rise.subtractingReportingOverflow(Int64(ReceiptControl.copies))
        return overflow ? nil : rest
    }

    /// Whether the control's packets, and no others, were counted where they are.
    var hasCountedControl: Bool {
        control.map { rise(of: .counter($0.counter)) == 0 } ?? false
    }

    /// How many packets of each of `portCount` ports did not arrive, even if whatever arrived was for
    /// that port; nil where it is not known.
    func missingCopies(of portCount: Int, _ family: IPAddress.Family) -> UInt64? {
        guard portCount > 0,
            let arrived = rise(of: .counter(family.packetCounters.received)), arrived >= 0
        else { return nil }
        let copies = sent / UInt64(portCount)
        return copies - min(copies, UInt64(arrived))
    }

    /// What a rise of `gauge` shows, as a receipt has it.
    func proofs(of gauge: ReceiptGauge, _ rule: RuleReference?) -> [Receipt.Proof] {
        switch gauge {
        case .counter(let counter): proofs(of: [counter])
        case .undelivered(let family):
            proofs(of: [family.packetCounters.received, family.packetCounters.delivered])
        case .noRoom(.udp):
            proofs(of: [.udpBufferFull, .udpMemoryFull, .udp6BufferFull, .udp6MemoryFull])
                .filter { $0.hasRise }
        case .noRoom(.tcp):
            proofs(of: [.listenOverflows, .handshakesFull]).filter { $0.hasRise }
        case .rule:
            rule.map { [.ruleCounter($0, rise: magnitude(of: gauge), probes: sent)] } ?? []
        case .drops: [.socket(queuedBytes: 0, drops: magnitude(of: gauge), probes: sent)]
        case .bytes: [.socket(queuedBytes: magnitude(of: gauge), drops: 0, probes: sent)]
        }
    }

    private func proofs(of counters: [KernelCounter]) -> [Receipt.Proof] {
        counters.map { .counter($0, rise: magnitude(of: .counter($0)), probes: sent) }
    }

    private func magnitude(of gauge: ReceiptGauge) -> UInt64 {
        UInt64(clamping: rise(of: gauge) ?? 0)
    }
}

extension Receipt.Proof {
    /// Whether a counter is told of that did rise.
    fileprivate var hasRise: Bool {
        if case .counter(_, let rise, _) = self { rise > 0 } else { false }
    }
}
