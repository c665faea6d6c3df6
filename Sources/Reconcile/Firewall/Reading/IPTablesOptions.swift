import Prober

/// Reads the options of one rule of iptables-save.
struct IPTablesOptions {
    let words: [String]
    let family: IPFamily
    private(set) var changedSets: Set<String> = []
    var position = 0
    var matches: [Statement] = []
    var targets: [Statement] = []
    /// The transport that `-p` asks for, which ports belong to.
    var transport: UInt8?
    /// The module that options belong to.
    var module = ""

    init(_ words: [String], _ family: IPFamily) {
        self.words = words
        self.family = family
    }

    /// What the rule does.
    mutating func statements() -> [Statement] {
        while position < words.count {
            let start = position
            var isNegated = false
            if words[position] == "!" {
                isNegated = true
                position += 1
                guard position < words.count else { break }
            }
            let option = words[position]
            position += 1
            if !read(option, isNegated) {
                // An option nobody knows: its words up to the next, kept as unknown.
                skipArguments()
                let text = words[start..<position].joined(separator: " ")
                matches.append(targets.isEmpty ? .opaqueMatch(text) : .opaque(text))
            }
        }
        return matches + targets
    }

    /// The next word, as the argument of the option before it.
    mutating func argument() -> String? {
        guard position < words.count else { return nil }
        position += 1
        return words[position - 1]
    }

    private mutating func skipArguments() {
        while position < words.count, !words[position].hasPrefix("-"), words[position] != "!" {
            position += 1
        }
    }

    private mutating func read(_ option: String, _ isNegated: Bool) -> Bool {
        switch option {
        case "-s", "--source": return readAddress(.source, isNegated)
        case "-d", "--destination": return readAddress(.destination, isNegated)
        case "-i", "--in-interface": return readInterface(.source, isNegated)
        case "-o", "--out-interface": return readInterface(.destination, isNegated)
        case "-p", "--protocol": return readProtocol(isNegated)
        case "-f":
            // Fragments after the first, which none of our packets are.
            matches.append(isNegated ? .transparent : .never)
            return true
        case "-m", "--match":
            guard let name = argument() else { return false }
            module = name
            if !Self.silentModules.contains(name) && !Self.knownModules.contains(name) {
                skipModule(name)
            }
            return true
        case "-j", "--jump", "-g", "--goto":
            guard let name = argument() else { return false }
            targets = target(name, isGoto: option == "-g" || option == "--goto")
            return true
        default: return readModuleOption(option, isNegated)
        }
    }

    /// Modules that never change whether a rule matches, and those that have nothing but options.
    private static let silentModules: Set<String> = ["comment"]
    static let knownModules: Set<String> = [
        "tcp", "udp", "icmp", "icmp6", "multiport", "state", "conntrack", "addrtype", "iprange",
        "mark", "connmark", "pkttype", "set", "limit", "hashlimit", "connlimit", "quota",
    ]

    /// Passes over all options of a module that is not read.
    private mutating func skipModule(_ name: String) {
        let start = position
        while position < words.count, !["-m", "-j", "-g"].contains(words[position]) {
            position += 1
        }
        let options = Set(words[start..<position])
        if name == "rpfilter", options.isSubset(of: ["--invert", "--validmark"]) {
            _ = add(
                .reversePath(usesMark: options.contains("--validmark")),
                ValueSet(.range(1...UInt128.max)), options.contains("--invert"))
            return
        }
        let text = (["-m", name] + words[start..<position]).joined(separator: " ")
        matches.append(.opaqueMatch(text))
    }

    mutating func add(_ selector: Selector, _ values: ValueSet, _ isNegated: Bool) -> Bool {
        matches.append(.match(Match(selector, in: values, isNegated: isNegated)))
        return true
    }

    private mutating func readAddress(_ side: PacketSide, _ isNegated: Bool) -> Bool {
        guard let text = argument(), let range = Self.block(text, family) else { return false }
        return add(.address(side, family), ValueSet(.range(range)), isNegated)
    }

    /// An address, a block, or an address with a mask.
    static func block(_ text: String, _ family: IPFamily) -> ClosedRange<UInt128>? {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let first = parts.first, let address = IPAddress(first), address.family == family
        else { return nil }
        let number = address.number
        guard parts.count == 2 else { return number...number }
        let all: UInt128 = family == .ipv4 ? UInt128(UInt32.max) : .max
        let host: UInt128
        if let length = Int(parts[1]) {
            guard (0...family.bitCount).contains(length) else { return nil }
            host = length == family.bitCount ? 0 : all >> UInt128(length)
        } else {
            guard let mask = IPAddress(parts[1]), mask.family == family else { return nil }
            host = all & ~mask.number
            guard host & (host &+ 1) == 0 else { return nil }
        }
        return (number & ~host)...(number | host)
    }

    private mutating func readInterface(_ side: PacketSide, _ isNegated: Bool) -> Bool {
        guard let name = argument() else { return false }
        let pattern: Pattern =
            name.hasSuffix("+") ? .namePrefix(String(name.dropLast())) : .name(name)
        return add(.interface(side), ValueSet(pattern), isNegated)
    }

    private mutating func readProtocol(_ isNegated: Bool) -> Bool {
        guard let name = argument() else { return false }
        if name == "all" { return true }
        guard let number = RuleSymbols.protocols[name] ?? UInt128(name) else { return false }
        if number == 0 { return true }
        if !isNegated { transport = UInt8(exactly: number) }
        return add(.transportProtocol, ValueSet(numbers: number), isNegated)
    }

    mutating func note(changed set: String) { changedSets.insert(set) }
}
