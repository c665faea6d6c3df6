extension PathTable {
    /// What was found out of every path to a host of `targets` that was asked.
    ///
    /// Neighbours that answered nothing are told together.
    func facts(about targets: TargetSet) -> [PathFacts] {
        var facts: [PathFacts] = []
        for path in 0..<count {
            let next = self.facts(of: path, targets)
            guard next.answered > 0 || next.silent > 0 else { continue }
            if next.answered == 0, let last = facts.last, last.answered == 0,
                last.last.family == next.first.family,
                last.last.number < next.first.number,
                next.first.number - last.last.number == 1
            {
                facts[facts.count - 1].last = next.last
                facts[facts.count - 1].hosts += next.hosts
                facts[facts.count - 1].silent += next.silent
            } else {
                facts.append(next)
            }
        }
        return facts
    }

    private func facts(of path: Int, _ targets: TargetSet) -> PathFacts {
        let (first, last) = hosts(of: path)
        return withEstimate(of: path) { estimate in
            PathFacts(
                first: targets.address(at: first), last: targets.address(at: last),
                hosts: UInt128(last - first) + 1, answered: estimate.responsive,
                silent: estimate.silent, lost: estimate.lostInAll,
                roundTrip: estimate.roundTrip.smoothed.map { .nanoseconds(Int64(clamping: $0)) },
                confidence: estimate.confidence)
        }
    }
}
