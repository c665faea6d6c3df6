public import Prober

/// What changed between two looks at the same hosts.
public struct Difference: Hashable, Sendable {
    /// What changed, worst first, then by place.
    public var changes: [Change]
    /// How many endpoints changed in a way that means nothing, by why.
    public var noise: [Noise: UInt64]
    /// How many endpoints are the same.
    public var unchangedCount: UInt64
    /// How many endpoints may be open now that are not known to have been: they were shut or not
    /// decided, and the new look does not decide them.
    public var possiblyOpenedCount: UInt64
    /// Whether the new look ended before it was complete, or could not see all that listens.
    public var isNewIncomplete: Bool
    /// Whether only one of two host reports has rules, so that none were compared.
    public var hasRulesOnOneSide: Bool

    /// Ports of one address that changed alike.
    public struct Change: Hashable, Sendable {
        /// What changed.
        public var kind: Kind
        /// What the vantage is called; nil where there is none.
        public var vantage: String?
        /// The address.
        public var address: IPAddress
        /// The transport.
        public var transport: Transport
        /// The ports.
        public var ports: PortSet
        /// What was said of them.
        public var old: EndpointFacts
        /// What is said of them now.
        public var new: EndpointFacts
    }

    /// What can change about an endpoint, worst first.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// It was shut, and is open.
        case opened
        /// It is open, always or at times, and is not known to have opened: nobody asked before, it
        /// was not decided, or repeated probes disagree.
        case newlySeen = "newly-seen"
        /// It was open, and someone else holds it now.
        case ownerChanged = "owner-changed"
        /// Another rule decides.
        case ruleChanged = "rule-changed"
        /// It is called by another code.
        case codeChanged = "code-changed"
        /// It was open, and is shut.
        case closed
    }

    /// What a difference can be that says nothing of the host.
    public enum Noise: String, Hashable, Sendable, CaseIterable {
        /// Silence over UDP, now or before.
        case undecided = "undecided-udp"
        /// The host's listeners or rules do not tell, now or before.
        case undecidedByHost = "undecided-by-host"
        /// Repeated probes disagree, now or before.
        case unstable
        /// A client's UDP socket on a port that the kernel gives out.
        case clientSocket = "client-udp"
        /// The old look did not test it.
        case notTestedBefore = "not-tested-in-old"
        /// The new look did not test it, so that nobody knows whether it is open now.
        case notTestedNow = "not-tested-in-new"
    }

    /// What to tell whoever waits for an exit status.
    public enum Conclusion: String, Hashable, Sendable, CaseIterable {
        /// Nothing opened.
        case notGrown = "not-grown"
        /// Something opened.
        case grown
        /// Nothing is known to have opened, and that cannot be told of everything.
        case undecided
    }

    /// What it comes to.
    public var conclusion: Conclusion {
        if changes.contains(where: { $0.kind == .opened }) { return .grown }
        let isOpen =
            isNewIncomplete || hasRulesOnOneSide || possiblyOpenedCount > 0
            || changes.contains { $0.kind == .newlySeen }
        return isOpen ? .undecided : .notGrown
    }
}

extension Difference {
    /// What changed from `old` to `new`; UDP ports of `clients` that listeners come and go at are
    /// noise.
    ///
    /// `isOfHost` says that listeners and rules tell what is open, and no probe does.
    init(
        from old: EndpointMap, to new: EndpointMap, clients: PortSet = PortSet(),
        isOfHost: Bool = false, isNewIncomplete: Bool = false, hasRulesOnOneSide: Bool = false
    ) {
        changes = []
        noise = [:]
        unchangedCount = 0
        possiblyOpenedCount = 0
        self.isNewIncomplete = isNewIncomplete
        self.hasRulesOnOneSide = hasRulesOnOneSide
        var gathered: [Change: [ClosedRange<UInt16>]] = [:]
        for place in Set(old.places).union(new.places) {
            Self.sweep(old.ranges(at: place), new.ranges(at: place)) { ports, before, after in
                let count = UInt64(ports.count)
                let clientPorts =
                    place.transport == .udp ? PortSet([ports]).intersection(clients) : PortSet()
                let isClient = clientPorts.count == ports.count
                if Outcome.mayHaveOpened(before.reach, after.reach) { possiblyOpenedCount += count }
                switch Outcome(before, after, isClient: isClient) {
                case .same: unchangedCount += count
                case .noise(.undecided) where isOfHost:
                    noise[.undecidedByHost, default: 0] += count
                case .noise(let why): noise[why, default: 0] += count
                case .change(let kind):
                    let change = Change(
                        kind: kind, vantage: place.vantage, address: place.address,
                        transport: place.transport, ports: PortSet(), old: before, new: after)
                    gathered[change, default: []].append(ports)
                }
            }
        }
        changes = gathered.map { change, ranges in
            var change = change
            change.ports = PortSet(ranges)
            return change
        }.sorted(by: Self.precedes)
    }

    /// What one endpoint comes to.
    private enum Outcome {
        case same
        case noise(Noise)
        case change(Kind)

        init(_ old: EndpointFacts, _ new: EndpointFacts, isClient: Bool) {
            self =
                switch (old.reach, new.reach) {
                case (.untested, .untested): .same
                case (_, .untested):
                    [.open, .openAtTimes].contains(old.reach)
                        ? .noise(.notTestedBefore) : .noise(.notTestedNow)
                case (.open, .open), (.shut, .shut): Self.detail(old, new)
                case (.shut, .open): isClient ? .noise(.clientSocket) : .change(.opened)
                case (.open, .shut): isClient ? .noise(.clientSocket) : .change(.closed)
                case (.untested, .open), (.undecided, .open), (.unstable, .open):
                    isClient ? .noise(.clientSocket) : .change(.newlySeen)
                case (.untested, .openAtTimes), (.undecided, .openAtTimes),
                    (.unstable, .openAtTimes), (.shut, .openAtTimes):
                    .change(.newlySeen)
                case (.untested, .shut), (.untested, .undecided), (.untested, .unstable):
                    .noise(.notTestedBefore)
                case (.unstable, .unstable), (.undecided, .undecided),
                    (.openAtTimes, .openAtTimes):
                    .same
                case (.unstable, .shut), (.unstable, .undecided), (.open, .unstable),
                    (.shut, .unstable), (.undecided, .unstable), (.open, .openAtTimes),
                    (.openAtTimes, .open), (.openAtTimes, .shut), (.openAtTimes, .undecided),
                    (.openAtTimes, .unstable):
                    .noise(.unstable)
                case (.undecided, .shut), (.open, .undecided), (.shut, .undecided):
                    .noise(.undecided)
                }
        }

        /// Whether what is not decided now may be open, and was not known to be.
        static func mayHaveOpened(
            _ old: EndpointFacts.Reach, _ new: EndpointFacts.Reach
        ) -> Bool {
            switch (old, new) {
            case (.shut, .undecided), (.shut, .unstable), (.untested, .undecided),
                (.untested, .unstable), (.shut, .untested), (.undecided, .untested),
                (.unstable, .untested):
                true
            case (.open, _), (.openAtTimes, _), (_, .open), (_, .openAtTimes), (_, .shut),
                (.undecided, .undecided), (.undecided, .unstable), (.unstable, .undecided),
                (.unstable, .unstable), (.untested, .untested):
                false
            }
        }

        /// What changed of endpoints that are as reachable as they were.
        private static func detail(_ old: EndpointFacts, _ new: EndpointFacts) -> Outcome {
            // Who is not known on one side did not change for that.
            if new.reach == .open, let before = old.owner, let after = new.owner, before != after {
                return .change(.ownerChanged)
            }
            if let before = old.rule, let after = new.rule, before != after {
                return .change(.ruleChanged)
            }
            return old.code == new.code ? .same : .change(.codeChanged)
        }
    }

    /// Calls `visit` for each range of ports that is of one entry in both lists; what one list does
    /// not have is missing there.
    private static func sweep(
        _ old: [(ports: ClosedRange<UInt16>, facts: EndpointFacts)],
        _ new: [(ports: ClosedRange<UInt16>, facts: EndpointFacts)],
        _ visit: (ClosedRange<UInt16>, EndpointFacts, EndpointFacts) -> Void
    ) {
        var starts: Set<Int> = []
        for (ports, _) in old + new {
            starts.insert(Int(ports.lowerBound))
            starts.insert(Int(ports.upperBound) + 1)
        }
        let cuts = starts.sorted()
        var oldIndex = 0
        var newIndex = 0
        for (low, next) in zip(cuts, cuts.dropFirst()) {
            let ports = UInt16(low)...UInt16(next - 1)
            while oldIndex < old.count, old[oldIndex].ports.upperBound < ports.lowerBound {
                oldIndex += 1
            }
            while newIndex < new.count, new[newIndex].ports.upperBound < ports.lowerBound {
                newIndex += 1
            }
            func facts(
                _ list: [(ports: ClosedRange<UInt16>, facts: EndpointFacts)], _ index: Int
            ) -> EndpointFacts? {
                guard index < list.count, list[index].ports.lowerBound <= ports.lowerBound else {
                    return nil
                }
                return list[index].facts
            }
            let before = facts(old, oldIndex)
            let after = facts(new, newIndex)
            if before == nil, after == nil { continue }
            visit(ports, before ?? .missing, after ?? .missing)
        }
    }

    private static func precedes(_ left: Change, _ right: Change) -> Bool {
        let order = Kind.allCases
        let (first, second) = (order.firstIndex(of: left.kind), order.firstIndex(of: right.kind))
        if first != second { return (first ?? 0) < (second ?? 0) }
        return (left.address, left.transport, left.ports.ranges.first?.lowerBound ?? 0)
            < (right.address, right.transport, right.ports.ranges.first?.lowerBound ?? 0)
    }
}
