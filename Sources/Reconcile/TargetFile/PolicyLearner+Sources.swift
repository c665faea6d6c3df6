import Prober

extension PolicyLearner {
    /// More sources than these nobody wants to read in a file.
    private static let greatestSourceCount = 32

    /// The ranges that `rules` name, the widest first, up to ``greatestSourceCount``.
    private static func sources(named rules: Ruleset) -> [AddressRange] {
        var named: [AddressRange] = []
        for family in IPAddress.Family.allCases { named += rules.sources(of: family) }
        named.removeAll { $0.prefixLength == 0 }
        named.sort { ($1.span, $0.first) < ($0.span, $1.first) }
        return Array(named.prefix(greatestSourceCount))
    }

    /// Adds what the rules let in from anywhere, and what they let in from sources that they name.
    mutating func addPredicted(by rules: Ruleset) {
        let sources = Self.sources(named: rules)
        let places = Vantage.all(
            named: Policy([Expectation(isOpen: true, ports: PortSpec(), from: sources)]),
            of: host, ruleset: rules)
        func findings(_ policy: Policy, from place: Vantage) -> [Finding] {
            predict(for: host, under: policy, from: [place], ruleset: rules).flatMap(\.findings)
        }
        func ranges(of place: Vantage) -> [[AddressRange]] {
            let within = sources.filter { range in
                !place.addresses.isEmpty && place.addresses.allSatisfy(range.contains)
            }
            return within.isEmpty ? [[]] : within.map { [$0] }
        }
        // What is open to all comes first: the last place is everybody that no rule names.
        for place in places.reversed() {
            for from in ranges(of: place) {
                addFound(in: findings(Policy(), from: place), from: from)
            }
        }
        for place in places {
            for from in ranges(of: place) {
                removeFailing(in: findings(Self.everythingOpen, from: place), from: from)
            }
        }
        gatherSources()
    }

    /// Puts the sources of each port together, without those that others contain.
    private mutating func gatherSources() {
        var gathered = open.filter { $0.key.scope == .everybody }
        let scoped = open.filter { $0.key.scope != .everybody }
        for (address, parts) in Dictionary(grouping: scoped, by: \.key.address) {
            for transport in Transport.allCases {
                let ports = parts.reduce(PortSet()) { $0.union($1.value[transport]) }
                var byRanges: [[AddressRange]: [UInt16]] = [:]
                for port in ports {
                    let ranges = parts.filter { $0.value[transport].contains(port) }
                        .flatMap(\.key.scope.from)
                    byRanges[TargetSet(ranges).ranges, default: []].append(port)
                }
                for (ranges, ports) in byRanges {
                    let key = Reached(address: address, scope: Scope(from: ranges))
                    gathered[key, default: PortSpec()][transport] = PortSet(ports: ports)
                }
            }
        }
        open = gathered
    }

    /// Gives what a scan found open to those only whom `rules` let in, and adds from whom they keep
    /// what is open to everybody else.
    mutating func followSources(_ rules: Ruleset) {
        let questions = SourceQuestions(
            FirewallModel(rules, later: nil, report: host),
            pieces: Self.sources(named: rules).pieces,
            others: Vantage.all(named: Policy(), of: host, ruleset: rules).flatMap(\.addresses))
        for (reached, spec) in open where reached.scope == .everybody {
            for transport in Transport.allCases where !spec[transport].isEmpty {
                let own = survey.map {
                    FlowSource(toward: reached.address, from: $0.vantage.addresses).addresses
                }
                follow(
                    questions, spec[transport], over: transport, at: reached.address, from: own)
            }
        }
    }

    /// `own` are the addresses that probed; nil where none did.
    private mutating func follow(
        _ questions: SourceQuestions, _ found: PortSet, over transport: Transport,
        at address: IPAddress, from own: [IPAddress]?
    ) {
        let everybody = Reached(address: address, scope: .everybody)
        func put(_ ports: PortSet, _ scope: Scope) {
            let key = Reached(address: address, scope: scope)
            let known = open[key, default: PortSpec()][transport]
            open[key, default: PortSpec()][transport] = known.union(ports)
        }
        var common = found
        if let own, !own.isEmpty {
            let scoped = questions.ports(
                found, keptFromOthersThan: own, over: transport, at: address)
            common = found.subtracting(scoped)
            open[everybody]?[transport] = common
            for part in questions.parts(of: scoped, over: transport, at: address, where: \.isPass) {
                let range = part.sources.ranges.first { own.allSatisfy($0.contains) }
                put(
                    part.ports,
                    Scope(
                        from: range.map { [$0] } ?? TargetSet(own.map { AddressRange($0) }).ranges,
                        isOfVantage: range == nil))
            }
        }
        // What everybody else is kept from, too, was found open against the rules.
        let passing = questions.passing(common, over: transport, at: address)
        for part in questions.parts(of: passing, over: transport, at: address, where: \.isStop) {
            let ranges = part.sources.ranges.filter { range in
                !(own ?? []).contains(where: range.contains)
            }
            if !ranges.isEmpty { put(part.ports, Scope(from: ranges, isClosed: true)) }
        }
    }
}
