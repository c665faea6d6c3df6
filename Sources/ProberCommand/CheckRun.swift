import FoundationEssentials
import Prober
import Reconcile

/// The check of one target: a snapshot of the host, the probes, a second snapshot, the comparison.
struct CheckRun {
    let target: Target
    private let addresses: CheckAddresses
    /// What the target's host said of itself when its report files were made.
    private let report: HostReport?
    private let seed: UInt64
    private let remote: RemoteOptions
    private let output: OutputOptions
    /// What the other targets of the run ask of this machine.
    var alsoProbed: [ProbedElsewhere] = []
    /// Until when to wait for what is declared open; nil for not at all.
    var deadline: MonotonicTime?

    /// What this check asks of this machine at addresses it names; nil when it is of another.
    var probedHere: ProbedElsewhere? {
        guard target.host == .live else { return nil }
        return ProbedElsewhere(addresses.namedToProbe, target.settings.probe)
    }

    /// A check of `target`, with everything read and judged that can be before the first probe.
    ///
    /// - Throws: ``InputError`` when the target asks for what cannot be.
    init(
        _ target: Target, excluding excluded: TargetSet, allowsSpecial: Bool, seed: UInt64,
        _ remote: RemoteOptions, _ output: OutputOptions
    ) throws(InputError) {
        self.target = target
        self.seed = seed
        self.remote = remote
        self.output = output
        addresses = try CheckAddresses(
            of: target, excluding: excluded, allowsSpecial: allowsSpecial)
        report = try Self.report(of: target)
    }

    private static func report(of target: Target) throws(InputError) -> HostReport? {
        guard case .files(let files) = target.host else { return nil }
        var reports = HostReports(names: try InputFile.serviceNames(nil))
        for file in files {
            reports.read(file.path, at: file.path, as: file.format)
            if let problem = reports.problems.first {
                let line = problem.line.map { ":\($0)" } ?? ""
                throw file.location.error("\(file.path)\(line): \(problem.problem)", problem.remedy)
            }
            guard reports.hasInsideView else {
                throw file.location.error(
                    "\(file.path) is a view from outside",
                    "Give it to prober reconcile with --scan.")
            }
        }
        return reports.report(now: .now)
    }

    /// What a check saw, before it is compared.
    struct Views {
        let survey: Survey
        let before: HostReport?
        let after: HostReport?
        /// The addresses that the target means.
        let wanted: TargetSet
        /// Whether probes came in through a link of the prober's own.
        let isThroughOwnLink: Bool
        let heading: [String]
        var notes: [Reconciliation.HostNote]
        /// What the host showed of probes that nothing answered.
        let receipts: [Receipt]
    }

    /// Carries the check out; signals stop the probes.
    func run(
        until signals: borrowing SignalDescriptor
    ) throws -> (reconciliation: Reconciliation, heading: [String]) {
        let views = try look(until: signals)
        var reconciliation = reconcile(
            views.survey, with: views.before, after: views.after,
            under: target.policy.on(.today), declared: views.wanted,
            probe: target.settings.probe, alsoProbed: alsoProbed,
            isThroughOwnLink: views.isThroughOwnLink, receipts: views.receipts)
        // What else listens in other namespaces of the machine no probe of this run means.
        reconciliation.unprobedListeners.removeAll { $0.missing == .namespace }
        reconciliation.notes += views.notes
        return (reconciliation, views.heading)
    }

    /// Asks the host and probes it, from the vantage that the target names; signals stop the probes.
    func look(until signals: borrowing SignalDescriptor) throws -> Views {
        guard target.settings.vantage == .namespace else {
            return try look(until: signals, from: nil, in: nil, hostEnd: nil)
        }
        let pair: NamespaceVantage
        do throws(NamespaceVantageError) {
            pair = try NamespaceVantage.make(
                processID: ProcessInfo.processInfo.processIdentifier,
                avoiding: LiveHost.ownNetworks(),
                reaching: addresses.seenFromOutside)
        } catch {
            if !output.quiet {
                Console.note(
                    "note: \(target.name): \(error); probing directly instead, which shows this "
                        + "host as it sees itself, not as others see it")
            }
            var views = try look(until: signals, from: nil, in: nil, hostEnd: nil)
            views.notes.append(.probedDirectly(reason: "\(error)"))
            return views
        }
        let vantage = Vantage(name: "namespace", addresses: pair.addresses)
        return try look(
            until: signals, from: vantage, in: pair.namespace, hostEnd: pair.hostAddresses)
    }

    private func look(
        until signals: borrowing SignalDescriptor, from vantage: Vantage?,
        in namespace: NetworkNamespace?, hostEnd: [IPAddress]?
    ) throws -> Views {
        let wanted = try addresses.wanted(hostEnd: hostEnd)
        if let deadline {
            let wait = try DeclaredWait(
                target, wanted, seed: seed, from: vantage, in: namespace,
                isOwnMachine: namespace != nil || wanted.isSubset(of: addresses.own), output)
            try wait.run(until: deadline, or: signals)
        }
        var problems: [String] = []
        let before = try snapshot(until: signals, &problems)
        let isOwnMachine = namespace != nil || wanted.isSubset(of: addresses.own)
        let plan = try plan(
            wanted, of: before, isOwnMachine: isOwnMachine, in: namespace)
        var (survey, heading) = try scan(plan, wanted, until: signals, from: vantage)
        var receipts: [Receipt] = []
        var unheard: [String] = []
        if let before, let reader = receiptReader, problems.isEmpty, survey.isComplete {
            let silence = SilentEndpoints(
                plan, before, reader, isOwnMachine: isOwnMachine, output)
            let outcome = try silence.ask(about: &survey, until: signals)
            receipts = outcome.receipts
            if let text = outcome.summary { heading.append(text) }
            if outcome.isInterrupted { survey.ending = .interrupted }
            if let problem = outcome.problem {
                unheard.append(problem)
                if !output.quiet { Console.note("note: \(target.name): \(problem)") }
            }
        }
        let after = isAskedAgain && problems.isEmpty ? try snapshot(until: signals, &problems) : nil
        return Views(
            survey: survey, before: before, after: after, wanted: wanted,
            isThroughOwnLink: namespace != nil,
            heading: heading + addresses.exclusionNote(hostEnd: hostEnd),
            notes: (unheard + problems).map { .hostNotAsked(reason: $0) }, receipts: receipts)
    }

    /// Whether the host can say after the probes what has changed.
    private var isAskedAgain: Bool {
        switch target.host {
        case .live, .ssh: true
        case .files, nil: false
        }
    }

    /// What the host says of itself at this moment; nil when nobody can be asked.
    ///
    /// A host that does not answer over ssh is still probed; why it did not goes to `problems`.
    private func snapshot(
        until signals: borrowing SignalDescriptor, _ problems: inout [String]
    ) throws -> HostReport? {
        switch target.host {
        // Other namespaces too: rules may send what is probed into one of them.
        case .live: return try LiveHost().collect(now: Date())
        case .ssh(let destination):
            let host = RemoteHost(destination, configuration: remote.sshConfig)
            let names = try InputFile.serviceNames(nil)
            do throws(RemoteHostError) {
                return try host.collect(now: Date(), names: names, until: signals)
            } catch {
                Console.note("prober: \(target.name): \(error)")
                problems.append(error.summary)
                return nil
            }
        case .files: return report
        case nil: return nil
        }
    }

    /// Who can tell what became of probes; nil where nobody is asked.
    private var receiptReader: ReceiptRun.Reader? {
        guard target.settings.asksForReceipts else { return nil }
        switch target.host {
        case .live: return .live(LiveHost())
        case .ssh(let destination):
            return .remote(RemoteHost(destination, configuration: remote.sshConfig))
        case .files, nil: return nil
        }
    }

    /// How `addresses`, of which `report` speaks, are probed.
    private func plan(
        _ addresses: TargetSet, of report: HostReport?, isOwnMachine: Bool,
        in namespace: NetworkNamespace?
    ) throws(InputError) -> ScanPlan {
        guard let space = ProbeSpace(addresses, target.settings.probe) else {
            throw target.location.error(
                "\(target.name) has more than 2^64 endpoints", "Name fewer addresses or ports.")
        }
        var plan = ScanPlan(space, seed: seed)
        plan.timeout = target.settings.timeout ?? plan.timeout
        plan.retries = target.settings.retries ?? plan.retries
        plan.confidence = target.settings.confidence ?? plan.confidence
        plan.talks = target.settings.talks
        plan.namespace = namespace
        plan.datagrams.hints =
            report?.hints(
                toAsk: addresses, own: namespace == nil ? self.addresses.own : TargetSet(),
                under: target.policy, isThroughOwnLink: namespace != nil) ?? [:]
        // What receipts tell need not be asked at the pace of the host's errors.
        plan.datagrams.looksIntoSilence = report == nil || receiptReader == nil
        plan.rate = target.settings.rate.rate(isOwnMachine: isOwnMachine)
        return plan
    }

    /// Carries `plan` out, of `addresses`, and says in two lines what was asked from where.
    private func scan(
        _ plan: ScanPlan, _ addresses: TargetSet, until signals: borrowing SignalDescriptor,
        from vantage: Vantage?
    ) throws -> (Survey, [String]) {
        let run = try ScanRun(plan, isExact: false, output)
        let start = ScanStart(wall: Date(), monotonic: .now())
        var header = ScanRecord.Header(run.plan, started: start.text)
        if let vantage { header.vantage = vantage }
        var found = FoundGroups()
        let (tally, elapsed) = try run.run(until: signals) { found.add($0) }
        let sources = header.vantage.addresses.map(\.description).joined(separator: ", ")
        return (
            Survey(header, groups: found.takeGroups(), tally),
            [
                "\(target.name): \(addresses.abbreviated(to: 60)) \(plan.space.ports)",
                "from \(header.vantage.name) (\(sources)), \(elapsed.inSeconds) s, seed \(seed)",
            ]
        )
    }
}
