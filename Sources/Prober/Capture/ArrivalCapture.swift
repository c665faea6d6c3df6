#if PacketCapture
    /// Records which probes pass the interfaces of a machine, from a capture.
    ///
    /// Owned by one thread.
    package struct ArrivalCapture: ~Copyable {
        private var session: CaptureSession
        /// What was recorded so far.
        package private(set) var log: ArrivalLog
        /// When the first and the last packet came, in nanoseconds since 1970; nil for none.
        package private(set) var span: ClosedRange<Int64>?

        /// How many frames are taken at once.
        private static let chunk = 10_000
        /// How often that is done at the end, when more frames keep coming.
        private static let lastChunks = 1000

        /// How long it goes on after a signal, in nanoseconds; a second signal ends that.
        private static let linger: UInt64 = 1_100_000_000

        package init(_ session: consuming CaptureSession, _ scope: ArrivalLog.Scope) {
            self.session = session
            log = ArrivalLog(scope)
        }

        /// Whether frames tell which of them this machine sent.
        package var knowsDirection: Bool {
            session.link == .cooked || session.link == .cooked2
        }

        /// How many frames came and were lost so far; nil for files.
        package func counts() -> CaptureCounts? { session.counts() }

        /// Records until `deadline`, or a second longer than the first signal, so that what came just
        /// then may still be answered; gives the time until when nothing is missing.
        ///
        /// - Throws: ``CaptureError``; what came before is recorded.
        package mutating func run(
            until signals: borrowing SignalDescriptor, deadline: MonotonicTime
        ) throws(CaptureError) -> MonotonicTime {
            var deadline = deadline
            var signalCount = 0
            while signalCount < 2 {
                let count = signals.receivedCount()
                if signalCount == 0, count > 0 {
                    let last = MonotonicTime.now().advanced(byNanoseconds: Self.linger)
                    deadline = min(deadline, last)
                }
                signalCount = count
                let left = deadline.nanoseconds(since: .now()) / 1_000_000
                guard left > 0 else { break }
                Readiness.wait(
                    for: session.descriptor, or: signals.rawDescriptor,
                    milliseconds: CInt(min(left, 1000)))
                _ = try take()
            }
            let end = MonotonicTime.now()
            for _ in 0..<Self.lastChunks {
                guard case .some = try take() else { break }
            }
            return end
        }

        /// Records all there is in a file or a stream, to its end.
        ///
        /// - Throws: ``CaptureError``; what came before is recorded.
        package mutating func readAll() throws(CaptureError) {
            while true {
                switch try take() {
                case .some, .all: continue
                case .end: return
                }
            }
        }

        private mutating func take() throws(CaptureError) -> CaptureSession.Taken {
            try Self.take(from: &session, into: &log, &span)
        }

        private static func take(
            from session: inout CaptureSession, into log: inout ArrivalLog,
            _ span: inout ClosedRange<Int64>?
        ) throws(CaptureError) -> CaptureSession.Taken {
            let link = session.link
            return try session.take(atMost: chunk) { frame, bytes in
                guard let packet = WirePacket(bytes, link) else { return }
                let time = frame.nanoseconds
                log.add(packet, isOutgoing: link.isOutgoing(bytes), at: time)
                span = min(span?.lowerBound ?? time, time)...max(span?.upperBound ?? time, time)
            }
        }
    }
#endif
