import Prober

extension [Receipt.Proof] {
    /// Both lists together, each proof of a thing once.
    func adding(_ others: [Receipt.Proof]) -> [Receipt.Proof] {
        var sum = self
        for other in others {
            let place = sum.indices.first { sum[$0].adding(other) != nil }
            if let place, let both = sum[place].adding(other) {
                sum[place] = both
            } else {
                sum.append(other)
            }
        }
        return sum
    }
}

extension Receipt.Proof {
    /// Both proofs together; nil where they are not of the same thing.
    fileprivate func adding(_ other: Receipt.Proof) -> Receipt.Proof? {
        switch (self, other) {
        case (.counter(let counter, let rise, let probes), .counter(let same, let more, let others))
        where counter == same:
            .counter(counter, rise: rise &+ more, probes: probes &+ others)
        case (
            .ruleCounter(let rule, let rise, let probes),
            .ruleCounter(let same, let more, let others)
        )
        where rule == same:
            .ruleCounter(rule, rise: rise &+ more, probes: probes &+ others)
        case (.socket(let bytes, let drops, let probes), .socket(let more, let lost, let others)):
            .socket(
                queuedBytes: bytes &+ more, drops: drops &+ lost, probes: probes &+ others)
        case (.captured, _), (.counter, _), (.ruleCounter, _), (.socket, _): nil
        }
    }
}
