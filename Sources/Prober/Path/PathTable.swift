import BasicContainers
import Synchronization

/// What is known of the way to every host of a scan, shared by the workers.
///
/// A path is the way to one host. A scan of more hosts than there is room for shares paths between
/// neighbouring addresses, so memory does not grow with the number of targets.
final class PathTable: Sendable {
    /// How many paths there are.
    let count: Int
    private let hostCount: UInt128
    private let paths: RigidArray<Path>
    /// How many workers have still to ask endpoints for the first time.
    private let workersAsking: Atomic<Int>
    private let congestions = Atomic<Int>(0)

    /// How many paths there are at most.
    static let greatestCount = 65_536

    private struct Path: ~Copyable, Sendable {
        let estimate: Mutex<PathEstimate>
        /// Copies of what is asked before each attempt, to be read without the lock.
        let limit: Atomic<UInt32>
        let era: Atomic<UInt32>
        let patience: Atomic<UInt64>
    }

    /// The paths of `plan`, of which nothing is known.
    init(_ plan: ScanPlan) {
        hostCount = plan.space.targets.count
        count = Int(min(hostCount, UInt128(Self.greatestCount)))
        let ceiling = UInt32(clamping: plan.inFlight)
        let isShared = UInt128(count) != hostCount
        let endpoints = Int(
            clamping: plan.endpointCount / UInt128(max(count, 1)) + 1)
        var paths = RigidArray<Path>(capacity: count)
        for _ in 0..<count {
            paths.append(
                Path(
                    estimate: Mutex(
                        PathEstimate(ceiling: ceiling, endpoints: endpoints, isShared: isShared)),
                    limit: Atomic(ceiling), era: Atomic(0),
                    patience: Atomic(.max)))
        }
        self.paths = paths
        workersAsking = Atomic(plan.workers)
    }

    /// Whether each host has a path of its own.
    var isByHost: Bool { UInt128(count) == hostCount }

    /// The path to the host at `position` in the targets.
    func path(ofHost position: UInt64) -> Int {
        guard !isByHost else { return Int(position) }
        return Int(UInt128(position) * UInt128(count) / hostCount)
    }

    /// The positions in the targets of the first and the last host that `path` leads to.
    func hosts(of path: Int) -> (first: UInt64, last: UInt64) {
        let start = { [self] (path: Int) in
            (UInt128(path) * hostCount + UInt128(count) - 1) / UInt128(count)
        }
        return (UInt64(start(path)), UInt64(start(path + 1) - 1))
    }

    /// How many attempts may be under way on `path`, all workers together; 0 when its host cannot even
    /// be handed a packet.
    func limit(of path: Int) -> UInt32 { paths[path].limit.load(ordering: .relaxed) }

    /// The present era of `path`: see ``PathEstimate/era``.
    func era(of path: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: paths[path].era.load(ordering: .relaxed))
    }

    /// After how many nanoseconds an answer is hardly to be expected on `path`; nil when unknown.
    func patience(of path: Int) -> UInt64? {
        let patience = paths[path].patience.load(ordering: .relaxed)
        return patience == .max ? nil : patience
    }

    /// Notes that an endpoint on `path` answered; true when the way was found congested.
    func note(_ answer: PathEstimate.Answer, on path: Int, at now: MonotonicTime) -> Bool {
        paths[path].estimate.withLock { estimate in
            let isCongested = estimate.note(answer, at: now)
            paths[path].limit.store(estimate.window.limit, ordering: .relaxed)
            paths[path].era.store(UInt32(estimate.era), ordering: .relaxed)
            paths[path].patience.store(estimate.roundTrip.patience ?? .max, ordering: .relaxed)
            if isCongested { congestions.add(1, ordering: .relaxed) }
            return isCongested
        }
    }

    /// How often any way was found congested.
    var congestionCount: Int { congestions.load(ordering: .relaxed) }

    /// Notes that this machine found no neighbour to hand a packet on `path` to.
    ///
    /// When it is plain that there is none, the limit of the path becomes 0.
    func noteDeadNeighbour(
        _ error: ICMPError, _ reporter: IPAddress, on path: Int, at now: MonotonicTime
    ) {
        paths[path].estimate.withLock { estimate in
            estimate.noteDeadNeighbour(error, from: reporter, at: now)
            if isByHost, estimate.isUnlinked { paths[path].limit.store(0, ordering: .relaxed) }
        }
    }

    /// What `body` makes of the estimate of `path`, which it may change.
    func withEstimate<Result>(of path: Int, _ body: (inout PathEstimate) -> Result) -> Result {
        paths[path].estimate.withLock { body(&$0) }
    }

    /// Notes that a worker has asked each of its endpoints once.
    func endFirstPass() { workersAsking.subtract(1, ordering: .relaxed) }

    /// Whether every endpoint was asked once.
    var hasEndedFirstPass: Bool { workersAsking.load(ordering: .relaxed) <= 0 }
}
