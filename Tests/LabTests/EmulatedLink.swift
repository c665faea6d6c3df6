/// The path between `outside` and `edge` of a lab, when it is more than a cable (`scripts/lab`).
///
/// It has a seed always, so that it is the lab's own link and not the kernel's, which cannot say which
/// packets it lost.
struct EmulatedLink {
    var seed: UInt64
    /// Half of it passes each way.
    var roundTripMilliseconds = 0.0
    /// Of the packets that go from outside to inside.
    var lossPercent = 0.0
    var lossPercentBack = 0.0
    /// How many are lost in a row on average; nil: each by itself.
    var burst: Double?
    /// Packets a second, each way.
    var packetRate: Int?
    var queue: Int?

    /// The words for `scripts/lab up`.
    var flags: [String] {
        var flags = [
            "--seed", "\(seed)", "--rtt", "\(roundTripMilliseconds)ms",
            "--loss", "\(lossPercent)%", "--loss-back", "\(lossPercentBack)%",
        ]
        if let burst { flags += ["--loss-burst", "\(burst)"] }
        if let packetRate { flags += ["--rate", "\(packetRate)pps"] }
        if let queue { flags += ["--queue", "\(queue)"] }
        return flags
    }

    /// What a link says of itself.
    struct Report: Decodable {
        struct Way: Decodable {
            /// IPv4 and IPv6 packets to one receiver; the others are `control`.
            var received: Int
            var lost: Int
            var queueFull: Int
            var delivered: Int
            /// What the link was too slow for: 0, or the measurement is void.
            var failed: Int
            var control: Int
            var latestUs: Int
        }

        var seed: UInt64
        var processorMs: Int
        var there: Way
        var back: Way
    }
}
