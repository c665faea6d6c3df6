/// How long the way to a host and back takes (RFC 6298, section 2), in nanoseconds.
struct RoundTripEstimate: Hashable, Sendable {
    /// The smoothed round trip; nil before the first answer.
    private(set) var smoothed: UInt64?
    /// How much round trips vary.
    private(set) var variation: UInt64 = 0
    /// The shortest ever; nil before the first answer.
    private(set) var least: UInt64?

    /// Adds a round trip that was surely of one packet and its answer (Karn's rule).
    mutating func add(_ roundTrip: UInt64) {
        least = min(least ?? roundTrip, roundTrip)
        guard let before = smoothed else {
            smoothed = roundTrip
            variation = roundTrip / 2
            return
        }
        let error = before > roundTrip ? before - roundTrip : roundTrip - before
        variation = (3 * variation + error) / 4
        smoothed = (7 * before + roundTrip) / 8
    }

    /// After how long an answer is hardly to be expected any more; nil before the first answer.
    var patience: UInt64? { smoothed.map { $0 + 4 * variation } }
}
