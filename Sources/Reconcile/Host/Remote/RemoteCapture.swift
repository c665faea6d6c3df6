#if PacketCapture
    public import Prober
    import SystemPackage

    /// A witness on another host, where `tcpdump` captures and nothing of ours is installed.
    public struct RemoteCapture {
        private let host: RemoteHost
        private let destination: SSHDestination
        private let interface: String
        private let sources: TargetSet?
        private let ports: PortSpec
        private let limit: Int
        private let milliseconds: Int

        /// How much longer than asked for the host goes on when we are gone.
        private static let spareSeconds = 30
        /// How long we wait for what it says at the end.
        private static let grace = 5000

        /// A capture at `destination`, where `interface` must be a plain word, for `milliseconds`.
        public init(
            _ destination: SSHDestination, configuration: String?, interface: String,
            sources: TargetSet?, ports: PortSpec, limit: Int, milliseconds: Int
        ) {
            host = RemoteHost(destination, configuration: configuration)
            self.destination = destination
            self.interface = interface
            self.sources = sources
            self.ports = ports
            self.limit = limit
            self.milliseconds = milliseconds
        }

        /// Whether `interface` can be given to the host.
        public static func isSafe(_ interface: String) -> Bool {
            RemoteCaptureScript.isSafe(interface)
        }

        /// Records until the time is over or a signal comes; `ready` is called when it begins.
        public func run(
            until signals: borrowing SignalDescriptor, ready: (Witness) throws -> Void
        ) throws -> Witness {
            guard let ssh = ProgramRun.path(of: "ssh") else { throw RemoteHostError.noSSH }
            let filter = ArrivalFilter(sources: sources, ports: ports).description
            let script = RemoteCaptureScript(
                interface: interface, filter: filter,
                seconds: milliseconds / 1000 + Self.spareSeconds)
            var stream: ProgramStream
            let start = MonotonicTime.now()
            do throws(Errno) {
                stream = try ProgramStream(
                    ssh, host.arguments, input: Array(script.text.utf8),
                    environment: .own(adding: ["SSH_ASKPASS_REQUIRE=never"]),
                    until: signals.rawDescriptor, milliseconds: milliseconds, grace: Self.grace)
            } catch {
                throw RemoteHostError.cannotRun(destination, error.symbol)
            }
            let outcome = Result { try record(&stream, script, since: start, ready) }
            let end = MonotonicTime.now()
            let (status, errors) = stream.finish()
            let words = RemoteCaptureWords(errors, marker: script.marker)
            switch outcome {
            case .failure(is CaptureError):
                if words.hasNoTcpdump { throw RemoteHostError.noTcpdump(destination) }
                guard words.seconds == nil else {
                    throw RemoteHostError.cannotCapture(destination, message: words.message)
                }
                if signals.receivedCount() > 0 { throw RemoteHostError.stopped(destination) }
                throw status == 255
                    ? RemoteHostError.notConnected(destination, message: words.message)
                    : RemoteHostError.brokeOff(destination, message: words.message)
            case .failure(let error): throw error
            case .success((var witness, let begun, let isWhole)):
                // Of the host's clock there are whole seconds; so it ends rather too early.
                let ran = Int64(clamping: end.nanoseconds(since: begun) / 1_000_000)
                let asked = Int64(clamping: milliseconds)
                witness.ended =
                    (words.seconds ?? 0) * 1000
                    + max(0, min(ran, asked) - Self.clockDelay)
                witness.dropped = words.dropped
                // Its numbers are the last that tcpdump says, unless it failed.
                guard words.dropped != nil || witness.packets > 0 else {
                    throw RemoteHostError.cannotCapture(destination, message: words.message)
                }
                // It ended by itself, such as after the most packets that it takes.
                let isEarly =
                    signals.receivedCount() == 0
                    && end.nanoseconds(since: start) / 1_000_000 < milliseconds
                witness.isComplete =
                    isWhole && !isEarly && words.dropped != nil && witness.uncounted == 0
                return witness
            }
        }

        /// How late the end of a stream may be seen, in milliseconds.
        private static let clockDelay: Int64 = 500

        /// The witness, when its first packet could come, and whether the stream was whole.
        private func record(
            _ stream: inout ProgramStream, _ script: RemoteCaptureScript,
            since start: MonotonicTime,
            _ ready: (Witness) throws -> Void
        ) throws -> (Witness, MonotonicTime, Bool) {
            guard let output = stream.takeOutput() else { throw CaptureError.failed("no output") }
            // It comes when the capture has begun.
            let session = try CaptureSession(reading: output)
            let begun = MonotonicTime.now()
            var words = RemoteCaptureWords(stream.errors, marker: script.marker)
            while words.seconds == nil, MonotonicTime.now().duration(since: begun) < .seconds(5) {
                Readiness.wait(for: -1, or: -1, milliseconds: 20)
                words = RemoteCaptureWords(stream.errors, marker: script.marker)
            }
            guard let seconds = words.seconds else {
                throw RemoteHostError.brokeOff(
                    destination, message: "it does not say its time (date +%s)")
            }
            let own = TargetSet(words.addresses.map { AddressRange($0.address) })
            let waited = Int64(clamping: begun.nanoseconds(since: start) / 1_000_000)
            var witness = Witness(
                started: (seconds + 1) * 1000 + waited, host: words.name, boot: words.boot,
                addresses: own, interface: interface, sources: sources, ports: ports,
                filter: script.filter)
            try ready(witness)
            var capture = ArrivalCapture(
                session, ArrivalLog.Scope(own: own, sources: sources, ports: ports, limit: limit))
            var isWhole = true
            do throws(CaptureError) {
                try capture.readAll()
            } catch {
                // The stream broke off within a packet.
                isWhole = false
            }
            witness.take(capture.log)
            return (witness, begun, isWhole)
        }
    }

    extension Witness {
        /// Takes what `log` has recorded.
        package mutating func take(_ log: ArrivalLog) {
            arrivals = log.arrivals()
            packets = log.packets
            uncounted = log.uncounted
        }
    }
#endif
