import FoundationEssentials
import Prober
import Reconcile

/// Asks a host what became of packets that nothing answered, by what it counts while they are sent.
struct ReceiptRun {
    /// Who reads the host's counters.
    enum Reader {
        case live(LiveHost)
        case remote(RemoteHost)

        func reading(
            of needs: HostReading.Needs, until signals: borrowing SignalDescriptor
        ) throws(RemoteHostError) -> HostReading {
            switch self {
            case .live(let host): host.reading(of: needs)
            case .remote(let host): try host.reading(of: needs, until: signals)
            }
        }

        /// How many ports are asked at once: few where a reading is cheap, so that little else happens
        /// in the time that it takes.
        var portCount: Int {
            switch self {
            case .live: 2048
            case .remote: 16_384
            }
        }

        /// How long the rounds go on beside the time that sending takes.
        var budget: Duration {
            switch self {
            case .live: .seconds(12)
            case .remote: .seconds(25)
            }
        }

        /// How long nothing is sent, to see what moves the counters by itself.
        var watch: Duration {
            switch self {
            case .live: .milliseconds(50)
            case .remote: .milliseconds(500)
            }
        }
    }

    /// What came of it.
    struct Outcome {
        var receipts: [Receipt] = []
        /// Why the host was not heard to the end, if it was not.
        var problem: String?
        /// Whether a signal ended it.
        var isInterrupted = false
    }

    private let reader: Reader
    /// How to send: rate, namespace, seed.
    private let plan: ScanPlan
    private let isOwnMachine: Bool
    /// How long packets are on their way, at most.
    private let settling: Duration
    /// The share of packets that the scan saw lost.
    private let loss: Double
    private let output: OutputOptions

    /// How often each port is sent something, at most, as a rule.
    private static let usualCopies = 6
    /// How many packets a second any machine sends.
    private static let slowMachine = 50_000

    /// Rounds with a host that `reader` reads, sent as `plan` says; `roundTrip` is the longest of the
    /// way there, where one is known.
    init(
        _ reader: Reader, _ plan: ScanPlan, isOwnMachine: Bool, roundTrip: Duration?,
        loss: Double, _ output: OutputOptions
    ) {
        self.loss = loss
        self.reader = reader
        self.plan = plan
        self.isOwnMachine = isOwnMachine
        settling =
            isOwnMachine
            ? .milliseconds(10) : max(.milliseconds(20), (roundTrip ?? .milliseconds(100)) * 2)
        var quiet = output
        quiet.quiet = true
        quiet.verbose = false
        self.output = quiet
    }

    /// Asks `questions` until all are settled, the time is over, or a signal comes.
    func run(
        _ questions: ReceiptQuestions, until signals: borrowing SignalDescriptor
    ) throws -> Outcome {
        var outcome = Outcome()
        var generator = SplitMix64(state: plan.seed)
        var rounds = ReceiptRounds(
            questions, of: reader.portCount, loss: loss, seed: generator.next())
        guard var step = rounds.step() else { return outcome }
        let needs = questions.needs
        let deadline = MonotonicTime.now().advanced(by: reader.budget + sendingTime(of: questions))
        do {
            var start = MonotonicTime.now()
            var before = try reader.reading(of: needs, until: signals)
            while signals.receivedCount() == 0, MonotonicTime.now() < deadline {
                var sent: UInt64 = 0
                var used: ReceiptControl?
                switch step {
                case .watch: wait(reader.watch, signals)
                case .ask(let question, let copies, let control):
                    sent = try send(question, copies, control, until: signals)
                    used = control
                }
                let next = MonotonicTime.now()
                let after = try reader.reading(of: needs, until: signals)
                rounds.take(
                    ReceiptWindow(
                        sent: sent, control: used,
                        lasting: MonotonicTime.now().duration(since: start),
                        from: before, to: after))
                (before, start) = (after, next)
                guard let following = rounds.step() else { break }
                step = following
            }
        } catch let error as RemoteHostError {
            outcome.problem = error.summary
        }
        outcome.receipts = rounds.receipts
        outcome.isInterrupted = signals.receivedCount() > 0
        return outcome
    }

    /// How long sending takes, at the rate of the plan or of a slow machine.
    private func sendingTime(of questions: ReceiptQuestions) -> Duration {
        let rate: Int
        switch plan.rate {
        case .unlimited: rate = Self.slowMachine
        case .automatic: rate = RateChoice.politeRate
        case .perSecond(let count): rate = max(1, count)
        }
        let count = questions.all.reduce(0) { $0 + $1.ports.count } * Self.usualCopies
        return .seconds(count) / rate
    }

    private func wait(_ duration: Duration, _ signals: borrowing SignalDescriptor) {
        Readiness.wait(
            for: signals.rawDescriptor, or: -1,
            milliseconds: CInt(duration / .milliseconds(1)))
    }

    /// Sends each port of `question` so many packets, and the control one before and one after them;
    /// says how many left for the question, none when not all did.
    private func send(
        _ question: ReceiptQuestion, _ copies: Int, _ control: ReceiptControl?,
        until signals: borrowing SignalDescriptor
    ) throws -> UInt64 {
        var generator = SplitMix64(state: plan.seed)
        if let control, try send(control, generator.next(), until: signals) != 1 { return 0 }
        var sent: UInt64 = 0
        for copy in 1...max(copies, 1) {
            // The next copy need not wait for what becomes of this one.
            let isLast = copy == copies || question.transport == .tcp
            guard
                let packets = try send(
                    question.address, question.transport, question.ports, generator.next(),
                    waiting: isLast ? settling : .milliseconds(1), until: signals)
            else { return 0 }
            sent += packets
        }
        if let control, try send(control, generator.next(), until: signals) != 1 { return 0 }
        return sent
    }

    private func send(
        _ control: ReceiptControl, _ seed: UInt64, until signals: borrowing SignalDescriptor
    ) throws -> UInt64? {
        try send(
            control.address, control.transport, PortSet(ports: [control.port]), seed,
            waiting: settling, until: signals)
    }

    /// Sends each of `ports` one packet, and says how many left; nil when it was stopped.
    private func send(
        _ address: IPAddress, _ transport: Transport, _ ports: PortSet, _ seed: UInt64,
        waiting timeout: Duration, until signals: borrowing SignalDescriptor
    ) throws -> UInt64? {
        var spec = PortSpec()
        spec[transport] = ports
        guard let space = ProbeSpace(TargetSet([AddressRange(address)]), spec) else { return nil }
        var counted = plan
        counted.space = space
        counted.seed = seed
        counted.retries = 0
        counted.talks = false
        counted.datagrams.isCounted = true
        counted.timeout = timeout
        let run = try ScanRun(counted, isExact: false, output, checksDecoys: false)
        let (tally, _) = try run.run(until: signals) { _ in }
        return tally.isComplete ? tally.packets : nil
    }
}
