import FoundationEssentials
import Prober
import Reconcile
import SystemPackage

/// Carries out a witness for a command: the capture, the file around it, and notes.
struct WitnessRun {
    let interface: String
    let sources: TargetSet?
    let ports: PortSpec
    let limit: Int
    let duration: Duration
    let output: OutputOptions

    #if PacketCapture
        /// Captures on this machine.
        func live() throws {
            let own = LocalMachine.read().addresses
            let filter = ArrivalFilter(sources: sources, ports: ports)
            let signals = try SignalDescriptor()
            var destination = try OutputDestination(output.output)
            let session = try CaptureSession(on: interface, filter: filter.description)
            let start = MonotonicTime.now()
            var witness = Witness(
                started: Self.now() + 1, host: kernelHostName(), boot: kernelBootID(),
                addresses: own, interface: interface, sources: sources, ports: ports,
                filter: filter.description)
            try giveUpRoot(&destination)
            try begin(witness, destination)
            var capture = ArrivalCapture(session, scope(own))
            let begun = witness.started
            do throws(CaptureError) {
                let end = try capture.run(
                    until: signals, deadline: start.advanced(by: duration))
                witness.ended =
                    begun + Int64(clamping: end.nanoseconds(since: start) / 1_000_000) - 1
                let counts = capture.counts()
                witness.dropped = counts.map { $0.dropped &+ $0.droppedByInterface }
                witness.isComplete = capture.log.uncounted == 0
            } catch {
                // What came before is worth having.
                Console.note("prober: \(error)")
                witness.ended = begun
            }
            witness.take(capture.log)
            try end(witness, ports: capture.log.flowCount, destination)
        }

        /// Captures on another host.
        func remote(_ host: SSHDestination, configuration: String?) throws {
            guard RemoteCapture.isSafe(interface) else {
                throw InputError(
                    "--interface", problem: "\(interface.debugDescription) is no interface",
                    remedy: "Name one that `ip link` shows there.")
            }
            let signals = try SignalDescriptor()
            let destination = try OutputDestination(output.output)
            let capture = RemoteCapture(
                host, configuration: configuration, interface: interface, sources: sources,
                ports: ports, limit: limit, milliseconds: Int(duration / .milliseconds(1)))
            let witness = try capture.run(until: signals) { try begin($0, destination) }
            try end(
                witness, ports: witness.arrivals.reduce(0) { $0 + $1.ports.count }, destination)
        }

        /// Reads a capture that somebody else made.
        func file(_ path: String, own: TargetSet) throws {
            let destination = try OutputDestination(output.output)
            let source: FileDescriptor
            do {
                source = try FileDescriptor.open(
                    FilePath(path == "-" ? "/dev/stdin" : path), .readOnly, options: .closeOnExec)
            } catch {
                throw InputError(
                    path, problem: "the file cannot be read: \(error)",
                    remedy: "Check the path and who may read it.")
            }
            let session: CaptureSession
            do throws(CaptureError) {
                session = try CaptureSession(reading: OwnedDescriptor(taking: source.rawValue))
            } catch {
                throw InputError(
                    path, problem: "this is no capture: \(error)",
                    remedy: "Give a file that `tcpdump -w FILE` wrote.")
            }
            var capture = ArrivalCapture(session, scope(own))
            var isWhole = true
            do throws(CaptureError) {
                try capture.readAll()
            } catch {
                isWhole = false
                Console.note("prober: \(path): \(error); what is before that is used")
            }
            let span = capture.span ?? 0...0
            var witness = Witness(
                started: span.lowerBound / 1_000_000, host: nil, boot: nil, addresses: own,
                interface: capture.knowsDirection ? Witness.allInterfaces : "unknown",
                sources: sources, ports: ports, filter: "")
            witness.ended = span.upperBound / 1_000_000
            witness.take(capture.log)
            witness.isComplete = isWhole && witness.uncounted == 0
            var bytes: [UInt8] = []
            witness.writeHeader(to: &bytes)
            try destination.write(bytes)
            try end(witness, ports: capture.log.flowCount, destination)
        }

        private func scope(_ own: TargetSet) -> ArrivalLog.Scope {
            ArrivalLog.Scope(own: own, sources: sources, ports: ports, limit: limit)
        }
    #else
        /// Captures on this machine.
        func live() throws { throw CaptureError.noLibrary }

        /// Captures on another host.
        func remote(_ host: SSHDestination, configuration: String?) throws {
            throw CaptureError.noLibrary
        }

        /// Reads a capture that somebody else made.
        func file(_ path: String, own: TargetSet) throws { throw CaptureError.noLibrary }
    #endif

    /// Milliseconds since 1970.
    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Gives up root, now that the capture is open.
    ///
    /// It does not go on as root, but in a user namespace that has no other user, where there is no way
    /// to do without.
    private func giveUpRoot(_ destination: inout OutputDestination) throws {
        guard let drop = PrivilegeDrop() else { return }
        if let file = destination.replacement?.file { drop.give(file) }
        try destination.place()
        do throws(PrivilegeDropError) {
            try drop.commit()
        } catch .noSuchUser(let user) {
            Console.note(
                "note: root of this user namespace goes on: \(PrivilegeDropError.noSuchUser(user))")
        }
    }

    /// Writes the first line, and says that it has begun.
    private func begin(_ witness: Witness, _ destination: borrowing OutputDestination) throws {
        var bytes: [UInt8] = []
        witness.writeHeader(to: &bytes)
        try destination.write(bytes)
        guard !output.quiet else { return }
        let place = interface == Witness.allInterfaces ? "all interfaces" : interface
        let host = witness.host.map { " of \($0)" } ?? ""
        Console.note(
            "witness: ready, watching \(place)\(host) for \(duration.inSeconds) s; scan now")
    }

    /// Writes what was seen, and says how much it is.
    private func end(
        _ witness: Witness, ports: Int, _ destination: consuming OutputDestination
    ) throws {
        var bytes: [UInt8] = []
        witness.writeRest(to: &bytes)
        try destination.write(bytes)
        try destination.finish()
        let sources = Set(witness.arrivals.map(\.source)).count
        let dropped = witness.dropped ?? 0
        if !output.quiet {
            var text = "witness: \(witness.packets.counted("probe")) came to "
            text += "\(ports.counted("port")) from \(sources.counted("source"))"
            text += witness.dropped.map { ", \($0) lost" } ?? ", how many were lost is not known"
            Console.note(text)
            if witness.uncounted > 0 {
                Console.note(
                    "witness: \(witness.uncounted.counted("probe")) more found no room; raise "
                        + "--max-flows, or narrow it with --from and -p")
            }
        }
        guard witness.isComplete, dropped == 0 else { throw ExitStatus.incomplete }
    }
}
