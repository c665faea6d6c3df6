import Prober

extension [PathFacts] {
    /// How sure it is that nothing was missed, in sentences.
    ///
    /// `wanted` is how sure it should be; nil when something else decided how often was asked.
    func sentences(wanted: Double?) -> [String] {
        let heard = filter { $0.answered > 0 }
        let unsure =
            wanted.map { wanted in
                heard.filter { ($0.confidence ?? 0) < wanted }
            } ?? []
        let unreachable = filter(\.isUnreachable)
        var sentences: [String] = []
        let loss = heard.map(\.lossShare).max() ?? 0
        if let least = heard.compactMap(\.confidence).min(), unsure.isEmpty {
            let sureness =
                heard.contains { $0.silent > 0 }
                ? "no TCP port that answers was missed, with a confidence of \(least.confidenceText)"
                : "every TCP port answered"
            let place = unreachable.isEmpty ? "" : " at the hosts that answer"
            sentences.append(
                sureness + place
                    + (loss == 0
                        ? "; no packet was lost" : "; up to \(loss.inPercent) of packets were lost")
            )
        }
        for path in unsure.prefix(Self.shownCount) {
            let share =
                path.lossShare == 0 ? "" : ", \(path.lossShare.inPercent) of packets were lost"
            sentences.append(
                "at \(path.first) a port may have been missed: the confidence is "
                    + (path.confidence ?? 0).confidenceText
                    + ", not \((wanted ?? 0).confidenceText)\(share)")
        }
        if unsure.count > Self.shownCount {
            let rest = (unsure.count - Self.shownCount).counted("more host")
            sentences.append("the same at \(rest); --format jsonl names each")
        }
        if !unreachable.isEmpty {
            let count = unreachable.reduce(0) { $0 + $1.hosts }
            sentences.append("unreachable: \(count.counted("host")) answered nothing at all")
        }
        return sentences
    }

    /// How many hosts are named.
    private static var shownCount: Int { 5 }
}

extension Double {
    /// A share in percent, with a decimal where that is worth something.
    fileprivate var inPercent: String {
        let tenths = Int((self * 1000).rounded(.up))
        return tenths >= 100 || tenths % 10 == 0
            ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }

    /// A confidence with as many nines as it has, never rounded up.
    fileprivate var confidenceText: String {
        var text = "0."
        var rest = min(self, 0.999999)
        for _ in 0..<6 {
            rest *= 10
            let digit = Int(rest + 1e-9)
            if digit == 0, text != "0." { break }
            text += "\(digit)"
            rest -= Double(digit)
            if digit != 9 { break }
        }
        return text
    }
}
