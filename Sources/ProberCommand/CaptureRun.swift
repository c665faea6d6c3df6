import FoundationEssentials
import Prober
import SystemPackage

/// The capture beside a scan for a command: its file, its notes, and root's rights.
struct CaptureRun: ~Copyable {
    private var capture: ScanCapture?
    private var file: OutputFile?
    private let isQuiet: Bool

    /// A capture of the packets of `plan`, when `options` ask for one.
    ///
    /// What keeps it from starting is said once; the scan does without.
    init(
        _ options: CaptureOptions, of plan: ScanPlan, beside result: borrowing OutputDestination,
        _ output: OutputOptions
    ) throws(InputError) {
        isQuiet = output.quiet
        var file: OutputFile?
        if let path = options.captureFile { file = try OutputFile(path, flag: "--capture") }
        let capture = options.isWanted ? Self.start(options, plan, Self.descriptor(file)) : nil
        if let interface = Self.interface(capture) {
            Self.dropRoot(for: plan, result, file, output)
            if output.verbose, !output.quiet {
                Console.note("packets are captured on \(interface)")
            }
        }
        self.capture = capture
        self.file = file
    }

    private static func start(
        _ options: CaptureOptions, _ plan: ScanPlan, _ file: FileDescriptor?
    ) -> ScanCapture? {
        do throws(CaptureError) {
            return try ScanCapture(
                plan, keepingPacketsIn: file, program: "prober \(Version.number)")
        } catch {
            let path = options.captureFile.map { ", and \($0) is not written" } ?? ""
            Console.note(
                "note: no packet is captured\(path): \(error). The scan goes on with what its "
                    + "sockets tell.")
            return nil
        }
    }

    /// Gives the capture away, to be ended when the scan has.
    mutating func take() -> ScanCapture? { capture.take() }

    /// Says what went wrong, and puts the packets under their name.
    ///
    /// - Throws: ``OutputError`` when they could not all be written.
    consuming func finish(_ facts: CaptureFacts?) throws(OutputError) {
        guard let facts else { return }
        if let failure = facts.failure {
            Console.note("note: the capture ended before the scan did: \(failure)")
        }
        if facts.lost > 0 {
            Console.note(
                "note: \(facts.lost) of \(facts.counts.received.counted("captured packet")) were "
                    + "lost, so what is said of the wire has gaps; a lower --rate loses none")
        }
        if facts.unkept > 0, !isQuiet {
            Console.note(
                "note: of \(facts.unkept.counted("endpoint")) nothing is said of the wire: there "
                    + "were too many")
        }
        guard let file = file.take() else { return }
        let path = file.path
        if let errno = facts.fileFailure { throw .failed(path, errno) }
        do throws(Errno) {
            try file.commit()
        } catch {
            throw .failed(path, error)
        }
    }

    /// Gives root up, now that the capture has what needs it, unless something else does too.
    ///
    /// `result` is where the scan's own result goes.
    private static func dropRoot(
        for plan: ScanPlan, _ result: borrowing OutputDestination,
        _ packets: borrowing OutputFile?, _ output: OutputOptions
    ) {
        var replacements = [result.replacement].compactMap(\.self)
        if let packets = Self.replacement(packets) { replacements.append(packets) }
        let folder = ProcessInfo.processInfo.environment["TMPDIR"]
        let outcome = Privileges.drop(owning: replacements.map(\.file)) {
            // SO_RCVBUFFORCE.
            if !plan.space.ports.udp.isEmpty {
                return "only root may have buffers as large as answers over UDP need"
            }
            if let file = replacements.first(where: { !Privileges.canReplace($0.target) }) {
                return "only root may write \(file.target)"
            }
            // Where what waits to be written goes.
            if let folder, !Privileges.canReplace(FilePath(folder).appending("prober")) {
                return "only root may write to TMPDIR, \(folder)"
            }
            if let interface = plan.interface, !Privileges.canBind(toInterface: interface) {
                return "only root may send through \(interface)"
            }
            return nil
        }
        guard output.verbose, !output.quiet else { return }
        switch outcome {
        case .wasNotRoot: break
        case .dropped(let user): Console.note("root was given up: user \(user) goes on")
        case .kept(let reason): Console.note("root is kept: \(reason)")
        }
    }

    private static func descriptor(_ file: borrowing OutputFile?) -> FileDescriptor? {
        switch file {
        case .some(let file): file.descriptor
        case .none: nil
        }
    }

    private static func replacement(
        _ file: borrowing OutputFile?
    ) -> (file: FileDescriptor, target: FilePath)? {
        switch file {
        case .some(let file): file.replacement
        case .none: nil
        }
    }

    private static func interface(_ capture: borrowing ScanCapture?) -> String? {
        switch capture {
        case .some(let capture): capture.interface
        case .none: nil
        }
    }
}
