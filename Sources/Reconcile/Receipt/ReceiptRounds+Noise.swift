// What else moves the gauges of a host.

extension ReceiptRounds {
    /// Learns from a window what moves gauges by itself.
    ///
    /// A window that fits is not taken for quiet before the hypothesis is believed.
    mutating func measure(
        _ question: ReceiptQuestion, _ outcomes: [ReceiptHypothesis.Outcome],
        _ window: ReceiptWindow, _ copies: Int
    ) {
        var fitting: Set<ReceiptGauge> = []
        for (hypothesis, outcome) in zip(question.hypotheses, outcomes) {
            if case .fits = outcome, !hypothesis.isAbsence { fitting.formUnion(hypothesis.gauges) }
        }
        for gauge in gauges where !fitting.contains(gauge) {
            note(gauge, window, isElsewhere: !fitting.isEmpty, copies: copies)
        }
        let packets = Double(window.sent) - Double(copies)
        if !fitting.isEmpty {
            path.add(seconds: packets, events: 0)
            return
        }
        // No more than twice as many as were sent: some of them may have been doubled.
        for hypothesis in question.hypotheses {
            guard case .each(let gauge) = hypothesis.sign, let rise = window.rise(of: gauge),
                rise > Int64(window.sent), rise <= Int64(window.sent) * 2
            else { continue }
            path.add(seconds: packets, events: UInt64(rise) - window.sent)
            return
        }
    }

    /// Notes what moved `gauge` in a window, by the explanation that needs the least of others;
    /// `isElsewhere` when all packets of the window are known to have moved something else.
    mutating func note(
        _ gauge: ReceiptGauge, _ window: ReceiptWindow, isElsewhere: Bool, copies: Int
    ) {
        guard let rise = window.rise(of: gauge) else { return }
        var (seconds, events) = (window.seconds, rise.magnitude)
        if case .bytes = gauge {
            // A datagram takes at least as much.
            if rise != 0 { events = rise.magnitude / ReceiptHypothesis.leastShare + 1 }
        } else if !isElsewhere, rise > 0 {
            if rise.magnitude > window.sent {
                events = min(rise.magnitude, rise.magnitude - window.sent)
            } else {
                // Some ports may have moved it, each by all its packets: how long it was quiet is not
                // known then.
                let rest = copies > 0 ? rise.magnitude % UInt64(copies) : 0
                (seconds, events) = (0, min(rest, UInt64(copies) - rest))
            }
        }
        noise[gauge, default: ReceiptNoise()].add(seconds: seconds, events: events)
    }
}
