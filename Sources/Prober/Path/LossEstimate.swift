/// How many packets are lost on the way to a host and back, counted.
///
/// A packet counts when it is known whether an answer was due: when the endpoint answered it, or a
/// later one. Endpoints that never answer say nothing about loss.
struct LossEstimate: Hashable, Sendable {
    /// Packets that were answered.
    private(set) var answered: UInt64 = 0
    /// Packets that were not, of endpoints that answered a later one.
    private(set) var lost: UInt64 = 0

    /// What is taken for granted before anything is known: of 50 packets one is lost.
    ///
    /// The weights of a beta distribution; each packet counted adds 1 to one of them.
    private static let prior = (lost: 1.0, all: 50.0)
    /// How many endpoints are taken to answer beside those that did, so that few are not trusted.
    private static let unseen = 8.0

    /// Counts packets to an endpoint that answered.
    mutating func add(answered: UInt64, lost: UInt64) {
        self.answered += answered
        self.lost += lost
    }

    /// The share of packets that are lost, as far as is known.
    var share: Double {
        (Self.prior.lost + Double(lost)) / (Self.prior.all + Double(answered + lost))
    }

    /// How likely it is that `packets` to one endpoint are all lost.
    ///
    /// The expected value over all rates of loss that the counts leave possible (beta-binomial).
    func chanceToLoseAll(of packets: Int) -> Double {
        var chance = 1.0
        for index in 0..<packets {
            chance *=
                (Self.prior.lost + Double(lost) + Double(index))
                / (Self.prior.all + Double(answered + lost) + Double(index))
        }
        return chance
    }

    /// How likely it is that no endpoint was missed, where `responsive` endpoints answered and every
    /// other was sent `packets`, 0 to 1.
    func confidence(responsive: Int, packets: Int) -> Double {
        max(0, 1 - (Double(responsive) + Self.unseen) * chanceToLoseAll(of: packets))
    }
}
