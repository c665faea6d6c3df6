import Prober

extension TargetReader {
    /// The policy in `lists`, one after the other, for a target that is probed as `settings` say.
    func policy(
        _ lists: [YAMLValue], _ settings: ProbeSettings, _ undeclared: Policy.UndeclaredRule
    ) throws(InputError) -> Policy {
        var items: [YAMLValue] = []
        for list in lists {
            items += try list.items(
                "Write a list of open: and closed: entries, each after a hyphen.")
        }
        var expectations: [Expectation] = []
        var lines: [Int?] = []
        var rest: InputLocation?
        for item in items {
            let place = item.location
            if let rest {
                throw place.error(
                    "this stands after closed: rest\(inLine(rest.line)), which covers every port",
                    "Put it before closed: rest.")
            }
            let expectation = try expectation(item, settings)
            if expectation.isRest {
                rest = place
            } else if let index = expectations.firstIndex(where: { $0.shadows(expectation) }) {
                throw place.error(
                    "this is never reached: the entry\(inLine(lines[index])) covers its ports first",
                    "Put it before that entry, or delete it.")
            }
            expectations.append(expectation)
            lines.append(place.line)
        }
        return Policy(expectations, undeclared: undeclared)
    }

    /// What `undeclared` says in `mapping`; nil when it does not stand there.
    func undeclared(_ mapping: YAMLMapping) throws(InputError) -> Policy.UndeclaredRule? {
        guard let value = mapping["undeclared"] else { return nil }
        let remedy = "Write fail (the default) or warn."
        guard let rule = Policy.UndeclaredRule(rawValue: try value.text("a word", remedy)) else {
            throw value.isNot("fail or warn", remedy)
        }
        return rule
    }

    private func inLine(_ line: Int?) -> String { line.map { " in line \($0)" } ?? "" }

    private func expectation(
        _ item: YAMLValue, _ settings: ProbeSettings
    ) throws(InputError) -> Expectation {
        let remedy = "Write open: or closed: and ports, as in - open: [tcp:80, tcp:443]."
        let mapping = try item.mapping(remedy)
        try mapping.allow(Self.expectationKeys)
        let entry: YAMLMapping.Entry
        switch (mapping.entry("open"), mapping.entry("closed")) {
        case (let one?, nil), (nil, let one?): entry = one
        case (.some, let closed?):
            throw closed.location.error(
                "\"open\" and \"closed\" stand in one entry", "Write an entry for each.")
        case (nil, nil):
            throw mapping.location.error("the entry has neither open nor closed", remedy)
        }
        var isRest = false
        if entry.value.listItems == nil {
            isRest = try entry.value.text("ports", remedy) == "rest"
        }
        guard !isRest || entry.key == "closed" else {
            throw entry.value.location.error(
                "only closed can be rest", "Name the ports that are meant to be open.")
        }
        let ports = isRest ? settings.probe : try ports(entry.value, remedy)
        if !isRest { try checkProbed(ports, entry.value, settings) }
        if isRest {
            for key in ["from", "vantage", "family", "until"] {
                guard let entry = mapping.entry(key) else { continue }
                throw entry.location.error(
                    "closed: rest speaks of everything, and \"\(key)\" would take some out",
                    "Delete it, or name the ports.")
            }
        }
        let isOpen = entry.key == "open"
        return Expectation(
            isOpen: isOpen, ports: ports, from: try sources(mapping["from"]),
            vantages: try names(mapping["vantage"]), family: try family(mapping["family"]),
            holders: try holders(mapping.entry("by"), isOpen: isOpen), until: try until(mapping),
            reason: try reason(mapping), location: item.location.description, isRest: isRest)
    }

    /// The keys that an entry of `expect` may have.
    static let expectationKeys = [
        "open", "closed", "from", "vantage", "family", "by", "until", "why",
    ]

    /// The names of vantages in `value`.
    private func names(_ value: YAMLValue?) throws(InputError) -> [String] {
        guard let value else { return [] }
        let remedy = "Write the name of a vantage, as scan files have it, or a list of names."
        var names: [String] = []
        for item in try words(value, remedy) { names.append(try item.text("a name", remedy)) }
        return names
    }

    /// `value` as a list, where it may also be one word.
    private func words(_ value: YAMLValue, _ remedy: String) throws(InputError) -> [YAMLValue] {
        guard let items = value.listItems else { return [value] }
        guard !items.isEmpty else { throw value.location.error("\(value.name) is empty", remedy) }
        return items
    }

    private func family(_ value: YAMLValue?) throws(InputError) -> IPAddress.Family? {
        guard let value else { return nil }
        let remedy = "Write ipv4 or ipv6."
        switch try value.text("a family", remedy) {
        case "ipv4": return .ipv4
        case "ipv6": return .ipv6
        default: throw value.isNot("a family", remedy)
        }
    }

    private func holders(
        _ entry: YAMLMapping.Entry?, isOpen: Bool
    ) throws(InputError) -> [ExpectedHolder] {
        guard let entry else { return [] }
        guard isOpen else {
            throw entry.location.error(
                "\"by\" says who may hold a port, and this one is meant to be closed",
                "Delete it, or write open:.")
        }
        let remedy = "Write a process (nginx), a unit (nginx.service) or container:ID."
        var holders: [ExpectedHolder] = []
        for item in try words(entry.value, remedy) {
            guard let holder = ExpectedHolder(try item.text("who holds it", remedy)) else {
                throw item.isNot("who can hold a port", remedy)
            }
            holders.append(holder)
        }
        return holders
    }

    /// The last day of an exception, which must say why there is one.
    private func until(_ mapping: YAMLMapping) throws(InputError) -> CalendarDay? {
        guard let value = mapping["until"] else { return nil }
        let remedy = "Write its last day (UTC) as in until: 2027-01-31."
        guard let day = CalendarDay(try value.text("a day", remedy)) else {
            throw value.isNot("a day", remedy)
        }
        guard mapping["why"] != nil else {
            throw value.location.error(
                "an exception with a last day has no reason", "Write why: and a few words.")
        }
        return day
    }

    /// Refuses ports that no probe asks about: nothing could ever be said of them.
    private func checkProbed(
        _ ports: PortSpec, _ value: YAMLValue, _ settings: ProbeSettings
    ) throws(InputError) {
        let missing = ports.subtracting(settings.probe)
        guard missing.count == 0 else {
            let place = settings.probeLocation
            throw value.location.error(
                "\(missing) is not probed, so it could never be checked",
                place.map { "Add it to probe\(inLine($0.line)), or leave it out here." }
                    ?? "Without probe, tcp 1-65535 is probed: write probe: { tcp: 0-65535, udp: "
                    + "common }.")
        }
    }

    /// The vantages that an entry speaks of.
    private func sources(_ value: YAMLValue?) throws(InputError) -> [AddressRange] {
        guard let value else { return [] }
        let remedy = "Write from: and a block, or a list of blocks."
        guard let items = value.listItems else { return try addresses(value, remedy) }
        guard !items.isEmpty else { throw value.location.error("\"from\" is empty", remedy) }
        var ranges: [AddressRange] = []
        for item in items { ranges += try addresses(item, remedy) }
        return TargetSet(ranges).ranges
    }
}

extension Expectation {
    /// Whether nothing is left for `later` to say once this one has spoken.
    fileprivate func shadows(_ later: Expectation) -> Bool {
        if let until {
            guard let laterDay = later.until, laterDay <= until else { return false }
        }
        if let family, later.family != family { return false }
        let areVantagesWider =
            vantages.isEmpty
            || !later.vantages.isEmpty && Set(later.vantages).isSubset(of: vantages)
        let isWider = Transport.allCases.allSatisfy {
            later.ports[$0].subtracting(ports[$0]).isEmpty
        }
        guard isWider, areVantagesWider else { return false }
        return from.isEmpty
            || !later.from.isEmpty && TargetSet(later.from).isSubset(of: TargetSet(from))
    }
}
