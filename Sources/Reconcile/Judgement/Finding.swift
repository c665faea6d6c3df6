public import Prober

/// Endpoints of one address that were seen alike, compared with the host and the policy alike.
public struct Finding: Hashable, Sendable {
    /// The address; a range only for endpoints that were never probed.
    public var addresses: AddressRange
    /// The transport.
    public var transport: Transport
    /// The ports, at least one.
    public var ports: PortSet
    /// What was seen from outside; nil when nothing was asked.
    public var sighting: Sighting?
    /// What the host says.
    public var inside: ListenerView
    /// What the firewall's rules say.
    public var firewall: FirewallView
    /// What was declared.
    public var stance: Policy.Stance
    /// The views compared, before anyone asks whether it was meant.
    public var verdict: Verdict
    /// What it is called.
    public var code: FindingCode
    /// How it counts.
    public var result: FindingResult
    /// How bad it is.
    public var severity: Severity
    /// Whether it adds to what another finding says, which counts the endpoints; or is about a
    /// socket, which is no endpoint.
    public var isSupplement: Bool
    /// Whether no packet was sent, and the rules stand for what would be seen.
    public var isPredicted: Bool
    /// Who is where the rules send the packets; nil where they do not.
    public var target: ForwardTarget?
    /// The same ports seen in another way, for a finding that compares.
    public var counterpart: Counterpart?
    /// What became of the probes on the host itself; empty where that was not looked for.
    public var receipts: [Receipt.Account]

    /// A finding on what comes to `verdict`; what it is called and how it counts follow from that
    /// and the stance.
    init(
        addresses: AddressRange, transport: Transport, ports: PortSet, sighting: Sighting?,
        inside: ListenerView, firewall: FirewallView, stance: Policy.Stance, verdict: Verdict,
        isSupplement: Bool = false, isPredicted: Bool = false, target: ForwardTarget? = nil,
        counterpart: Counterpart? = nil, receipts: [Receipt.Account] = []
    ) {
        let ruling = Ruling(on: verdict, under: stance)
        self.addresses = addresses
        self.transport = transport
        self.ports = ports
        self.sighting = sighting
        self.inside = inside
        self.firewall = firewall
        self.stance = stance
        self.verdict = verdict
        code = ruling.code
        result = ruling.result
        severity = Severity(of: ruling, under: stance, isSensitive: false)
        self.isSupplement = isSupplement
        self.isPredicted = isPredicted
        self.target = target
        self.counterpart = counterpart
        self.receipts = receipts
    }

    /// The same ports, seen at an address of the other family or from another vantage.
    public struct Counterpart: Hashable, Sendable {
        /// The address.
        public var address: IPAddress
        /// Where the probes came from; nil for the same vantage.
        public var vantage: Vantage?
        /// What was seen.
        public var sighting: Sighting?
        /// What the rules do there.
        public var firewall: FirewallView
        /// The views compared there.
        public var verdict: Verdict
    }

    /// What probes saw of an endpoint.
    public struct Sighting: Hashable, Sendable {
        /// What was seen: one thing, or several when repeated probes disagree.
        public var evidence: [Evidence]
        /// The fewest packets that asked any of the ports.
        public var attempts: UInt16

        /// A sighting of the given parts.
        public init(_ evidence: [Evidence], attempts: UInt16) {
            self.evidence = evidence
            self.attempts = attempts
        }
    }

    /// How many endpoints the finding speaks of, or the greatest number where that is too large.
    public var endpointCount: UInt128 {
        UnprobedRange(addresses: addresses, transport: transport, ports: ports).count
    }

    /// The sockets that get the packets: those where the rules send them, if they do.
    var reachedListeners: [Listener] { target?.listeners ?? inside.listeners }

    /// Whether it stands on less than all views: who listens or what the rules do is not known.
    public var isTentative: Bool {
        if case .undecided(let reasons) = firewall, reasons != [.notAsked] { return true }
        if case .unknown = inside { return true }
        return false
    }

    /// What the receipts come to together.
    var receipt: ReceiptView { ReceiptView(receipts) }

    /// The single endpoint, when it is one.
    public var endpoint: Endpoint? {
        guard addresses.span == 0, ports.count == 1 else { return nil }
        return Endpoint(addresses.first, transport, ports[0])
    }

    /// The states that were seen: one, or several when repeated probes disagree.
    public var states: [PortState] {
        guard let sighting else { return [.notTested] }
        return sighting.evidence.reduce(into: []) { states, evidence in
            let state = PortState(explaining: evidence, over: transport, at: addresses.first)
            if !states.contains(state) { states.append(state) }
        }
    }

    /// Worst first, then by code, address, transport and port.
    static func precedes(_ left: Finding, _ right: Finding) -> Bool {
        if left.result != right.result { return left.result < right.result }
        if left.severity != right.severity { return left.severity < right.severity }
        if left.code != right.code { return left.code < right.code }
        let leftFirst = Endpoint(left.addresses.first, left.transport, left.ports.first)
        let rightFirst = Endpoint(right.addresses.first, right.transport, right.ports.first)
        return leftFirst < rightFirst
    }
}

extension [Finding] {
    /// How many endpoints those speak of that are no supplement, or the greatest number where that
    /// is too large.
    var endpointCount: UInt128 {
        reduce(0) { $1.isSupplement ? $0 : $0.addingCapped($1.endpointCount) }
    }
}

extension PortSet {
    /// The lowest port; 0 for no port.
    fileprivate var first: UInt16 { ranges.first?.lowerBound ?? 0 }
}
