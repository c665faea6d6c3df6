import BasicContainers

/// Runs a plan: starts the workers, gathers what they find, and stops when told.
public struct Scan: ~Copyable {
    private let plan: ScanPlan
    private let channel: ObservationChannel
    private let stop = StopSignal()
    private let ended = EndedWorkers()
    private let facts = SharedFacts()
    private let paths: PathTable

    /// How a scan ended.
    public struct Ending: Hashable, Sendable {
        /// How many endpoints were never asked, because the scan was stopped.
        public var unobserved: UInt128
        /// What happened in the UDP part beside the outcomes; nil for a scan without one.
        public var datagrams: DatagramFacts?
        /// What was found out about the way to each host, as far as TCP endpoints were asked.
        public var paths: [PathFacts]
        /// How long the scan took.
        public var elapsed: Duration
    }

    /// A scan of `plan`, ready to run.
    ///
    /// - Throws: ``ScanError`` when the kernel refuses what every scan needs.
    public init(_ plan: ScanPlan) throws(ScanError) {
        self.plan = plan
        paths = PathTable(plan.part(.tcp))
        do {
            channel = try ObservationChannel(capacity: 16_384)
        } catch {
            throw ScanError(error)
        }
    }

    /// Probes every endpoint, and gives each batch of observations to `receive`.
    ///
    /// `receive` is called on the calling thread, at least ten times a second, with an empty batch
    /// when nothing is new; it may stop the scan by returning false. The first signal of `signals`
    /// lets the probes in hand finish, the second ends the scan at once.
    ///
    /// - Throws: ``ScanError`` when a worker could not start; what the others found was received.
    public consuming func run(
        until signals: borrowing SignalDescriptor,
        receive: (_ batch: [Observation], _ elapsed: Duration) -> Bool
    ) throws(ScanError) -> Ending {
        let start = MonotonicTime.now()
        // A signal that came before is as good as one that comes now: no probe starts.
        heed(signals)
        let threads = startWorkers()
        var observed: UInt128 = 0
        var batch: [Observation] = []
        var isLast = false
        while !isLast {
            isLast = ended.count == threads.count
            if !isLast {
                Readiness.wait(
                    for: channel.arrival.rawDescriptor, or: signals.rawDescriptor,
                    milliseconds: 100)
            }
            heed(signals)
            batch.removeAll(keepingCapacity: true)
            channel.receive(into: &batch)
            observed += UInt128(batch.count)
            if !receive(batch, MonotonicTime.now().duration(since: start)) {
                stop.raise(to: .draining)
            }
        }
        if let failure = ended.failure { throw failure }
        return Ending(
            unobserved: plan.requested - observed,
            datagrams: plan.space.ports.udp.isEmpty ? nil : facts.current,
            paths: plan.space.ports.tcp.isEmpty ? [] : paths.facts(about: plan.space.targets),
            elapsed: MonotonicTime.now().duration(since: start))
    }

    /// Tells the workers of the signals that have come so far.
    private func heed(_ signals: borrowing SignalDescriptor) {
        switch signals.receivedCount() {
        case 0: break
        case 1: stop.raise(to: .draining)
        default: stop.raise(to: .immediate)
        }
    }

    /// Starts a thread for each worker; when one cannot be started the others are stopped.
    ///
    /// UDP has one worker: few sockets ask all endpoints, and only who sees all answers of a host
    /// can keep to its pace.
    private func startWorkers() -> RigidArray<WorkerThread> {
        let connecting = plan.part(.tcp)
        let asking = plan.part(.udp)
        var tasks: [ScanWorker.Task] = []
        if connecting.requested > 0 {
            tasks += (0..<plan.workers).map { .connecting(connecting, worker: $0, paths) }
        }
        if asking.requested > 0 { tasks.append(.asking(asking)) }
        var threads = RigidArray<WorkerThread>(capacity: tasks.count)
        for task in tasks {
            let worker = ScanWorker(
                task: task, channel: channel, facts: facts, stop: stop, ended: ended)
            do throws(SystemCallFailure) {
                threads.append(try WorkerThread { worker.run() })
            } catch {
                ended.fail(ScanError(error))
                stop.raise(to: .draining)
                break
            }
        }
        return threads
    }
}
