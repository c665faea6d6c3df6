/// What is known of one host of a wave.
struct DatagramHost {
    /// The address that datagrams to it leave from, when it was looked up.
    var source: IPAddress?
    /// The shortest round trip seen, in nanoseconds; nil before the first answer.
    var roundTrip: UInt64?
    /// A port that said it is closed.
    var control: UInt16?
    /// Whether the control that was asked last has answered.
    var hasControlAnswered = false
    /// Whether a request to a control could not leave this machine.
    var hasControlFailed = false
    /// Ports of the host that are asked as controls until one answers.
    var sought = InlineArray<3, UInt16>(repeating: 0)
    /// How its silence is looked into; nil before that begins.
    var proof: SilenceProof?
    /// Where the numbers of its silent endpoints stand in the wave's queue, and how many have room.
    var queueStart = 0
    var queueCapacity = 0
    /// The first of them that waits for a round, and how many wait.
    var queueHead = 0
    var queueCount = 0
    /// How many were taken out of it for the round that is on.
    var roundCount = 0

    /// How long an answer may take, at most `timeout` nanoseconds.
    func patience(atMost timeout: UInt64) -> UInt64 {
        guard let roundTrip else { return timeout }
        return min(timeout, roundTrip * 4 + 20_000_000)
    }

    /// Whether `port` is tried as a control.
    func hasSought(_ port: UInt16) -> Bool {
        sought.indices.contains { sought[$0] == port }
    }

    /// Notes that an answer took `nanoseconds`.
    mutating func noteRoundTrip(_ nanoseconds: UInt64) {
        roundTrip = min(roundTrip ?? nanoseconds, nanoseconds)
    }
}
