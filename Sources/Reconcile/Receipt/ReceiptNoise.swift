/// How likely it is that what else goes on at a host made a gauge rise by just what was sent.
///
/// A rise by exactly the number of packets proves that they all came there, unless some were lost and
/// as many others came instead. Whatever comes by itself is taken for events at a steady rate that is
/// not known, each as large as the loss; and the rate for that which fits best to everything that was
/// measured of the gauge: the windows in which it fitted, and those in which nothing, or a known number
/// of events, moved it. So one rare packet is not overlooked where a window was long, and steady noise
/// cannot follow a window that is longer because more is sent in it.
struct ReceiptNoise: Hashable, Sendable {
    /// How long the gauge was watched while nothing was sent that moves it, or all that moved it is
    /// accounted for.
    private(set) var seconds = 0.0
    /// How many events moved it meanwhile.
    private(set) var events: UInt64 = 0

    /// A window that fitted.
    struct Hit: Hashable, Sendable {
        /// How many packets each port was sent.
        var copies: Int
        var seconds: Double
        /// How much the gauge rose for each packet.
        var share: UInt64
        var sent: UInt64
        /// What was read in it.
        var proofs: [Receipt.Proof] = []

        /// How many packets to other ports may have been doubled in it.
        var otherPackets: Double { Double(sent) - Double(copies) }
    }

    /// Receipts are believed below this chance.
    static let greatestChance = 1e-6

    /// Adds a window in which `events` moved the gauge that nothing of ours explains.
    mutating func add(seconds: Double, events: UInt64) {
        self.seconds += max(seconds, 0)
        let (sum, overflow) = self.events.addingReportingOverflow(events)
        self.events = overflow ? .max : sum
    }

    /// The same without `seconds` in which nothing moved it.
    func without(seconds: Double) -> ReceiptNoise {
        var rest = self
        rest.seconds = max(0, self.seconds - seconds)
        return rest
    }

    /// The chance that all `hits`, the best of `tries` windows, came about with at least one port
    /// whose packets did not come there, at most 1.
    ///
    /// The time of the hits must not be in ``seconds``. What grows with the packets that are sent, as
    /// what is doubled on the way, has the same bound, with packets to other ports in the place of
    /// seconds. With the rate r, a hit of w copies in T seconds comes by a chance of at most
    /// (rT)^w / w! · exp(-rT), and no more than the events that were seen by a chance of at most
    /// exp(n - rt) · (rt/n)^n in the other t seconds (Chernoff). The product is greatest at
    /// r = (W + n) / (t + ΣT). More than one lost port is less likely than that.
    func chance(of hits: [Hit], tries: Int) -> Double {
        guard !hits.isEmpty else { return 1 }
        let own = hits.reduce(0) { $0 + $1.seconds }
        let all = seconds + own
        guard all > 0 else { return 1 }
        let other = seconds
        let copies = hits.reduce(0) { $0 + $1.copies }
        let events = Double(self.events)
        // Noise of that rate is no surprise in the other windows, and so none of it is excluded.
        let seen = other > 0 ? events / other : 0
        let best = (Double(copies) + events) / all
        let isSeen = best <= seen
        let rate = max(best, seen)
        var chance = isSeen ? 1 : Self.power(Self.inverseOfE, copies)
        if !isSeen, self.events > 0 {
            chance *= Self.power(rate * other / events, Int(clamping: self.events))
        }
        for hit in hits {
            let expected = rate * hit.seconds
            var factor = 1.0
            for number in 1...max(hit.copies, 1) { factor *= expected / Double(number) }
            // A window in which noise is to be expected shows nothing.
            chance *=
                expected < 1 ? factor : max(factor, Self.power(1 / Self.inverseOfE, hit.copies))
        }
        return min(1, chance * Self.choices(hits.count, of: max(tries, hits.count)))
    }

    private static let inverseOfE = 0.367_879_441_171_442_33

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }

    /// How many ways there are to choose `count` of `all`.
    private static func choices(_ count: Int, of all: Int) -> Double {
        (0..<count).reduce(1.0) { $0 * Double(all - $1) / Double($1 + 1) }
    }
}
