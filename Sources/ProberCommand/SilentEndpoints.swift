import Prober
import Reconcile

/// What a check does about endpoints that did not answer: the host itself is asked, and what it cannot
/// tell is looked into from outside.
struct SilentEndpoints {
    private let plan: ScanPlan
    private let report: HostReport
    private let reader: ReceiptRun.Reader
    private let isOwnMachine: Bool
    private let output: OutputOptions

    /// What came of it.
    struct Outcome {
        var receipts: [Receipt] = []
        /// How many endpoints were asked about, and how many have a receipt, as a line of the heading;
        /// nil when there was nothing to ask.
        var summary: String?
        /// Why the host was not heard to the end, if it was not.
        var problem: String?
        /// Whether a signal came before everything was asked.
        var isInterrupted = false
    }

    /// The silent endpoints of the scan that `plan` was, of a host that `report` is of.
    init(
        _ plan: ScanPlan, _ report: HostReport, _ reader: ReceiptRun.Reader, isOwnMachine: Bool,
        _ output: OutputOptions
    ) {
        self.plan = plan
        self.report = report
        self.reader = reader
        self.isOwnMachine = isOwnMachine
        self.output = output
    }

    /// Asks about what `survey` left open, and puts into it what more was seen.
    func ask(
        about survey: inout Survey, until signals: borrowing SignalDescriptor
    ) throws -> Outcome {
        var outcome = Outcome()
        let questions = report.receiptQuestions(
            about: survey, isThroughOwnLink: plan.namespace != nil)
        let count = questions.all.reduce(0) { $0 + $1.ports.count }
        if count > 0 {
            let trips = survey.paths.compactMap(\.roundTrip) + survey.groups.compactMap(\.roundTrip)
            let run = ReceiptRun(
                reader, plan, isOwnMachine: isOwnMachine, roundTrip: trips.max(),
                loss: survey.paths.map(\.lossShare).max() ?? 0, output)
            let start = MonotonicTime.now()
            let found = try run.run(questions, until: signals)
            outcome.receipts = found.receipts
            outcome.problem = found.problem
            outcome.isInterrupted = found.isInterrupted
            let told = found.receipts.reduce(0) { $0 + $1.ports.count }
            let time = MonotonicTime.now().duration(since: start)
            outcome.summary =
                "\(told) of \(count) silent or doubtful endpoints told by the host's counters, \(time.inSeconds) s"
        }
        let isWhole = try lookIntoRest(of: &survey, after: outcome.receipts, until: signals)
        if !isWhole { outcome.isInterrupted = true }
        return outcome
    }

    /// How many ports of an address are looked into again at most: the host may answer one a second.
    private static let greatestRest = 1024

    /// Asks again, at the host's own pace, those UDP endpoints that stay silent and have no receipt;
    /// false when a signal came before the end.
    private func lookIntoRest(
        of survey: inout Survey, after receipts: [Receipt],
        until signals: borrowing SignalDescriptor
    ) throws -> Bool {
        guard !plan.datagrams.looksIntoSilence else { return true }
        var told: [IPAddress: PortSet] = [:]
        for receipt in receipts where receipt.transport == .udp {
            told[receipt.address] = told[receipt.address]?.union(receipt.ports) ?? receipt.ports
        }
        var left: [IPAddress: PortSet] = [:]
        for group in survey.groups where group.isUDPSilence {
            let rest = group.ports.subtracting(told[group.address] ?? PortSet())
            if !rest.isEmpty { left[group.address] = left[group.address]?.union(rest) ?? rest }
        }
        // Addresses of the same ports in one run, and none for the ports of another.
        let runs = Dictionary(grouping: left.keys) { address in
            left[address].map { PortSet(ports: $0.prefix(Self.greatestRest)) } ?? PortSet()
        }
        for (ports, addresses) in runs.sorted(by: { $0.key.count < $1.key.count }) {
            guard signals.receivedCount() == 0 else { return false }
            let targets = TargetSet(addresses.map { AddressRange($0) })
            guard let space = ProbeSpace(targets, PortSpec(udp: ports)), !ports.isEmpty else {
                continue
            }
            var again = plan
            again.space = space
            again.datagrams.looksIntoSilence = true
            let run = try ScanRun(again, isExact: false, output)
            var found = FoundGroups()
            let (tally, _) = try run.run(until: signals) { batch in
                // What was interrupted says less than what was seen before.
                found.add(batch.filter { $0.state != .notTested })
            }
            survey.replace(with: found.takeGroups())
            guard tally.isComplete else { return false }
        }
        return signals.receivedCount() == 0
    }
}

extension ObservationGroup {
    /// Whether it is of UDP ports that did not answer.
    fileprivate var isUDPSilence: Bool {
        if case .unanswered = evidence { transport == .udp } else { false }
    }
}

extension Survey {
    /// Puts `later`, which was seen of the same endpoints afterwards, in the place of what was.
    fileprivate mutating func replace(with later: [ObservationGroup]) {
        var seen: [IPAddress: PortSet] = [:]
        for group in later {
            seen[group.address] = seen[group.address]?.union(group.ports) ?? group.ports
        }
        groups =
            groups.compactMap { group in
                guard group.isUDPSilence, let ports = seen[group.address] else { return group }
                var rest = group
                rest.ports = group.ports.subtracting(ports)
                return rest.ports.isEmpty ? nil : rest
            } + later
        totals = SurveyTotals(requested: totals.requested, groups: groups)
    }
}
