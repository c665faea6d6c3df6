import FoundationEssentials
import Prober
import Reconcile

/// Waits until what a target declares open can be reached, as after a deploy.
struct DeclaredWait {
    private let name: String
    private let output: OutputOptions
    /// What to ask at a time: the declared ports of addresses of which they are the same.
    private let plans: [ScanPlan]

    /// A wait for what `target` declares open at `addresses`, as seen by this vantage.
    init(
        _ target: Target, _ addresses: TargetSet, seed: UInt64, from vantage: Vantage?,
        in namespace: NetworkNamespace?, isOwnMachine: Bool, _ output: OutputOptions
    ) throws(InputError) {
        name = target.name
        var quiet = output
        quiet.quiet = true
        quiet.verbose = false
        self.output = quiet
        isQuiet = output.quiet
        let policy = target.policy.on(.today)
        var ranges: [PortSpec: [AddressRange]] = [:]
        for range in addresses.ranges {
            let source = vantage ?? Self.vantage(toward: range.first)
            let declared = policy.portsDeclaredOpen(
                among: target.settings.probe, at: range.first, from: source)
            if declared.count > 0 { ranges[declared, default: []].append(range) }
        }
        let spaces = ranges.sorted { $0.value[0].first < $1.value[0].first }
            .compactMap { ProbeSpace(TargetSet($0.value), $0.key) }
        plans = spaces.map { space in
            var plan = ScanPlan(space, seed: seed)
            plan.timeout = target.settings.timeout ?? .milliseconds(1500)
            plan.retries = 0
            plan.namespace = namespace
            plan.rate = target.settings.rate.rate(isOwnMachine: isOwnMachine)
            return plan
        }
    }

    private let isQuiet: Bool

    /// This machine, with the address that it would send from.
    private static func vantage(toward address: IPAddress) -> Vantage {
        Vantage(
            name: kernelHostName(),
            addresses: [SourceAddress.toward(address)].compactMap { $0 })
    }

    /// Asks again and again until everything is up, `deadline` is over, or a signal comes; says on
    /// standard error what is missing whenever that changes.
    func run(until deadline: MonotonicTime, or signals: borrowing SignalDescriptor) throws {
        var patience = Patience(until: deadline)
        var said: String?
        var left = plans
        while true {
            left = try left.compactMap { plan throws in try missing(of: plan, until: signals) }
            if left.isEmpty || signals.receivedCount() > 0 { break }
            let text = left.map { Self.text(of: $0.space) }.joined(separator: "; ")
            guard let rest = patience.rest(at: .now()) else {
                note("the time is over, and this is not up: \(text)")
                return
            }
            if said != text {
                let time = deadline.duration(since: .now())
                note("waiting, at most \(time.wholeSeconds) s more, for \(text)")
                said = text
            }
            Readiness.wait(
                for: signals.rawDescriptor, or: -1, milliseconds: rest.wholeMilliseconds)
        }
        if said != nil, left.isEmpty { note("everything that is declared open is up") }
    }

    private func note(_ text: String) {
        guard !isQuiet else { return }
        Console.note("prober: \(name): \(text)")
    }

    /// What of `plan` is not up, to be asked again; nil when all of it is.
    private func missing(
        of plan: ScanPlan, until signals: borrowing SignalDescriptor
    ) throws -> ScanPlan? {
        let run = try ScanRun(plan, isExact: false, output, checksDecoys: false)
        var addresses: Set<IPAddress> = []
        var ports: [Transport: Set<UInt16>] = [:]
        _ = try run.run(until: signals) { batch in
            for observation in batch where !observation.state.isUp {
                addresses.insert(observation.endpoint.address)
                ports[observation.endpoint.transport, default: []].insert(observation.endpoint.port)
            }
        }
        let missing = PortSpec(
            tcp: PortSet(ports: ports[.tcp] ?? []), udp: PortSet(ports: ports[.udp] ?? []))
        let targets = TargetSet(addresses.map { AddressRange($0) })
        guard missing.count > 0, let space = ProbeSpace(targets, missing) else { return nil }
        var again = plan
        again.space = space
        return again
    }

    private static func text(of space: ProbeSpace) -> String {
        "\(space.targets.abbreviated(to: 40)) \(space.ports)"
    }
}

extension PortState {
    /// Whether a port in this state need not be waited for: silence over UDP never ends.
    fileprivate var isUp: Bool {
        switch self {
        case .open, .openOrFiltered: true
        case .closed, .filtered, .notTested: false
        }
    }
}

extension Duration {
    /// The time in milliseconds, rounded up, for a rest of a few seconds.
    fileprivate var wholeMilliseconds: CInt {
        CInt(
            clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 + 1
        )
    }

    /// The time in seconds, rounded up.
    fileprivate var wholeSeconds: Int64 {
        components.seconds + (components.attoseconds > 0 ? 1 : 0)
    }
}
