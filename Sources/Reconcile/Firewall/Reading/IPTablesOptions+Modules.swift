import Prober

extension IPTablesOptions {
    /// Reads an option of a match module; false when it is not known.
    mutating func readModuleOption(_ option: String, _ isNegated: Bool) -> Bool {
        switch option {
        case "--comment": return argument() != nil
        case "--sport", "--source-port": return readPorts(.source, isNegated)
        case "--dport", "--destination-port": return readPorts(.destination, isNegated)
        case "--sports", "--source-ports": return readPorts(.source, isNegated)
        case "--dports", "--destination-ports": return readPorts(.destination, isNegated)
        case "--ports": return readEitherPort(isNegated)
        case "--syn": return readFlags(mask: 0x17, value: 0x02, isNegated)
        case "--tcp-flags":
            guard let mask = argument().flatMap(Self.flags),
                let value = argument().flatMap(Self.flags)
            else { return false }
            return readFlags(mask: mask, value: value, isNegated)
        case "--icmp-type", "--icmpv6-type":
            return readMessageType(isNegated)
        case "--state", "--ctstate": return readState(isNegated)
        case "--ctproto":
            guard let name = argument(),
                let number = RuleSymbols.protocols[name] ?? UInt128(name)
            else { return false }
            return add(.transportProtocol, ValueSet(numbers: number), isNegated)
        case "--ctdir":
            guard let word = argument(), let number = RuleSymbols.directions[word.lowercased()]
            else { return false }
            return add(.connectionDirection, ValueSet(numbers: number), isNegated)
        case "--ctstatus":
            guard let words = argument() else { return false }
            var mask: UInt128 = 0
            for word in words.lowercased().split(separator: ",") {
                let name = word == "seen_reply" ? "seen-reply" : String(word)
                // No bit is asked for, and so none is found.
                if name == "none" { continue }
                guard let bit = RuleSymbols.connectionStatuses[name] else { return false }
                mask |= bit
            }
            matches.append(
                .match(Match(Key(.connectionStatus), isNegated ? .noBit(mask) : .anyBit(mask))))
            return true
        case "--ctorigsrc", "--ctorigdst":
            guard let text = argument(), let range = Self.block(text, family) else { return false }
            let side: PacketSide = option == "--ctorigsrc" ? .source : .destination
            return add(
                .connectionAddress(.original, side, family), ValueSet(.range(range)), isNegated)
        case "--ctreplsrc", "--ctrepldst":
            guard let text = argument(), let range = Self.block(text, family) else { return false }
            let side: PacketSide = option == "--ctreplsrc" ? .source : .destination
            return add(
                .connectionAddress(.reply, side, family), ValueSet(.range(range)), isNegated)
        case "--ctreplsrcport", "--ctrepldstport":
            guard let ports = argument().flatMap(Self.ports) else { return false }
            let side: PacketSide = option == "--ctreplsrcport" ? .source : .destination
            return add(.connectionPort(.reply, side), ports, isNegated)
        case "--ctorigsrcport", "--ctorigdstport":
            guard let ports = argument().flatMap(Self.ports) else { return false }
            let side: PacketSide = option == "--ctorigsrcport" ? .source : .destination
            return add(.connectionPort(.original, side), ports, isNegated)
        case "--src-type": return readAddressTypes(.source, isNegated)
        case "--dst-type": return readAddressTypes(.destination, isNegated)
        case "--src-range": return readRange(.source, isNegated)
        case "--dst-range": return readRange(.destination, isNegated)
        case "--mark": return readMark(isNegated)
        case "--pkt-type":
            guard let word = argument(), let number = RuleSymbols.packetTypes[word] else {
                return false
            }
            return add(.packetType, ValueSet(numbers: number), isNegated)
        case "--match-set": return readSet(isNegated)
        case "--limit", "--hashlimit-upto", "--hashlimit", "--connlimit-upto", "--quota":
            return readRate(option, goesOnAbove: isNegated)
        case "--hashlimit-above", "--connlimit-above":
            return readRate(option, goesOnAbove: !isNegated)
        case "--limit-burst", "--hashlimit-burst", "--hashlimit-mode", "--hashlimit-name",
            "--hashlimit-srcmask", "--hashlimit-dstmask", "--hashlimit-htable-size",
            "--hashlimit-htable-max", "--hashlimit-htable-expire",
            "--hashlimit-htable-gcinterval", "--connlimit-mask":
            return argument() != nil
        case "--connlimit-saddr", "--connlimit-daddr", "--limit-iface-in": return true
        default: return false
        }
    }

    /// `8`, `3/4`, `any`; names are for people who type.
    private mutating func readMessageType(_ isNegated: Bool) -> Bool {
        guard let text = argument() else { return false }
        if text == "any" || text == "255/0" || text == "255" { return !isNegated }
        let parts = text.split(separator: "/").map { UInt8($0) }
        guard let type = parts.first, let type, parts.count <= 2 else { return false }
        guard parts.count == 2 else {
            return add(.icmpType(family), ValueSet(numbers: UInt128(type)), isNegated)
        }
        guard let code = parts[1] else { return false }
        let values = Operand.values(
            ValueSet([[.number(UInt128(type)), .number(UInt128(code))]]))
        matches.append(
            .match(
                Match(
                    Key([.icmpType(family), .icmpCode(family)]),
                    isNegated ? .isNotIn(values) : .isIn(values))))
        return true
    }

    private mutating func readRate(_ option: String, goesOnAbove: Bool) -> Bool {
        guard let rate = argument() else { return false }
        matches.append(.rate("\(option) \(rate)", goesOnAbove: goesOnAbove))
        return true
    }

    /// Ports as iptables-save writes them: `22`, `80:90`, several with commas.
    static func ports(_ text: String) -> ValueSet? {
        var patterns: [[Pattern]] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: ":", omittingEmptySubsequences: false)
            let lower = ends[0].isEmpty ? 0 : UInt16(ends[0])
            let upper = ends.count < 2 ? lower : ends[1].isEmpty ? UInt16.max : UInt16(ends[1])
            guard let lower, let upper, lower <= upper, ends.count <= 2 else { return nil }
            patterns.append([.range(UInt128(lower)...UInt128(upper))])
        }
        return patterns.isEmpty ? nil : ValueSet(patterns)
    }

    private mutating func readPorts(_ side: PacketSide, _ isNegated: Bool) -> Bool {
        guard let ports = argument().flatMap(Self.ports) else { return false }
        return add(.port(side, of: nil), ports, isNegated)
    }

    private mutating func readEitherPort(_ isNegated: Bool) -> Bool {
        guard let ports = argument().flatMap(Self.ports) else { return false }
        matches.append(
            .either(
                [.source, .destination].map { Match(.port($0, of: nil), in: ports) },
                isNegated: isNegated))
        return true
    }

    private static func flags(_ text: String) -> UInt128? {
        var sum: UInt128 = 0
        for word in text.lowercased().split(separator: ",") {
            if word == "none" { continue }
            if word == "all" {
                sum |= 0x3f
                continue
            }
            guard let bit = RuleSymbols.tcpFlags[String(word)] else { return nil }
            sum |= bit
        }
        return sum
    }

    private mutating func readFlags(mask: UInt128, value: UInt128, _ isNegated: Bool) -> Bool {
        let values = Operand.values(ValueSet(numbers: value))
        matches.append(
            .match(
                Match(
                    Key([.tcpFlags], bits: [.and(mask)]),
                    isNegated ? .isNotIn(values) : .isIn(values))))
        return true
    }

    /// The states, and the two that are about translation (xt_conntrack.c).
    private mutating func readState(_ isNegated: Bool) -> Bool {
        guard let words = argument() else { return false }
        var states: UInt128 = 0
        var statuses: UInt128 = 0
        for word in words.lowercased().split(separator: ",") {
            switch word {
            case "snat", "dnat": statuses |= RuleSymbols.connectionStatuses[String(word)] ?? 0
            default:
                guard let bit = RuleSymbols.connectionStates[String(word)] else { return false }
                states |= bit
            }
        }
        var either = [Match(Key(.connectionState), .anyBit(states))]
        if statuses != 0 { either.append(Match(Key(.connectionStatus), .anyBit(statuses))) }
        matches.append(.either(either, isNegated: isNegated))
        return true
    }

    private mutating func readAddressTypes(_ side: PacketSide, _ isNegated: Bool) -> Bool {
        guard let words = argument() else { return false }
        var types: [[Pattern]] = []
        for word in words.lowercased().split(separator: ",") {
            guard let type = RuleSymbols.addressTypes[String(word)] else { return false }
            types.append([.number(type)])
        }
        let throughInterface = hasFlag("--limit-iface-in")
        return add(
            .addressType(side, throughInterface: throughInterface), ValueSet(types), isNegated)
    }

    /// Whether `flag` stands among the options of the same module.
    private func hasFlag(_ flag: String) -> Bool {
        var next = position
        while next < words.count, !["-m", "-j", "-g"].contains(words[next]) {
            if words[next] == flag { return true }
            next += 1
        }
        return false
    }

    private mutating func readRange(_ side: PacketSide, _ isNegated: Bool) -> Bool {
        guard let text = argument() else { return false }
        let ends = text.split(separator: "-").compactMap { IPAddress($0) }
        guard let first = ends.first, let last = ends.last, ends.count <= 2,
            let range = AddressRange(first, through: last), range.family == family
        else { return false }
        return add(
            .address(side, family),
            ValueSet(.range(range.first.number...range.last.number)), isNegated)
    }

    /// `0x1/0xff`: a value and the bits that count.
    static func masked(_ text: String) -> (value: UInt32, mask: UInt32)? {
        let parts = text.split(separator: "/").map { part -> UInt32? in
            part.hasPrefix("0x") ? UInt32(part.dropFirst(2), radix: 16) : UInt32(part)
        }
        guard let first = parts.first, let value = first, parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (value, .max) }
        guard let mask = parts[1] else { return nil }
        return (value, mask)
    }

    private mutating func readMark(_ isNegated: Bool) -> Bool {
        guard let mark = argument().flatMap(Self.masked), ["mark", "connmark"].contains(module)
        else { return false }
        let values = Operand.values(ValueSet(numbers: UInt128(mark.value)))
        let key = Key(
            [.mark(module == "mark" ? .packet : .connection)], bits: [.and(UInt128(mark.mask))])
        matches.append(
            .match(Match(key, isNegated ? .isNotIn(values) : .isIn(values))))
        return true
    }

    private mutating func readSet(_ isNegated: Bool) -> Bool {
        guard let name = argument(), let directions = argument() else { return false }
        let sides = directions.split(separator: ",").map { word -> PacketSide? in
            word == "src" ? .source : word == "dst" ? .destination : nil
        }
        guard !sides.contains(nil) else { return false }
        let operand = Operand.addressSet(name)
        matches.append(
            .match(
                Match(
                    Key(sides.compactMap { $0 }.map(Selector.setField)),
                    isNegated ? .isNotIn(operand) : .isIn(operand))))
        return true
    }
}
