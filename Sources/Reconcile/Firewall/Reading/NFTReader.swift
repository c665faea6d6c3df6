import Prober

/// Reads what `nft -j list ruleset` prints.
///
/// What it does not know it keeps as unknown: a newer nft may say more than this version reads.
struct NFTReader {
    private var tables: [RuleTable] = []
    private var readers: [NFTStatementReader] = []
    /// Sets and maps, until the rules say what their fields mean.
    private var contents: [[String: Content]] = []
    /// Objects that nobody knows, by kind.
    private var unknownKinds: [String] = []

    private struct Content {
        var elements: [JSONValue]
        var isMap: Bool
        /// Whether the elements were listed.
        var isWhole: Bool
    }

    /// The tables in `text`.
    ///
    /// - Throws: ``InputError`` about `source` when it is no JSON, or not that of nft.
    static func read(
        _ text: [UInt8], source: String
    ) throws(InputError) -> (tables: [RuleTable], gaps: [RulesetGap]) {
        let value = try JSONValue(
            parsing: text, source: source, remedy: "Give the output of `nft -j list ruleset`.")
        guard case .array(let objects)? = value["nftables"] else {
            throw InputError(
                source, line: 1, column: 1, problem: "there is no list called \"nftables\"",
                remedy: "Give the output of `nft -j list ruleset`.")
        }
        var reader = NFTReader()
        for object in objects { reader.read(object) }
        reader.resolve()
        return (
            reader.tables,
            reader.unknownKinds.map {
                .unread("the ruleset has a \"\($0.shortened)\", which Prober does not know")
            }
        )
    }

    private mutating func read(_ object: JSONValue) {
        guard let (kind, value) = object.single else {
            return note("list entry that is no object")
        }
        switch kind {
        case "metainfo", "counter", "quota", "limit", "ct helper", "ct timeout",
            "ct expectation", "synproxy", "secmark", "tunnel", "flowtable":
            break
        case "table": _ = tableIndex(value)
        case "chain": readChain(value)
        case "set", "map", "meter": readSet(value, isMap: kind == "map")
        case "rule": readRule(value)
        case "element":
            if let table = tableIndex(value, isPart: true), let name = value["name"]?.string,
                case .array(let elements)? = value["elem"]
            {
                contents[table][name]?.elements += elements
            }
        default: note(kind)
        }
    }

    private mutating func note(_ kind: String) {
        if !unknownKinds.contains(kind) { unknownKinds.append(kind) }
    }

    /// The position of the table that `value` is, or is part of; nil for a family nobody knows.
    private mutating func tableIndex(_ value: JSONValue, isPart: Bool = false) -> Int? {
        guard let word = value["family"]?.string,
            let name = value[isPart ? "table" : "name"]?.string
        else {
            note("object without family and table")
            return nil
        }
        guard let family = RuleTable.Family(rawValue: word) else {
            note("table of the family \(word)")
            return nil
        }
        if let index = tables.firstIndex(where: { $0.family == family && $0.name == name }) {
            return index
        }
        var table = RuleTable(family, name, .nftables)
        // Where a flag belongs, nft 1.0.6 prints what happens to stand in memory.
        let flags = isPart ? [] : Set(value["flags"]?.strings ?? [])
        table.isDormant =
            flags.contains("dormant")
            ? true : flags.isSubset(of: ["owner", "persist"]) ? false : nil
        tables.append(table)
        readers.append(NFTStatementReader(family: family))
        contents.append([:])
        return tables.count - 1
    }

    private mutating func readChain(_ value: JSONValue) {
        guard let table = tableIndex(value, isPart: true), let name = value["name"]?.string
        else { return }
        var chain = RuleChain(name)
        chain.handle = value["handle"]?.integer.flatMap { UInt64(exactly: $0) }
        if let hookName = value["hook"]?.string {
            guard let hook = BaseChain.Hook(rawValue: hookName),
                let kind = BaseChain.Kind(rawValue: value["type"]?.string ?? "filter"),
                let priority = Self.priority(value["prio"])
            else { return note("chain at the hook \(hookName)") }
            chain.base = BaseChain(
                kind: kind, hook: hook, priority: priority,
                drops: value["policy"]?.string == "drop", devices: value["dev"]?.strings ?? [])
        }
        if let index = tables[table].chainIndex(name) {
            tables[table].change(index) { $0.base = chain.base }
        } else {
            tables[table].add(chain)
        }
    }

    private static func priority(_ value: JSONValue?) -> Int? {
        guard let value else { return nil }
        return value.integer ?? value.string.flatMap { RuleSymbols.priorities[$0] ?? Int($0) }
    }

    private mutating func readSet(_ value: JSONValue, isMap: Bool) {
        guard let table = tableIndex(value, isPart: true), let name = value["name"]?.string
        else { return }
        var elements: [JSONValue] = []
        if case .array(let listed)? = value["elem"] { elements = listed }
        // Elements that do not come from the file may be there when rules fill the set.
        if (value["flags"]?.strings ?? []).contains("dynamic") {
            tables[table].changedSets.insert(name)
        }
        contents[table][name] = Content(elements: elements, isMap: isMap, isWhole: true)
    }

    private mutating func readRule(_ value: JSONValue) {
        guard let table = tableIndex(value, isPart: true), let name = value["chain"]?.string
        else { return }
        if tables[table].chainIndex(name) == nil { tables[table].add(RuleChain(name)) }
        guard let chain = tables[table].chainIndex(name) else { return }
        var parts: [JSONValue] = []
        switch value["expr"] {
        case .array(let listed): parts = listed
        case nil: break
        case let other?: parts = [other]
        }
        var rule = Rule(
            place: .handle(UInt64(clamping: value["handle"]?.integer ?? 0)),
            text: parts.map { NFTText.statement($0) }.joined(separator: " "))
        if let comment = value["comment"]?.string { rule.text += " comment \"\(comment)\"" }
        for part in parts {
            rule.statements += readers[table].statements(part)
            if let (kind, inner) = part.single, kind == "counter",
                let packets = inner["packets"]?.integer
            {
                rule.packets = UInt64(clamping: packets)
            }
        }
        rule.noteUnlistedFamily(in: tables[table].family)
        tables[table].change(chain) { $0.rules.append(rule) }
    }

    /// Reads the elements of sets and maps by the keys that rules look up in them.
    private mutating func resolve() {
        for table in tables.indices {
            let lookups = readers[table].lookups
            tables[table].changedSets.formUnion(readers[table].changedSets)
            for (name, content) in contents[table] {
                guard let key = lookups[name] else { continue }
                guard content.isMap else {
                    tables[table].sets[name] = NamedSet(
                        values: NFTValueReader.set(content.elements, for: key))
                    continue
                }
                let selectors = key.selectors
                if let map = NFTStatementReader.map(
                    content.elements, selectors, NFTStatementReader.verdict)
                {
                    tables[table].verdictMaps[name] = map
                }
                if let map = NFTStatementReader.map(
                    content.elements, selectors, NFTStatementReader.resultFields)
                {
                    tables[table].valueMaps[name] = map
                }
            }
        }
    }
}

extension NFTStatementReader {
    /// Remembers by which key the set or map called `name` is read.
    mutating func note(_ name: String, _ key: Key) { lookups[name] = key }
}
