import Prober

/// Reads the statements of a rule of `nft -j`.
struct NFTStatementReader {
    /// The family of the rule's table.
    let family: RuleTable.Family
    /// The values of each named set or map are read by the key that is looked up in it.
    var lookups: [String: Key] = [:]
    /// The sets that rules change.
    private(set) var changedSets: Set<String> = []

    init(family: RuleTable.Family) { self.family = family }

    /// What `value` does.
    mutating func statements(_ value: JSONValue) -> [Statement] {
        // A statement without a JSON form is a text, and may be anything.
        guard let (kind, inner) = value.single else { return [.opaque(NFTText.statement(value))] }
        let text = NFTText.statement(value)
        switch kind {
        case "match": return [match(inner) ?? .opaqueMatch(text)]
        case "accept", "drop", "return", "continue", "jump", "goto":
            return [Self.verdict(value).map(Statement.verdict) ?? .opaque(text)]
        case "vmap": return [verdictMap(inner) ?? .opaque(text)]
        case "reject": return [reject(inner).map(Statement.reject) ?? .opaque(text)]
        case "dnat": return [destination(inner).map(Statement.translate) ?? .opaque(text)]
        case "redirect":
            guard let ports = Self.ports(inner["port"]) else { return [.opaque(text)] }
            return [.translate(DestinationTranslation(target: .here, ports: ports.range))]
        case "snat", "masquerade": return [.translateSource]
        case "mangle": return mangle(inner, text)
        case "limit", "quota", "ct count": return [rate(kind, inner, text)]
        case "set": return change(inner, text)
        case "counter", "log", "last", "ct helper", "ct timeout", "ct expectation", "secmark",
            "flow", "reset", "dup", "comment":
            return [.transparent]
        case "notrack": return [.untrack]
        case "queue": return [.verdict(.queue)]
        case "xt":
            return inner["type"]?.string == "match" ? [.opaqueMatch(text)] : [.opaque(text)]
        default: return [.opaque(text)]
        }
    }

    static func verdict(_ value: JSONValue) -> RuleVerdict? {
        guard let (kind, inner) = value.single else { return nil }
        switch kind {
        case "accept": return .accept
        case "drop": return .drop
        case "return": return .goBack
        case "continue": return .goOn
        case "jump": return inner["target"]?.string.map(RuleVerdict.jump)
        case "goto": return inner["target"]?.string.map(RuleVerdict.goTo)
        default: return nil
        }
    }

    private mutating func match(_ value: JSONValue) -> Statement? {
        guard let left = value["left"], let right = value["right"] else { return nil }
        let key = NFTKeyReader.key(left)
        let first = key.selectors[0]
        let operation =
            value["op"]?.string ?? (first.hasFlags && right.single?.key != "set" ? "in" : "==")
        switch operation {
        case "in", "!":
            let isFlags = key.selectors.count == 1 && first.hasFlags
            if isFlags, let mask = NFTValueReader.number(right, of: first) {
                return .match(Match(key, operation == "in" ? .anyBit(mask) : .noBit(mask)))
            }
            return operation == "in"
                ? operand(right, key).map { .match(Match(key, .isIn($0))) } : nil
        case "==": return operand(right, key).map { .match(Match(key, .isIn($0))) }
        case "!=": return operand(right, key).map { .match(Match(key, .isNotIn($0))) }
        case "<", ">", "<=", ">=":
            guard key.selectors.count == 1, !first.isInterface,
                let number = NFTValueReader.number(right, of: first)
            else { return nil }
            return Self.comparison(operation, number).map { .match(Match(key, $0)) }
        default: return nil
        }
    }

    private static func comparison(_ operation: String, _ number: UInt128) -> Comparison? {
        let range: ClosedRange<UInt128>?
        switch operation {
        case "<": range = number == 0 ? nil : 0...(number - 1)
        case "<=": range = 0...number
        case ">": range = number == .max ? nil : (number + 1)...UInt128.max
        default: range = number...UInt128.max
        }
        return .isIn(.values(range.map { ValueSet(.range($0)) } ?? ValueSet([[Pattern]]())))
    }

    private mutating func operand(_ right: JSONValue, _ key: Key) -> Operand? {
        let first = key.selectors[0]
        if let name = right.string, name.hasPrefix("@") {
            let name = String(name.dropFirst())
            lookups[name] = key
            return .named(name)
        }
        if let (kind, inner) = right.single, kind == "set" {
            guard case .array(let elements) = inner else { return nil }
            return .values(NFTValueReader.set(elements, for: key))
        }
        if first.isRoute, key.selectors.count == 1, case .boolean(true) = right {
            return .values(ValueSet(.range(1...UInt128.max)))
        }
        return .values(NFTValueReader.set([right], for: key))
    }

    private mutating func verdictMap(_ value: JSONValue) -> Statement? {
        guard let left = value["key"], let data = value["data"] else { return nil }
        let key = NFTKeyReader.key(left)
        if let name = data.string, name.hasPrefix("@") {
            lookups[String(name.dropFirst())] = key
            return .verdictMap(key, .named(String(name.dropFirst())))
        }
        guard let (kind, inner) = data.single, kind == "set", case .array(let elements) = inner,
            let map = Self.map(elements, key.selectors, Self.verdict)
        else { return nil }
        return .verdictMap(key, .entries(map))
    }

    /// The map in `elements`, nil when a result is not understood.
    static func map<Result>(
        _ elements: [JSONValue], _ selectors: [Selector], _ result: (JSONValue) -> Result?
    ) -> ValueMap<Result>? {
        var entries: [ValueMap<Result>.Entry] = []
        var catchAll: Result?
        entries.reserveCapacity(elements.count)
        for element in elements {
            guard case .array(let pair) = element, pair.count == 2, let result = result(pair[1])
            else { return nil }
            let fields = NFTValueReader.fields(pair[0], of: selectors)
            if fields == [.any] {
                catchAll = result
            } else {
                entries.append(ValueMap.Entry(fields: fields, result: result))
            }
        }
        return ValueMap(entries, catchAll: catchAll)
    }

    private func reject(_ value: JSONValue) -> RejectStatement? {
        guard let type = value["type"]?.string else {
            switch family {
            case .ip: return .icmp(3)
            case .ip6: return .icmpv6(4)
            case .inet, .netdev, .bridge: return .either(1)
            case .arp: return nil
            }
        }
        func code(_ names: [String: UInt8]) -> UInt8? {
            guard let expression = value["expr"] else { return nil }
            return expression.string.flatMap { names[$0] ?? UInt8($0) }
                ?? expression.integer.flatMap { UInt8(exactly: $0) }
        }
        switch type {
        case "tcp reset": return .tcpReset
        case "icmp": return code(RuleSymbols.icmpCodes).map(RejectStatement.icmp)
        case "icmpv6": return code(RuleSymbols.icmpv6Codes).map(RejectStatement.icmpv6)
        case "icmpx": return code(RuleSymbols.icmpxCodes).map(RejectStatement.either)
        default: return nil
        }
    }

    private func rate(_ kind: String, _ value: JSONValue, _ text: String) -> Statement {
        // A named limit says elsewhere whether it means above.
        guard case .object = value else { return .opaqueMatch(text) }
        return .rate(text, goesOnAbove: value["inv"] == .boolean(true))
    }

    private mutating func change(_ value: JSONValue, _ text: String) -> [Statement] {
        guard let name = value["set"]?.string?.drop(while: { $0 == "@" }) else {
            return [.opaque(text)]
        }
        changedSets.insert(String(name))
        // A statement inside, a limit for example, decides whether the rule goes on.
        let inner: [Statement] =
            value["stmt"] == nil && value["elem"]?["elem"]?["limit"] == nil
            ? [] : [.rate(text, goesOnAbove: text.contains("over"))]
        return [.changeSet(String(name))] + inner
    }

    private mutating func mangle(_ value: JSONValue, _ text: String) -> [Statement] {
        guard let key = value["key"], let new = value["value"], let (kind, inner) = key.single
        else { return [.opaque(text)] }
        let name = inner["key"]?.string ?? ""
        switch (kind, name) {
        case ("meta", "mark"): return mark(.packet, new, text)
        case ("ct", "mark"): return mark(.connection, new, text)
        case ("meta", "nftrace"), ("meta", "priority"), ("ct", "label"), ("ct", "event"),
            ("ct", "secmark"), ("meta", "secmark"):
            return [.transparent]
        case ("payload", _):
            let field = inner["field"]?.string ?? ""
            return ["dscp", "ecn", "ttl", "hoplimit", "flowlabel"].contains(field)
                ? [.transparent] : [.opaque(text)]
        case ("tcp option", _), ("exthdr", _): return [.transparent]
        default: return [.opaque(text)]
        }
    }

    private mutating func mark(
        _ kind: MarkKind, _ new: JSONValue, _ text: String
    ) -> [Statement] {
        // An expression that has no value ends the rule.
        let unknown = [Statement.opaqueMatch(text), .setMark(kind, .unknown)]
        guard let (word, inner) = new.single, word == "map", let left = inner["key"],
            let data = inner["data"]
        else {
            let expression = NFTMark.expression(new)
            return expression.isKnown ? [.setMark(kind, expression)] : unknown
        }
        let key = NFTKeyReader.key(left)
        if let name = data.string, name.hasPrefix("@") {
            lookups[String(name.dropFirst())] = key
            return [.mapMark(kind, key, .named(String(name.dropFirst())))]
        }
        guard let (word, inner) = data.single, word == "set", case .array(let elements) = inner,
            let map = Self.map(elements, key.selectors, Self.resultFields)
        else { return unknown }
        return [.mapMark(kind, key, .entries(map))]
    }
}
