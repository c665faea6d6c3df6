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
        /// None of these rises: whatever else becomes of a packet moves one.
        case still([ReceiptGauge])
    }

    /// What one window says of a hypothesis.
    enum Outcome: Hashable, Sendable {
        /// As it would be; a share is how much the gauge rose for each packet.
        case fits(share: UInt64)
        /// The gauge rose less: not all packets came to that end, whatever else moves the gauge.
        case tooLittle
        /// The gauge rose more: something else moved it.
        case tooMuch
        /// A reading lacks the gauge.
        case unread
    }

    /// The least memory that a datagram takes in a buffer, the kernel's own part included.
    private static let leastShare: UInt64 = 256

    /// What `window`, in which packets were sent, says of it.
    func outcome(in window: ReceiptWindow) -> Outcome {
        switch sign {
        case .each(let gauge):
            guard let rise = window.rise(of: gauge) else { return .unread }
            if rise == Int64(window.sent) { return .fits(share: 1) }
            return rise < Int64(window.sent) ? .tooLittle : .tooMuch
        case .share(let gauge):
            guard let rise = window.rise(of: gauge) else { return .unread }
            guard rise > 0 else { return .tooLittle }
            let (share, rest) = UInt64(rise).quotientAndRemainder(dividingBy: window.sent)
            if share < Self.leastShare { return .tooLittle }
            return rest == 0 ? .fits(share: share) : .tooMuch
        case .still(let gauges):
            var isStill = true
            for gauge in gauges {
                guard let rise = window.rise(of: gauge) else { return .unread }
                // One that went back was read while a packet was counted.
                if rise != 0 { isStill = false }
            }
            return isStill ? .fits(share: 0) : .tooMuch
        }
    }

    /// The gauges that it looks at.
    var gauges: [ReceiptGauge] {
        switch sign {
        case .each(let gauge), .share(let gauge): [gauge]
        case .still(let gauges): gauges
        }
    }
}

/// What was read before and after packets were sent.
public struct ReceiptWindow: Sendable {
    /// How many packets left; none in a window that only looks.
    var sent: UInt64
    /// How much time passed between the readings.
    var seconds: Double
    private let before: HostReading
    private let after: HostReading

    /// A window in which `sent` packets left, between two readings.
    public init(
        sent: UInt64, lasting duration: Duration, from before: HostReading, to after: HostReading
    ) {
        self.sent = sent
        let parts = duration.components
        seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        self.before = before
        self.after = after
    }

    /// How much `gauge` rose; nil where a reading lacks it.
    func rise(of gauge: ReceiptGauge) -> Int64? { gauge.rise(from: before, to: after) }
}
