import Synchronization
import SystemPackage

/// The work of the capture's thread.
struct CaptureThread: Sendable {
    let plan: ScanPlan
    let file: FileDescriptor?
    let program: String
    let exchange: CaptureExchange

    /// How many bytes of a packet are kept: headers, and what UDP services say first.
    private static let snapLength: CInt = 320
    /// Room for 100,000 packets a second while the thread waits for a second.
    private static let bufferBytes: CInt = 64 << 20
    /// How often frames are taken, in milliseconds; a million a second would fill a tenth of the room.
    private static let pause: CInt = 10
    /// How many bytes of the file are written at once.
    private static let writeSize = 1 << 18
    /// How long late answers are waited for: twice the longest round trip, within these bounds, in
    /// nanoseconds.
    private static let patience: ClosedRange<Int64> = 100_000_000...1_000_000_000

    /// Runs to the end.
    ///
    /// Called once, on the capture's own thread.
    func run() {
        #if PacketCapture
            do throws(CaptureError) {
                try enterNamespace()
                let machine = LocalMachine.read()
                let scope = CaptureScope(plan, on: machine)
                let interface =
                    plan.interface
                    ?? NetworkInterface.toward(plan.space.targets, from: plan.sources)
                    ?? CaptureSession.allInterfaces
                var session = try CaptureSession(
                    on: interface, filter: CaptureFilter(scope).text,
                    snapLength: Self.snapLength, bufferBytes: Self.bufferBytes)
                var work = Work(
                    matcher: WireMatcher(scope),
                    packets: file.map { descriptor in
                        Packets(
                            descriptor: descriptor,
                            blocks: PacketFile(
                                session.link, interface: interface,
                                snapLength: UInt32(Self.snapLength), program: program))
                    })
                exchange.tell(.success(interface))
                capture(&session, &work)
                end(&session, &work, on: interface)
            } catch {
                exchange.tell(.failure(error))
            }
        #else
            exchange.tell(.failure(.noLibrary))
        #endif
    }

    #if PacketCapture
        /// What grows while packets come.
        private struct Work {
            var matcher: WireMatcher
            var packets: Packets?
            /// Why the capture ended before the scan did.
            var failure: CaptureError?
        }

        /// The file that packets go to.
        private struct Packets {
            let descriptor: FileDescriptor
            var blocks: PacketFile
            var failure: Errno?

            /// Writes what waits, when it is at least `size` bytes.
            mutating func write(atLeast size: Int) {
                guard failure == nil, blocks.waitingCount >= max(1, size) else { return }
                let bytes = blocks.takeBytes()
                do {
                    try descriptor.writeAll(bytes)
                } catch {
                    failure = error as? Errno ?? .ioError
                }
            }
        }

        private func enterNamespace() throws(CaptureError) {
            do throws(SystemCallFailure) {
                try plan.namespace?.enter()
            } catch {
                throw .failed("\(error.call.rawValue): \(error.errno)")
            }
        }

        /// Takes packets until it shall end, and then those that come a little later.
        private func capture(_ session: inout CaptureSession, _ work: inout Work) {
            var end: MonotonicTime?
            while end.map({ $0 > .now() }) ?? true {
                let taken: CaptureSession.Taken
                do throws(CaptureError) {
                    taken = try take(from: &session, into: &work)
                } catch {
                    work.failure = error
                    return
                }
                if end == nil, exchange.isStopped {
                    let patience = min(
                        max(work.matcher.longestRoundTrip &* 2, Self.patience.lowerBound),
                        Self.patience.upperBound)
                    end = MonotonicTime.now().advanced(byNanoseconds: UInt64(patience))
                }
                if taken == .some { continue }
                work.packets?.write(atLeast: 1)
                // Not for frames: the kernel has room for them, and to be woken for each costs more
                // than all the rest.
                if end != nil {
                    Readiness.pause(milliseconds: Self.pause)
                } else {
                    let stop = exchange.stop.rawDescriptor
                    Readiness.wait(for: stop, or: stop, milliseconds: Self.pause)
                }
            }
        }

        private func take(
            from session: inout CaptureSession, into work: inout Work
        ) throws(CaptureError) -> CaptureSession.Taken {
            let link = session.link
            return try session.take(atMost: 4096) { frame, span in
                guard let packet = WirePacket(span, link),
                    let note = work.matcher.take(
                        packet, in: span, at: frame.nanoseconds, from: link.interface(of: span))
                else { return }
                work.packets?.blocks.add(frame, span, comment: note.comment)
                work.packets?.write(atLeast: Self.writeSize)
            }
        }

        /// Says what the capture came to, and closes the file.
        private func end(
            _ session: inout CaptureSession, _ work: inout Work, on interface: String
        ) {
            let counts = session.counts() ?? CaptureCounts(received: 0, dropped: 0)
            work.packets?.blocks.end(counts, at: WallTime.nanoseconds())
            work.packets?.write(atLeast: 1)
            var facts = CaptureFacts(interface: interface, counts: counts)
            facts.matched = work.matcher.matched
            facts.strangers = work.matcher.strangers.sorted()
            facts.failure = work.failure
            facts.fileFailure = work.packets?.failure
            let (groups, unkept) = work.matcher.end()
            facts.unkept = unkept
            exchange.outcome.withLock { $0 = ScanCapture.Outcome(groups: groups, facts: facts) }
        }
    #endif
}
