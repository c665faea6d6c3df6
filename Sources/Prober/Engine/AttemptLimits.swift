/// How long and how often one endpoint is asked.
struct AttemptLimits {
    /// How long attempts wait.
    let times: AttemptTimes
    /// How many attempts a silent endpoint gets; nil when ``confidence`` decides.
    let silences: UInt16?
    /// How many attempts a silent endpoint gets at most.
    let mostSilences: UInt16 = 20
    /// How sure it must be, 0 to 1, that no endpoint of a host that answers is missed.
    let confidence: Double
    /// Whether the first bytes of connections are waited and asked for.
    let talks: Bool
    /// How long a probe pauses that failed here, in nanoseconds.
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
        times = AttemptTimes(fixed: plan.timeout.map(Self.nanoseconds))
        silences = plan.retries.map { UInt16(min(max($0, 0), 1000) + 1) }
        confidence = plan.confidence
        talks = plan.talks
    }

    /// The pauses before the next attempt, by ``PauseClass``, in nanoseconds.
    ///
    /// The last attempts come late, spread over time: losses come in bursts, and what was lost at
    /// once would be lost again at once.
    func pause(_ pauseClass: PauseClass) -> UInt64 {
        switch pauseClass {
        case .failed: pause
        case .secondSilence: 200_000_000
        case .laterSilence: 300_000_000
        }
    }

    /// `duration` in nanoseconds, from 0 to a day.
    static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        let longest: Int64 = 86_400
        return UInt64(min(max(seconds, 0), longest)) * 1_000_000_000
            + UInt64(max(attoseconds, 0) / 1_000_000_000)
    }
}

/// Why a probe pauses, which decides how long.
enum PauseClass: Int, CaseIterable {
    /// It failed on this side.
    case failed
    /// It was silent twice.
    case secondSilence
    /// It was silent more than twice.
    case laterSilence
}
