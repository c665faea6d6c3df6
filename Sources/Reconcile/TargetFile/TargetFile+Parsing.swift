public import Prober

extension TargetFile {
    /// The target file in `text`.
    ///
    /// `services` gives names to ports. Nothing is resolved and no other file is opened.
    ///
    /// - Throws: ``InputError`` for the first mistake, with line and column.
    public init(parsing text: String, source: String, services: ServiceTable) throws(InputError) {
        let document = try YAMLText(text, source: source).root()
        let root = try document.mapping("Begin the file with version: 1.")
        try Self.checkVersion(root)
        try root.allow(["version", "defaults", "groups", "targets", "exclude"])
        var reader = TargetReader(source: source, services: services)
        self.init(source: source)
        if let value = root["defaults"] {
            defaults = try reader.defaults(value)
        }
        if let value = root["groups"] {
            try reader.readGroups(value)
        }
        if let value = root["targets"] {
            targets = try reader.targets(value, defaults)
        }
        if let value = root["exclude"] {
            exclude = try reader.exclude(value)
        }
        guard root["targets"] != nil || root["exclude"] != nil else {
            throw root.location.error(
                "the file has neither targets nor exclude",
                "Write targets: with what to probe, or exclude: with what never to probe.")
        }
    }

    private static func checkVersion(_ root: YAMLMapping) throws(InputError) {
        let remedy = "Write version: 1; this prober reads no other."
        let value = try root.required("version", "Begin the file with version: 1.")
        let version = try value.plainText("the number 1", remedy)
        guard version == "1" else {
            throw value.location.error("version \"\(version)\" is not known", remedy)
        }
    }
}

/// What the parts of a target file are read with.
struct TargetReader {
    let source: String
    let services: ServiceTable
    /// The groups that targets may be in.
    var groups: [TargetGroup] = []
    /// How an exposure that nobody declared counts, where a target does not say.
    var undeclared = Policy.UndeclaredRule.fail

    init(source: String, services: ServiceTable) {
        self.source = source
        self.services = services
    }

    /// The `defaults` of a file.
    mutating func defaults(_ value: YAMLValue) throws(InputError) -> ProbeSettings {
        let mapping = try value.mapping("Write defaults: { vantage: direct, rate: auto }.")
        try mapping.allow(Self.settingKeys)
        undeclared = try undeclared(mapping) ?? undeclared
        return try settings(mapping, over: ProbeSettings())
    }

    /// The `exclude` list of a file.
    func exclude(_ value: YAMLValue) throws(InputError) -> [ExcludedBlock] {
        var blocks: [ExcludedBlock] = []
        for item in try value.items("Write a list of blocks, each after a hyphen.") {
            blocks.append(try excludedBlock(item))
        }
        return blocks
    }

    private func excludedBlock(_ item: YAMLValue) throws(InputError) -> ExcludedBlock {
        let remedy =
            "Write an address, a block or a range, or { block: 203.0.113.0/24, why: text }."
        guard item.listItems == nil else { throw item.isNot("a block", remedy) }
        guard let mapping = try item.mappingIfAny() else {
            return ExcludedBlock(try addresses(item, remedy), location: item.location)
        }
        try mapping.allow(["block", "why"])
        let block = try mapping.required("block", remedy)
        return ExcludedBlock(
            try addresses(block, remedy), reason: try reason(mapping), location: block.location)
    }

    /// The addresses of one word; host names are refused.
    func addresses(_ value: YAMLValue, _ remedy: String) throws(InputError) -> [AddressRange] {
        switch try word(value, remedy) {
        case .ranges(let ranges): return ranges
        case .name(let name):
            throw value.location.error(
                "\"\(name)\" is a host name, and \(value.name) must be addresses",
                "Write the addresses themselves: a name may come to mean other hosts.")
        }
    }

    /// One word of target syntax.
    func word(_ value: YAMLValue, _ remedy: String) throws(InputError) -> TargetWord {
        let text = try value.text("a target", remedy)
        return try TargetWord(parsing: text, at: value.location(at: 0))
    }

    /// The text of `why`, if there is one.
    func reason(_ mapping: YAMLMapping) throws(InputError) -> String? {
        try mapping["why"]?.text("text", "Write why: and a few words.")
    }
}
