import Prober

// When a hypothesis is believed.

extension ReceiptRounds {
    /// The hypothesis that is believed; nil for none, or for several that exclude each other.
    func settled(_ inquiry: Inquiry) -> Int? {
        let hypotheses = inquiry.question.hypotheses
        let likely = hypotheses.indices.filter { isBelievable(inquiry, $0) }
        guard let first = likely.first else { return nil }
        let rivals = hypotheses.indices.filter { index in
            // Whatever becomes of packets, they arrived.
            hypotheses[index].fate != hypotheses[first].fate
                && hypotheses[index].fate != .arrived
                && inquiry.hits[index].count
                    >= (hypotheses[index].isAbsence ? 1 : inquiry.hits[first].count)
        }
        return rivals.isEmpty ? first : nil
    }

    private func isBelievable(_ inquiry: Inquiry, _ index: Int) -> Bool {
        let hits = inquiry.hits[index]
        let hypothesis = inquiry.question.hypotheses[index]
        if hypothesis.isAbsence { return isAbsent(inquiry, hits) }
        guard Set(hits.map(\.copies)).count > 1, !isDoubledByChance(hits, inquiry.tries) else {
            return false
        }
        return hypothesis.gauges.allSatisfy { gauge in
            let noise = noise[gauge] ?? ReceiptNoise()
            return noise.chance(of: hits, tries: inquiry.tries) < ReceiptNoise.greatestChance
        }
    }

    /// Whether packets that were doubled on the way may have made up for those of a port.
    private func isDoubledByChance(_ hits: [ReceiptNoise.Hit], _ tries: Int) -> Bool {
        let others = hits.map { hit in
            var other = hit
            other.seconds = hit.otherPackets
            return other
        }
        let own = others.reduce(0) { $0 + $1.seconds }
        // Nothing else was sent that could have been.
        guard own > 0 else { return false }
        return path.without(seconds: own).chance(of: others, tries: tries)
            >= ReceiptNoise.greatestChance
    }

    /// Whether more packets are not what it lacks.
    func mayBeHelpedByTime(_ inquiry: Inquiry) -> Bool {
        inquiry.hits.contains { hits in
            Set(hits.map(\.copies)).count > 1 && !isDoubledByChance(hits, inquiry.tries)
        }
    }

    mutating func believe(_ inquiry: Inquiry, _ index: Int) {
        let question = inquiry.question
        let hypothesis = question.hypotheses[index]
        var proofs: [Receipt.Proof] = []
        for hit in inquiry.hits[index] { proofs = proofs.adding(hit.proofs) }
        believed.append(Belief(question: question, hypothesis: hypothesis, proofs: proofs))
        guard !hypothesis.isAbsence else { return }
        for gauge in hypothesis.gauges {
            for hit in inquiry.hits[index] {
                noise[gauge, default: ReceiptNoise()].add(seconds: hit.seconds, events: 0)
            }
        }
        if hypothesis.fate == .noPort, !controls.contains(where: { $0.isLike(question) }) {
            // What is proved to be counted goes before what only seems to be.
            controls.insert(
                ReceiptControl(question.address, question.transport, question.ports[0]), at: 0)
        }
    }

    /// Whether what is lost by chance does not explain that nothing came, in windows in which packets
    /// to a control did.
    func isAbsent(_ inquiry: Inquiry, _ hits: [ReceiptNoise.Hit]) -> Bool {
        guard hits.count > 1, !inquiry.isSeen else { return false }
        var chance = Double(inquiry.question.ports.count)
        for hit in hits {
            // Of each port as many are missing as its share says, whichever they are.
            let missing = min(Int(clamping: hit.share), hit.copies)
            for number in 0..<missing {
                chance *= loss * Double(hit.copies - number) / Double(number + 1)
            }
        }
        return chance < ReceiptNoise.greatestChance
    }
}
