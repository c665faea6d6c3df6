/// How long and how often one endpoint is asked.
///
/// One class of time-outs serves all hosts; estimates per host will choose among several.
struct AttemptLimits {
    /// How long an attempt waits for its answer, in nanoseconds.
    let timeout: UInt64
    /// How many attempts a silent endpoint gets.
    let silences: UInt16
    /// How long a probe that failed here pauses before the next try, in nanoseconds.
    let pause: UInt64 = 100_000_000
    /// How long the kernel surely waits before it repeats a SYN, in nanoseconds.
    let firstRepeat: UInt64 = 200_000_000
    /// How often a probe may fail here for want of something that comes back: a port, memory.
    let shortages: UInt8 = 20
    /// How often a probe may fail here in another way: no route, no permission.
    let refusals: UInt8 = 3
    /// How many handshakes are believed where one may have been with a probe of our own.
    let doubtfulHandshakes: UInt8 = 2
    /// How many source ports are tried from afar.
    let detours: UInt8 = 20
    /// How often a socket may be joined to itself.
    let selfConnects: UInt8 = 4

    init(_ plan: ScanPlan) {
        timeout = Self.nanoseconds(plan.timeout)
        silences = UInt16(min(max(plan.retries, 0), 1000) + 1)
    }

    /// `duration` in nanoseconds, from 0 to a day.
    static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        let longest: Int64 = 86_400
        return UInt64(min(max(seconds, 0), longest)) * 1_000_000_000
            + UInt64(max(attoseconds, 0) / 1_000_000_000)
    }
}
