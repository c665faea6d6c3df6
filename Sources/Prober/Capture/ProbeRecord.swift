/// What is known of one endpoint while a scan is captured.
struct ProbeRecord {
    /// The number of the probe, from 1 in the order in which endpoints were first asked.
    let number: UInt32
    /// What flows came to that have ended.
    private var ended: (facts: WireFacts, roundTrip: Int64?) = (WireFacts(probes: 0), nil)
    /// The flow before ``current``; late answers belong to it.
    private var earlier: ProbeFlow?
    /// The newest flow.
    private var current: ProbeFlow

    init(number: UInt32, _ flow: ProbeFlow) {
        self.number = number
        current = flow
    }

    /// How many probes were seen.
    var probes: Int {
        Int(ended.facts.probes) + Int(earlier?.facts.probes ?? 0) + Int(current.facts.probes)
    }

    /// Goes on with `flow`, when it is another than those there are.
    mutating func begin(_ flow: ProbeFlow) {
        guard flow.port != current.port || flow.sequence != current.sequence else { return }
        if let earlier { end(earlier) }
        earlier = current
        current = flow
    }

    /// What `body` makes of the flow from our `port`; nil when there is none.
    mutating func update<Result>(
        _ port: UInt16, _ body: (inout ProbeFlow) -> Result?
    ) -> Result? {
        if current.port == port { return body(&current) }
        guard earlier?.port == port, var flow = earlier else { return nil }
        defer { earlier = flow }
        return body(&flow)
    }

    /// What the packets come to; nil when they are not the scan's.
    ///
    /// A flow that `carriesBytes` though the scan does not talk is that of another program.
    mutating func end(talks: Bool) -> (facts: WireFacts, roundTrip: Int64?)? {
        for flow in [earlier, current].compactMap(\.self) where talks || !flow.carriesBytes {
            end(flow)
        }
        (earlier, current) = (nil, ProbeFlow(port: 0, sequence: 0))
        return ended.facts.probes > 0 ? ended : nil
    }

    private mutating func end(_ flow: ProbeFlow) {
        let facts = flow.facts
        func sum<Number: FixedWidthInteger>(_ key: KeyPath<WireFacts, Number>) -> Number {
            let (sum, isOver) = ended.facts[keyPath: key].addingReportingOverflow(
                facts[keyPath: key])
            return isOver ? .max : sum
        }
        let counts = (sum(\.probes), sum(\.duplicates), sum(\.repeatedAccepts))
        (ended.facts.probes, ended.facts.duplicates, ended.facts.repeatedAccepts) = counts
        ended.facts.contradiction = ended.facts.contradiction ?? facts.contradiction
        ended.facts.stranger = ended.facts.stranger ?? facts.stranger
        guard ended.facts.answer == nil, facts.answer != nil else { return }
        ended.facts.answer = facts.answer
        ended.roundTrip = flow.roundTrip
    }
}
