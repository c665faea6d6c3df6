import Prober

/// A named group of targets, with what all of them share.
struct TargetGroup {
    let name: String
    /// Its settings and expectations, read once for each of its targets.
    let mapping: YAMLMapping
}

extension TargetReader {
    /// Reads the `groups` of a file.
    ///
    /// Each is read here as if everything were probed, so that mistakes in one without a target are
    /// found too; what a target does not probe is found when the target is read.
    mutating func readGroups(_ value: YAMLValue) throws(InputError) {
        let remedy = "Write a list, each group after a hyphen, with its name and expect:."
        let items = try value.items(remedy)
        guard !items.isEmpty else { throw value.location.error("\"groups\" is empty", remedy) }
        for item in items {
            let mapping = try item.mapping(remedy)
            try mapping.allow(["name", "expect"] + Self.settingKeys)
            let nameValue = try mapping.required("name", "Give the group a name: name: web.")
            let name = try targetName(nameValue)
            guard !groups.contains(where: { $0.name == name }) else {
                throw nameValue.location.error(
                    "there is a group called \"\(name)\" already",
                    "Give each group a name of its own.")
            }
            let everything = ProbeSettings(
                probe: PortSpec(tcp: PortSet([0...(.max)]), udp: PortSet([0...(.max)])))
            _ = try settings(mapping, over: everything)
            _ = try undeclared(mapping)
            _ = try policy([mapping["expect"]].compactMap { $0 }, everything, .fail)
            groups.append(TargetGroup(name: name, mapping: mapping))
        }
    }

    /// The groups that `value` names, one or a list.
    func groups(named value: YAMLValue?) throws(InputError) -> [TargetGroup] {
        guard let value else { return [] }
        let remedy =
            groups.isEmpty
            ? "Write groups: above targets:, with a name: and expect: for each."
            : "Groups of this file: \(groups.map(\.name).joined(separator: ", "))."
        var named: [TargetGroup] = []
        for item in value.listItems ?? [value] {
            let name = try item.text("a group", remedy)
            guard let group = groups.first(where: { $0.name == name }) else {
                let nearest = Spelling.nearest(to: name, in: groups.map(\.name))
                throw item.location.error(
                    "there is no group called \"\(name)\"",
                    (nearest.map { "Did you mean \"\($0)\"? " } ?? "") + remedy)
            }
            guard !named.contains(where: { $0.name == name }) else {
                throw item.location.error("\(name) stands here twice", "Delete one of the two.")
            }
            named.append(group)
        }
        return named
    }
}
