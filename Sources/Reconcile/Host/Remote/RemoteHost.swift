public import FoundationEssentials
public import Prober
import SystemPackage

/// A host that is asked over ssh, with nothing of ours installed on it.
public struct RemoteHost: Sendable {
    private let destination: SSHDestination
    /// The file given to `ssh -F`; nil for the user's own configuration.
    private let configuration: String?
    private let limits: Limits
    private let readsFirewall: Bool

    /// What the host may take of this machine.
    struct Limits {
        /// From the start of ssh to its end.
        var seconds = 60
        var byteCount = 64 << 20
    }

    /// The host at `destination`; its firewall is left alone unless `readsFirewall`.
    public init(
        _ destination: SSHDestination, configuration: String? = nil, readsFirewall: Bool = true
    ) {
        self.init(
            destination, configuration: configuration, limits: Limits(),
            readsFirewall: readsFirewall)
    }

    init(
        _ destination: SSHDestination, configuration: String?, limits: Limits,
        readsFirewall: Bool = true
    ) {
        self.destination = destination
        self.configuration = configuration
        self.limits = limits
        self.readsFirewall = readsFirewall
    }

    /// What the host says of itself; services' names in it are looked up in `names`.
    ///
    /// It takes one connection, and a second one where a `prober` of the host writes what this
    /// version cannot read.
    public func collect(now: Date, names: ServiceNames) throws(RemoteHostError) -> HostReport {
        try collect(now: now, names: names, until: nil)
    }

    /// The same, given up when `signals` come in between.
    public func collect(
        now: Date, names: ServiceNames, until signals: borrowing SignalDescriptor
    ) throws(RemoteHostError) -> HostReport {
        try collect(now: now, names: names, until: signals.rawDescriptor)
    }

    private func collect(
        now: Date, names: ServiceNames, until stop: CInt?
    ) throws(RemoteHostError) -> HostReport {
        let answer = try ask(
            RemoteScript(asksProber: true, readsFirewall: readsFirewall), until: stop)
        guard let own = answer.prober else { return try report(answer, now: now, names) }
        if var report = try? HostReport(json: own.output, source: "\(destination)") {
            report.sources.insert(
                HostReport.Source(kind: "ssh", origin: "\(destination)"), at: 0)
            return report
        }
        return try report(
            ask(RemoteScript(asksProber: false, readsFirewall: readsFirewall), until: stop),
            now: now, names)
    }

    private func report(
        _ answer: RemoteAnswer, now: Date, _ names: ServiceNames
    ) throws(RemoteHostError) -> HostReport {
        guard let report = answer.report(from: "\(destination)", now: now, names) else {
            throw .noSocketTable(destination, system: answer.system)
        }
        return report
    }

    /// What the host has counted by now, as far as `needs` asks, given up when `signals` come.
    public func reading(
        of needs: HostReading.Needs, until signals: borrowing SignalDescriptor
    ) throws(RemoteHostError) -> HostReading {
        let script = RemoteScript(asksProber: false, readsFirewall: false)
        return try ask(script.reading(needs), script.marker, until: signals.rawDescriptor)
            .reading(of: needs)
    }

    /// Runs `script` on the host, whatever its user's login shell is.
    private func ask(
        _ script: RemoteScript, until stop: CInt?
    ) throws(RemoteHostError) -> RemoteAnswer {
        try ask(script.text, script.marker, until: stop)
    }

    private func ask(
        _ text: String, _ marker: String, until stop: CInt?
    ) throws(RemoteHostError) -> RemoteAnswer {
        guard let ssh = ProgramRun.path(of: "ssh") else { throw .noSSH }
        let run: ProgramRun
        do throws(Errno) {
            // A jump host's ssh does not know of BatchMode; it must not open a window either.
            run = try ProgramRun.of(
                ssh, arguments, input: Array(text.utf8),
                environment: .own(adding: ["SSH_ASKPASS_REQUIRE=never"]),
                milliseconds: limits.seconds * 1000, limit: limits.byteCount, until: stop)
        } catch .interrupted {
            throw .stopped(destination)
        } catch .timedOut {
            throw .tooSlow(destination, seconds: limits.seconds)
        } catch .fileTooLarge {
            throw .tooMuch(destination, byteCount: limits.byteCount)
        } catch {
            throw .cannotRun(destination, error.symbol)
        }
        let answer = RemoteAnswer(run.output, marker: marker)
        if answer.isOver { return answer }
        let message =
            String(decoding: run.errors.suffix(4096), as: UTF8.self)
            .split(whereSeparator: \.isNewline).map(\.trimmingSpaces).last { !$0.isEmpty } ?? ""
        // ssh keeps 255 for itself.
        throw run.status == 255 && answer.parts.isEmpty
            ? .notConnected(destination, message: message)
            : .brokeOff(destination, message: message)
    }

    /// The user's own configuration decides all but this: nothing is asked, nothing of this machine
    /// is lent to the host, and a host that is not there is given up soon.
    var arguments: [String] {
        let options = [
            "BatchMode=yes", "ConnectTimeout=10", "ConnectionAttempts=1", "ServerAliveInterval=5",
            "ServerAliveCountMax=3", "LogLevel=ERROR", "ControlMaster=no", "RemoteCommand=none",
            "RequestTTY=no", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no",
        ]
        return (configuration.map { ["-F", $0] } ?? []) + options.flatMap { ["-o", $0] }
            + ["-T", "--", "\(destination)", "sh", "-s"]
    }
}
