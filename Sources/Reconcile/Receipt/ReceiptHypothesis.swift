import Prober

/// Something that may have become of the packets to some ports, and how the host would show it.
struct ReceiptHypothesis: Hashable, Sendable {
    var fate: Receipt.Fate
    var answer: Receipt.Answer?
    var sign: Sign

    init(_ fate: Receipt.Fate, _ sign: Sign, answer: Receipt.Answer? = nil) {
        self.fate = fate
        self.sign = sign
        self.answer = answer
    }

    /// How a host shows what became of packets.
    enum Sign: Hashable, Sendable {
        /// The gauge rises by one for each of them.
        case each(ReceiptGauge)
        /// The gauge rises by the same amount for each of them.
        case share(ReceiptGauge)
        /// Both gauges do: the first alone may rise for another reason.
        case both(ReceiptGauge, ReceiptGauge)
        /// Fewer packets arrive at the host, in all, than were sent to any one port, while those to a
        /// control are counted.
        case absent(IPAddress.Family)
    }

    /// What one window says of a hypothesis.
    enum Outcome: Hashable, Sendable {
        /// As it would be; a share is how much the gauge rose for each packet, or how many packets of
        /// each port are missing.
        case fits(share: UInt64)
        /// The gauge rose less: not all packets came to that end, whatever else moves the gauge.
        case tooLittle
        /// The gauge rose more: something else moved it.
        case tooMuch
        /// A reading lacks the gauge.
        case unread
    }

    /// The least memory that a datagram takes in a buffer, the kernel's own part included.
    static let leastShare: UInt64 = 256

    /// What `window`, in which each of `portCount` ports was sent as many packets, says of it.
    func outcome(in window: ReceiptWindow, of portCount: Int) -> Outcome {
        switch sign {
        case .each(let gauge): Self.each(gauge, window)
        case .both(let gauge, let other):
            switch (Self.each(gauge, window), Self.each(other, window)) {
            case (.fits(let share), .fits): .fits(share: share)
            case (.unread, _), (_, .unread): .unread
            case (.tooLittle, _), (_, .tooLittle): .tooLittle
            case (.tooMuch, _), (_, .tooMuch): .tooMuch
            }
        case .share(let gauge): Self.share(of: gauge, window)
        case .absent(let family):
            if let missing = window.missingCopies(of: portCount, family), window.hasCountedControl {
                missing > 0 ? .fits(share: missing) : .tooMuch
            } else {
                .unread
            }
        }
    }

    private static func each(_ gauge: ReceiptGauge, _ window: ReceiptWindow) -> Outcome {
        guard let rise = window.rise(of: gauge) else { return .unread }
        if rise == Int64(window.sent) { return .fits(share: 1) }
        return rise < Int64(window.sent) ? .tooLittle : .tooMuch
    }

    private static func share(of gauge: ReceiptGauge, _ window: ReceiptWindow) -> Outcome {
        guard window.sent > 0, let rise = window.rise(of: gauge) else { return .unread }
        guard rise > 0 else { return .tooLittle }
        let (share, rest) = UInt64(rise).quotientAndRemainder(dividingBy: window.sent)
        if share < Self.leastShare { return .tooLittle }
        return rest == 0 ? .fits(share: share) : .tooMuch
    }

    /// The gauges that it looks at.
    var gauges: [ReceiptGauge] {
        switch sign {
        case .each(let gauge), .share(let gauge): [gauge]
        case .both(let gauge, let other): [gauge, other]
        case .absent(let family): [.counter(family.packetCounters.received)]
        }
    }

    /// Whether it says that nothing came.
    var isAbsence: Bool {
        if case .absent = sign { true } else { false }
    }
}
