/// Says how many packets may leave now, so that the rate is kept.
///
/// Owned by one worker thread, which gets its share of the rate. Lateness of up to 20 ms is made up
/// for, so a second may see 2 % more than the rate; after a longer stall the clock starts anew
/// instead of bursting. SYNs that the kernel repeats count once they are known.
struct Pacer {
    /// Packets for each period of this worker; nil for no limit.
    private var packetsPerPeriod: UInt64?
    /// One second for each worker that shares the rate, in nanoseconds.
    private let period: UInt64
    private var start: MonotonicTime
    /// When the worker's first packet was due: its packets stay on the grid that begins there.
    private var origin: MonotonicTime
    /// How many packets of other workers are due before its first.
    private let turn: UInt64
    /// Packets sent since `start`.
    private var sent: UInt64 = 0

    /// How far the pacer may lag behind its schedule before it starts anew.
    private static let longestLag: UInt64 = 20_000_000

    /// The pacer of `worker` (from 0) of `workers` that share `rate` from `now` on.
    ///
    /// The workers begin one after the other, so that together they keep the pace too.
    init(_ rate: ProbeRate, worker: Int, of workers: Int, at now: MonotonicTime) {
        packetsPerPeriod =
            switch rate {
            case .unlimited: nil
            case .automatic: UInt64(RateChoice.politeRate)
            case .perSecond(let count): UInt64(max(count, 1))
            }
        period = UInt64(workers) * 1_000_000_000
        turn = UInt64(worker)
        origin = now.advanced(byNanoseconds: turn * 1_000_000_000 / (packetsPerPeriod ?? .max))
        start = origin
    }

    /// Goes on with `rate` packets a second from `now` on, all workers together.
    mutating func change(to rate: Int, at now: MonotonicTime) {
        packetsPerPeriod = UInt64(max(rate, 1))
        origin = now.advanced(byNanoseconds: turn * 1_000_000_000 / UInt64(max(rate, 1)))
        start = origin
        sent = 0
    }

    /// How many packets may leave at `now`.
    mutating func allowance(at now: MonotonicTime) -> Int {
        guard let packetsPerPeriod else { return .max }
        guard now >= start else { return 0 }
        while now.nanoseconds(since: start) >= period, sent >= packetsPerPeriod {
            start = start.advanced(byNanoseconds: period)
            sent -= packetsPerPeriod
        }
        if now > due(sent).advanced(byNanoseconds: Self.longestLag) {
            start = nextOnGrid(now)
            sent = 0
            guard now >= start else { return 0 }
        }
        let elapsed = now.nanoseconds(since: start)
        let scheduled = 1 + UInt64(UInt128(elapsed) * UInt128(packetsPerPeriod) / UInt128(period))
        return Int(scheduled - min(sent, scheduled))
    }

    /// The first point of the worker's grid at or after `now`.
    private func nextOnGrid(_ now: MonotonicTime) -> MonotonicTime {
        guard let packetsPerPeriod else { return now }
        let elapsed = UInt128(now.nanoseconds(since: origin))
        let count = (elapsed * UInt128(packetsPerPeriod) + UInt128(period) - 1) / UInt128(period)
        // Rounded up, so that no point comes early.
        let wait =
            (count * UInt128(period) + UInt128(packetsPerPeriod) - 1)
            / UInt128(packetsPerPeriod)
        return origin.advanced(byNanoseconds: UInt64(clamping: wait))
    }

    /// Counts `packets` as sent.
    mutating func record(_ packets: Int) { sent += UInt64(packets) }

    /// When the next packet may leave; in the past when it may leave at once.
    var nextDeparture: MonotonicTime {
        packetsPerPeriod == nil ? MonotonicTime(nanoseconds: 0) : due(sent)
    }

    /// When the packet with `number` after `start` is due.
    private func due(_ number: UInt64) -> MonotonicTime {
        guard let packetsPerPeriod else { return start }
        let wait = UInt128(number) * UInt128(period) / UInt128(packetsPerPeriod)
        return start.advanced(byNanoseconds: UInt64(wait))
    }
}
