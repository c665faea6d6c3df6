public import Prober

/// What a scan, a host report and a policy come to when they are compared.
public struct Reconciliation: Hashable, Sendable {
    /// The scan that was judged, the first one where several were joined; nil without one.
    public var scan: Scan?
    /// Whether packets were sent, or the rules stand for what would be seen.
    public var mode = Mode.observed
    /// The findings, those that need attention first.
    ///
    /// Every endpoint of the scan's targets and ports is in exactly one of them that is no
    /// supplement, or is counted in ``unlocatedCount``.
    public var findings: [Finding]
    /// What holds for the host as a whole, said once.
    public var notes: [HostNote]
    /// Listeners that no probe could have reached, because their address or port was not asked.
    public var unprobedListeners: [UnprobedListener]
    /// Ports that were declared open and that the scan was not asked about.
    public var unaskedPorts: [UnaskedPorts]
    /// Addresses that the policy is about and that no scan has; without a scan, those of a family
    /// of which no place has a source.
    public var uncoveredAddresses: TargetSet
    /// Ports that the target asks to probe and that no scan has.
    public var uncoveredPorts: PortSpec
    /// How many endpoints were not probed and cannot be named: those that other shards have, or
    /// that a shard did not get to.
    public var unlocatedCount: UInt128
    /// How many endpoints there are: every port of the scan at every target, in whichever shard.
    public var requestedCount: UInt128
    /// Whether the scan ended and probed every endpoint.
    public var isComplete: Bool
    /// What remedies need to know of the host.
    public var remedyHost = RemedyHost()

    /// What the findings stand on.
    public enum Mode: Hashable, Sendable {
        /// On what a scan saw.
        case observed
        /// On what the rules do with packets from a place; nothing was probed.
        case predicted(from: Vantage)
    }

    /// What tells one scan from another.
    public struct Scan: Hashable, Sendable {
        /// What tells it from every other.
        public var id: String
        /// When it began, as RFC 3339 text in UTC.
        public var started: String
        /// The seed of its probe order.
        public var seed: UInt64
        /// Where its probes came from; everything is true from there only.
        public var vantage: Vantage
    }

    /// Something that holds for a whole host, with the code that names it.
    public enum HostNote: Hashable, Sendable {
        /// U1: the rules were not read, so who filters is not known.
        case firewallUndetermined(FirewallView.Reason)
        /// Nothing was probed: the rules stand for what would be seen of these addresses from there.
        case predicted(from: Vantage, of: TargetSet)
        /// H2: no chain for packets to the host decides anything.
        case noFilter(isIPv6: Bool)
        /// U5: the view of the inside is incomplete.
        case inventoryIncomplete([CoverageGap])
        /// U5: there is no host report at all.
        case noHostReport
        /// The scan file was cut, and ends before the scan did.
        case scanFileCut(line: Int?)
        /// The policy is about addresses that no scan has.
        case addressesNotScanned(TargetSet)
        /// Nothing was probed, and no place that was asked from has a source of their family.
        case addressesWithoutSource(TargetSet)
        /// The scan does not have these ports, which the target asks to probe.
        case portsNotScanned(PortSpec)
        /// The scan has addresses that the policy is not about.
        case addressesNotDeclared(TargetSet)
        /// The target asks for a namespace as vantage, and there could be none.
        case probedDirectly(reason: String)
        /// U5: the host was to be asked, before the scan and after it, and at least once did not answer.
        case hostNotAsked(reason: String)

        /// Whether nothing can be concluded because of it.
        var isOpenQuestion: Bool {
            if case .hostNotAsked = self { true } else { false }
        }

        /// The code that names it; nil for what concerns the scan and not the host.
        public var code: FindingCode? {
            switch self {
            case .firewallUndetermined: .u1
            case .noFilter: .h2
            case .inventoryIncomplete, .noHostReport, .hostNotAsked: .u5
            case .scanFileCut, .addressesNotScanned, .addressesWithoutSource, .portsNotScanned,
                .addressesNotDeclared, .probedDirectly, .predicted:
                nil
            }
        }
    }

    /// A listener that no probe could have reached.
    public struct UnprobedListener: Hashable, Sendable {
        /// The listener.
        public var listener: Listener
        /// What of it was not asked about.
        public var missing: Missing
        /// Whether nothing can be concluded without it: others may reach it where nobody asked.
        public var isOpenQuestion: Bool

        /// What of a listener was not asked about.
        public enum Missing: String, Hashable, Sendable {
            /// Its port.
            case port
            /// Its address, or any address that it takes packets to.
            case address
            /// It is in another network namespace.
            case namespace
        }
    }

    /// Ports that were declared open and not asked about.
    public struct UnaskedPorts: Hashable, Sendable {
        /// The declaration.
        public var expectation: Expectation
        /// The transport.
        public var transport: Transport
        /// The ports.
        public var ports: PortSet
    }

    /// How many endpoints have `result`, or the greatest number where that is too large.
    ///
    /// Those that cannot be named are inconclusive.
    public func endpointCount(_ result: FindingResult) -> UInt128 {
        findings.reduce(result == .inconclusive ? unlocatedCount : 0) { sum, finding in
            finding.result == result && !finding.isSupplement
                ? sum.addingCapped(finding.endpointCount) : sum
        }
    }

    /// How many findings have `result`.
    public func findingCount(_ result: FindingResult) -> Int {
        findings.count { $0.result == result }
    }

    /// What to tell whoever waits for an exit status.
    ///
    /// A scan that did not finish concludes nothing, whatever it found. What could not be decided
    /// keeps a run from passing unless `allowsInconclusive`. `rule` says what is a failure.
    public func conclusion(
        allowsInconclusive: Bool = false, failing rule: FailureRule = .policy
    ) -> Conclusion {
        if !isComplete { return .undecided }
        if findings.contains(where: rule.fails) || notes.contains(where: rule.fails) {
            return .violates
        }
        let isOpen =
            !unaskedPorts.isEmpty || unlocatedCount > 0
            || !uncoveredAddresses.isEmpty || uncoveredPorts.count > 0
            || unprobedListeners.contains(where: \.isOpenQuestion)
            || findings.contains { $0.result == .inconclusive }
            || notes.contains { $0.isOpenQuestion }
        return isOpen && !allowsInconclusive ? .undecided : .conforms
    }

    /// What to tell of several reconciliations together, by the same rules; none at all decide
    /// nothing.
    public static func conclusion(
        of parts: [Reconciliation], allowsInconclusive: Bool = false,
        failing rule: FailureRule = .policy
    ) -> Conclusion {
        if parts.isEmpty || parts.contains(where: { !$0.isComplete }) { return .undecided }
        let conclusions = parts.map {
            $0.conclusion(allowsInconclusive: allowsInconclusive, failing: rule)
        }
        if conclusions.contains(.violates) { return .violates }
        return conclusions.contains(.undecided) ? .undecided : .conforms
    }

    /// How a run ends; the raw value is the exit status.
    public enum Conclusion: Int32, Hashable, Sendable, CaseIterable {
        /// Nothing is against the policy.
        case conforms = 0
        /// Something is against the policy.
        case violates = 1
        /// Not finished, or something could not be tested or decided.
        case undecided = 2
    }
}
