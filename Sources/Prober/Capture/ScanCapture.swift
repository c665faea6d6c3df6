import Synchronization
public import SystemPackage

/// Captures the packets of a scan while it runs, on a thread of its own.
///
/// Make it before the scan starts, and end it when the scan has.
public struct ScanCapture: ~Copyable {
    private let thread: WorkerThread
    private let exchange: CaptureExchange

    /// Where packets are captured; `any` for all interfaces.
    public let interface: String

    /// What a capture came to.
    public struct Outcome: Sendable {
        /// What was seen of each endpoint.
        public var groups: [WireGroup]
        /// How it went.
        public var facts: CaptureFacts
    }

    /// A capture of the packets that belong to `plan`, which notes its ports in
    /// ``ScanPlan/datagramPorts``; when it is made, packets are captured.
    ///
    /// The packets are kept in `file` as well, if one is given; it must stay open until the end.
    ///
    /// - Throws: ``CaptureError``.
    public init(
        _ plan: ScanPlan, keepingPacketsIn file: FileDescriptor? = nil, program: String
    ) throws(CaptureError) {
        let exchange = try CaptureExchange()
        let work = CaptureThread(plan: plan, file: file, program: program, exchange: exchange)
        let thread = try Self.start(work)
        interface = try exchange.waitForStart()
        self.thread = thread
        self.exchange = exchange
    }

    private static func start(_ work: CaptureThread) throws(CaptureError) -> WorkerThread {
        do throws(SystemCallFailure) {
            return try WorkerThread { work.run() }
        } catch {
            throw .failed("\(error.call.rawValue): \(error.errno)")
        }
    }

    deinit { exchange.raiseStop() }

    /// Ends the capture when what answers late has come, and gives what was seen.
    public consuming func end() -> Outcome? {
        let exchange = exchange
        // Letting go of the thread waits for its end.
        _ = consume self
        return exchange.outcome.withLock { $0 }
    }
}

/// What the capture's thread and the one that started it tell each other.
final class CaptureExchange: Sendable {
    /// Raised when the capture has started, or cannot.
    let started: EventDescriptor
    /// Raised when it shall end.
    let stop: EventDescriptor
    private let stopped = Atomic<Bool>(false)
    let start = Mutex<Result<String, CaptureError>?>(nil)
    let outcome = Mutex<ScanCapture.Outcome?>(nil)

    init() throws(CaptureError) {
        do throws(SystemCallFailure) {
            started = try EventDescriptor()
            stop = try EventDescriptor()
        } catch {
            throw .failed("\(error.call.rawValue): \(error.errno)")
        }
    }

    /// Whether the capture shall end.
    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    /// Tells the capture to end.
    func raiseStop() {
        stopped.store(true, ordering: .relaxed)
        stop.raise()
    }

    /// The interface, once packets are captured there.
    func waitForStart() throws(CaptureError) -> String {
        while true {
            if let result = start.withLock({ $0 }) { return try result.get() }
            Readiness.wait(
                for: started.rawDescriptor, or: started.rawDescriptor, milliseconds: 1000)
        }
    }

    /// Tells whether the capture has started.
    func tell(_ result: Result<String, CaptureError>) {
        start.withLock { $0 = result }
        started.raise()
    }
}
