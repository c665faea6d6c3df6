import Prober

extension NFTStatementReader {
    /// What a `dnat` translates to.
    mutating func destination(_ value: JSONValue) -> DestinationTranslation? {
        guard let ports = Self.ports(value["port"]) else { return nil }
        let named: IPFamily? =
            switch value["family"]?.string {
            case "ip": .ipv4
            case "ip6": .ipv6
            default: nil
            }
        let family: IPFamily? =
            switch self.family {
            case .ip: .ipv4
            case .ip6: .ipv6
            case .inet, .netdev, .bridge, .arp: named
            }
        guard let address = value["addr"] else {
            return DestinationTranslation(family: family, target: .same, ports: ports.range)
        }
        guard let target = target(address, family) else { return nil }
        return DestinationTranslation(
            family: family ?? target.family, target: target.target, ports: ports.range)
    }

    private mutating func target(
        _ address: JSONValue, _ family: IPFamily?
    ) -> (target: DestinationTranslation.Target, family: IPFamily?)? {
        if let text = address.string, let address = IPAddress(text) {
            let number = address.number
            return (.addresses(number...number), address.family)
        }
        guard let (kind, inner) = address.single else { return nil }
        switch kind {
        case "range", "prefix":
            guard let family,
                case .range(let range) = NFTValueReader.pattern(
                    address, of: .address(.destination, family))
            else { return nil }
            return (.addresses(range), family)
        case "map":
            guard let left = inner["key"], let data = inner["data"] else { return nil }
            let key = NFTKeyReader.key(left)
            if let name = data.string, name.hasPrefix("@") {
                note(String(name.dropFirst()), key)
                return (.mapped(key, .named(String(name.dropFirst()))), family)
            }
            guard let (kind, elements) = data.single, kind == "set",
                case .array(let pairs) = elements,
                let map = Self.map(pairs, key.selectors, Self.resultFields)
            else { return nil }
            return (.mapped(key, .entries(map)), family)
        default: return nil
        }
    }

    /// What a map leads to: an address, an address and a port, or a number.
    static func resultFields(_ value: JSONValue) -> [Pattern]? {
        let value = NFTValueReader.bare(value)
        var parts = [value]
        if let (kind, inner) = value.single, kind == "concat", case .array(let fields) = inner {
            parts = fields
        }
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let number: UInt128
        if let address = first.string.flatMap({ IPAddress($0) }) {
            number = address.number
        } else if let plain = NFTValueReader.number(first, of: .mark(.packet)) {
            number = plain
        } else {
            return nil
        }
        let port = parts.dropFirst().map {
            NFTValueReader.pattern($0, of: .port(.destination, of: nil))
        }
        return [.number(number)] + port
    }

    /// The ports a translation chooses from; nil when they are not understood.
    static func ports(_ value: JSONValue?) -> (range: ClosedRange<UInt16>?, ())? {
        guard let value else { return (nil, ()) }
        guard
            case .range(let range) = NFTValueReader.pattern(
                value, of: .port(.destination, of: nil)),
            let lower = UInt16(exactly: range.lowerBound),
            let upper = UInt16(exactly: range.upperBound)
        else { return nil }
        return (lower...upper, ())
    }
}

/// Reads what a rule sets a mark to.
enum NFTMark {
    static func expression(_ value: JSONValue) -> MarkExpression {
        if let number = NFTValueReader.number(value, of: .mark(.packet)) {
            return UInt32(exactly: number).map(MarkExpression.constant) ?? .unknown
        }
        guard let (kind, inner) = value.single else { return .unknown }
        switch (kind, inner["key"]?.string) {
        case ("meta", "mark"): return .mark(.packet)
        case ("ct", "mark"): return .mark(.connection)
        default: break
        }
        guard case .array(let sides) = inner, sides.count == 2 else { return .unknown }
        let (left, right) = (expression(sides[0]), expression(sides[1]))
        return switch kind {
        case "&": .and(left, right)
        case "|": .or(left, right)
        case "^": .xor(left, right)
        default: .unknown
        }
    }
}
