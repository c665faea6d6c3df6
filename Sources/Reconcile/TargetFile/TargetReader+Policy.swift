import Prober

extension TargetReader {
    /// The policy in the list `value`, for a target that is probed as `settings` say.
    func policy(_ value: YAMLValue?, _ settings: ProbeSettings) throws(InputError) -> Policy {
        guard let value else { return Policy() }
        let items = try value.items(
            "Write a list of open: and closed: entries, each after a hyphen.")
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
        return Policy(expectations)
    }

    private func inLine(_ line: Int?) -> String { line.map { " in line \($0)" } ?? "" }

    private func expectation(
        _ item: YAMLValue, _ settings: ProbeSettings
    ) throws(InputError) -> Expectation {
        let remedy = "Write open: or closed: and ports, as in - open: [tcp:80, tcp:443]."
        let mapping = try item.mapping(remedy)
        try mapping.allow(["open", "closed", "from", "why"])
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
        return Expectation(
            isOpen: entry.key == "open", ports: ports, from: try sources(mapping["from"]),
            reason: try reason(mapping), location: item.location.description, isRest: isRest)
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
        let isWider = Transport.allCases.allSatisfy {
            later.ports[$0].subtracting(ports[$0]).isEmpty
        }
        guard isWider else { return false }
        return from.isEmpty
            || !later.from.isEmpty && TargetSet(later.from).isSubset(of: TargetSet(from))
    }
}
