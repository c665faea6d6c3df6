/// The steps of the probe order that one worker takes: every so many, from its own start.
public struct ProbeSteps: Sendable {
    private var next: UInt128
    private let stride: UInt128
    private let end: UInt128

    /// The steps of `worker` (from 0) of `workerCount`, within `shard`, of `count` steps in all.
    public init(count: UInt128, shard: Shard, worker: Int, of workerCount: Int) {
        next = UInt128(shard.number - 1) + UInt128(shard.count) * UInt128(worker)
        stride = UInt128(shard.count) * UInt128(workerCount)
        end = count
    }

    /// How many steps are left.
    public var remaining: UInt128 {
        next >= end ? 0 : (end - next - 1) / stride + 1
    }

    /// Takes the next step; nil at the end.
    public mutating func take() -> UInt64? {
        guard next < end else { return nil }
        defer { next += stride }
        return UInt64(next)
    }
}
