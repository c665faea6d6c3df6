import Prober

extension TargetReader {
    /// The `targets` of a file.
    func targets(_ value: YAMLValue, _ defaults: ProbeSettings) throws(InputError) -> [Target] {
        let remedy = "Write a list, each target after a hyphen, with its name and addresses."
        let items = try value.items(remedy)
        guard !items.isEmpty else { throw value.location.error("\"targets\" is empty", remedy) }
        var targets: [Target] = []
        var lines: [String: Int] = [:]
        for item in items {
            let target = try target(item, defaults)
            if let line = lines[target.name] {
                throw target.location.error(
                    "the name \"\(target.name)\" is taken by the target in line \(line)",
                    "Give each target a name of its own.")
            }
            lines[target.name] = target.location.line
            targets.append(target)
        }
        return targets
    }

    private func target(
        _ item: YAMLValue, _ defaults: ProbeSettings
    ) throws(InputError) -> Target {
        let mapping = try item.mapping("Write name: and addresses: for each target.")
        try mapping.allow(Self.targetKeys + Self.settingKeys)
        let name = try mapping.required("name", "Give the target a name: name: web1.")
        let addresses = try mapping.required(
            "addresses", "Say what to probe: addresses: [203.0.113.10], or [this-host].")
        let groups = try groups(named: mapping["group"])
        var settings = defaults
        for group in groups.reversed() {
            settings = try self.settings(group.mapping, over: settings)
        }
        settings = try self.settings(mapping, over: settings)
        let all = [mapping] + groups.map(\.mapping)
        var undeclared: Policy.UndeclaredRule?
        for mapping in all where undeclared == nil { undeclared = try self.undeclared(mapping) }
        return Target(
            name: try targetName(name), location: name.location,
            addresses: try targetAddresses(addresses), settings: settings,
            host: try mapping["host"].map(host),
            policy: try policy(
                all.compactMap { $0["expect"] }, settings, undeclared ?? self.undeclared),
            groups: groups.map(\.name))
    }

    /// The keys that a target may have, beside those of ``settingKeys``.
    static let targetKeys = ["name", "addresses", "host", "expect", "group"]

    func targetName(_ value: YAMLValue) throws(InputError) -> String {
        let name = try value.text("a name", "Write a word for the target, as in name: web1.")
        // It stands in headings, where nothing may hide or reorder the text around it.
        let isPrintable = !name.unicodeScalars.contains(where: \.isDeceptive)
        guard isPrintable, (1...100).contains(name.count), !name.allSatisfy(\.isWhitespace) else {
            throw value.location.error(
                "\(name.debugDescription) is no name for a target",
                "Write 1 to 100 visible characters on one line.")
        }
        return name
    }

    private func targetAddresses(_ value: YAMLValue) throws(InputError) -> [TargetAddress] {
        let remedy = "Write a list of addresses, blocks, ranges and host names, or [this-host]."
        let items = try value.items(remedy)
        guard !items.isEmpty else { throw value.location.error("\"addresses\" is empty", remedy) }
        var addresses: [TargetAddress] = []
        for item in items {
            let isThisHost = try item.text("a target", remedy) == "this-host"
            addresses.append(
                TargetAddress(
                    isThisHost ? .thisHost : .word(try word(item, remedy)),
                    location: item.location))
        }
        return addresses
    }

    private func host(_ value: YAMLValue) throws(InputError) -> HostAccess {
        let remedy =
            "Write host: { live: true }, host: { ssh: USER@HOST } or host: { files: [report.json] }."
        let mapping = try value.mapping(remedy)
        try mapping.allow(Self.hostKeys)
        let entries = Self.hostKeys.compactMap { mapping.entry($0) }
        guard let entry = entries.first else {
            throw value.location.error("\"host\" is empty", remedy)
        }
        if entries.count > 1 {
            let keys = Self.hostKeys.filter { mapping.entry($0) != nil }.map { "\"\($0)\"" }
            throw entries[1].location.error(
                keys.joined(separator: " and ") + " stand together", remedy)
        }
        if let files = mapping.entry("files") { return .files(try hostFiles(files.value)) }
        if mapping.entry("ssh") != nil {
            let text = try entry.value.text("a host", "Write USER@HOST, as ssh takes it.")
            guard let destination = SSHDestination(text) else {
                let (problem, remedy) = SSHDestination.problem(of: text)
                throw entry.value.location.error(problem, remedy)
            }
            return .ssh(destination)
        }
        guard try entry.value.plainText("true", remedy) == "true" else {
            throw entry.value.isNot(
                "true", "Write live: true, or leave host out to judge the outside alone.")
        }
        return .live
    }

    private static let hostKeys = ["live", "ssh", "files"]

    private func hostFiles(_ value: YAMLValue) throws(InputError) -> [HostFile] {
        let remedy = "Write a list of reports about the host: [report.json, netstat.txt]."
        let items = try value.items(remedy)
        guard !items.isEmpty else { throw value.location.error("\"files\" is empty", remedy) }
        var files: [HostFile] = []
        for item in items {
            let (format, path) = ReportFormat.named(in: try item.text("a path", remedy))
            guard !path.isEmpty, !path.contains("\0") else {
                throw item.location.error("\(path.debugDescription) is no path", remedy)
            }
            files.append(
                HostFile(path: besideSource(path), location: item.location, format: format))
        }
        return files
    }

    /// The path from here to a file that is named as seen from the target file's folder.
    private func besideSource(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = source.lastIndex(of: "/") else { return path }
        return source[...slash] + path
    }
}
