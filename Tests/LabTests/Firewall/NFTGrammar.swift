import Prober

/// Draws rulesets of nftables from everything that the evaluation decides, and some that it does not.
struct NFTGrammar {
    private var random: SplitMix64
    var setNames: [(name: String, kind: String)] = []
    var mapNames: [(name: String, kind: String)] = []
    var chainNames: [String] = []
    var family = "inet"
    /// Whether rules may ask for what is not known: rates, random numbers.
    let hasUnknowns: Bool

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
        hasUnknowns = seed % 16 == 0
    }

    /// A ruleset of one to three tables.
    mutating func draft() -> RulesetDraft {
        var tables: [RulesetDraft.Table] = []
        for index in 0..<Int.random(in: 1...3, using: &random) {
            tables.append(table(index))
        }
        if chance(12) { tables.append(deviceTable()) }
        return RulesetDraft(tool: .nft, tables: tables)
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    mutating func port() -> Int {
        1000 + Int.random(in: 0..<FirewallLab.portCount, using: &random)
    }

    mutating func portRange() -> String {
        let low = port()
        return "\(low)-\(min(low + Int.random(in: 1...8, using: &random), 1040))"
    }

    mutating func portValue() -> String { chance(60) ? "\(port())" : portRange() }

    private mutating func distinct(_ count: Int, _ make: (inout Self) -> String) -> [String] {
        var found: [String] = []
        for _ in 0..<count {
            let value = make(&self)
            if !found.contains(value) { found.append(value) }
        }
        return found
    }

    /// Ports and ranges of them that do not overlap.
    mutating func portElements() -> [String] {
        var next = 1000
        var found: [String] = []
        while next < 1000 + FirewallLab.portCount && found.count < 6 {
            next += Int.random(in: 0...6, using: &random)
            if chance(60) {
                found.append("\(next)")
                next += 2
            } else {
                found.append("\(next)-\(next + 3)")
                next += 5
            }
        }
        return found
    }

    private mutating func table(_ index: Int) -> RulesetDraft.Table {
        family = pick(["inet", "inet", "inet", "ip", "ip6"])
        setNames = []
        mapNames = []
        chainNames = (0..<Int.random(in: 0...3, using: &random)).map { "c\($0)" }
        var table = RulesetDraft.Table(
            header: "table \(family) t\(index)", declarations: declarations(), chains: [])
        if chance(5) { table.declarations.append("flags dormant;") }
        // Chains lead only to those before them, so that nothing goes round.
        let names = chainNames
        chainNames = []
        for name in names {
            table.chains.append(
                RulesetDraft.Chain(
                    header: ["chain \(name) {"], rules: rules(.filter), isBase: false))
            chainNames.append(name)
        }
        for hook in hooks() { table.chains.append(base(hook)) }
        return table
    }

    enum Hook { case ingress, raw, mangle, dstnat, filter, input, forward, output, post, srcnat }

    private mutating func hooks() -> [Hook] {
        var hooks: [Hook] = [.input]
        if chance(30) { hooks.append(.input) }
        if chance(20) { hooks.append(.raw) }
        if chance(30) { hooks.append(.mangle) }
        if chance(35) { hooks.append(.dstnat) }
        if chance(25) { hooks.append(.forward) }
        if chance(15) { hooks.append(.output) }
        if chance(8) { hooks.append(.post) }
        if chance(10) { hooks.append(.srcnat) }
        if family == "inet" && chance(6) { hooks.append(.ingress) }
        return hooks
    }

    private var usedNames = 0

    private mutating func base(_ hook: Hook) -> RulesetDraft.Chain {
        usedNames += 1
        let (kind, place, priorities): (String, String, [Int]) =
            switch hook {
            case .ingress: ("filter", "ingress device \"\(pick(["lan0", "lan1"]))\"", [0, -5, 7])
            case .raw: ("filter", "prerouting", [-300, -290, -310])
            case .mangle: ("filter", "prerouting", [-150, -140, -50, 10])
            case .dstnat: ("nat", "prerouting", [-100, -90, -120])
            case .filter, .input: ("filter", "input", [0, -10, 5, 50, -150])
            case .forward: ("filter", "forward", [0, 10, -20])
            case .output: ("filter", "output", [0, -300, 10])
            case .post: ("filter", "postrouting", [0, 50, 120])
            case .srcnat: ("nat", "postrouting", [100, 90])
            }
        // Chains of one priority in several tables have no order that a listing tells.
        let priority = pick(priorities) + (chance(15) ? 0 : usedNames % 8)
        let mayDrop: Bool =
            switch hook {
            case .input, .filter, .forward: chance(45)
            case .output: chance(20)
            case .ingress, .raw, .mangle, .dstnat, .post, .srcnat: false
            }
        return RulesetDraft.Chain(
            header: [
                "chain b\(usedNames) {",
                "type \(kind) hook \(place) priority \(priority); policy \(mayDrop ? "drop" : "accept");",
            ], rules: rules(hook), isBase: true)
    }

    private mutating func declarations() -> [String] {
        var lines: [String] = []
        if chance(50) {
            setNames.append(("ports", "port"))
            lines.append(
                "set ports { type inet_service; flags interval; elements = { "
                    + portElements().joined(separator: ", ") + " }\n  }")
        }
        if chance(40) && family != "ip6" {
            setNames.append(("four", "ip"))
            lines.append(
                "set four { type ipv4_addr; flags interval; elements = { "
                    + "203.0.113.2-203.0.113.3, 198.51.100.0/30 }\n  }")
        }
        if chance(40) && family != "ip" {
            setNames.append(("six", "ip6"))
            lines.append(
                "set six { type ipv6_addr; elements = { 2001:db8:a::2, 2001:db8:b::3 }\n  }")
        }
        if chance(30) && family != "ip6" {
            setNames.append(("both", "ip.port"))
            lines.append(
                "set both { type ipv4_addr . inet_service; flags interval; elements = { "
                    + "203.0.113.0/24 . \(portRange()), 198.51.100.3 . \(port()) }\n  }")
        }
        if chance(20) && family != "ip6" {
            setNames.append(("timed", "ip"))
            lines.append(
                "set timed { type ipv4_addr; timeout 1h; elements = { 203.0.113.2, "
                    + "198.51.100.2 timeout 2h }\n  }")
        }
        if chance(20) {
            setNames.append(("names", "name"))
            lines.append(
                "set names { type ifname; flags interval; elements = { \"lan1\", \"ba*\" }\n  }")
        }
        if chance(20) {
            setNames.append(("marks", "mark"))
            lines.append("set marks { typeof meta mark; elements = { 0x2, 0x12 }\n  }")
        }
        if chance(20) && family != "ip6" {
            mapNames.append(("targets", "address"))
            lines.append(
                "map targets { type ipv4_addr : ipv4_addr; flags interval; elements = { "
                    + "203.0.113.2-203.0.113.3 : 198.18.0.10, 198.51.100.0/24 : 203.0.113.10 }\n  }"
            )
        }
        if chance(40) {
            mapNames.append(("verdicts", "port"))
            let fallback = chance(30) ? ", * : \(verdict())" : ""
            lines.append(
                "map verdicts { type inet_service : verdict; flags interval; elements = { "
                    + portElements().map {
                        "\($0) : \(pick(["accept", "drop", "return", "continue"]))"
                    }
                    .joined(separator: ", ") + fallback + " }\n  }")
        }
        return lines
    }

    mutating func verdict() -> String { pick(["accept", "drop"]) }

    private mutating func rules(_ hook: Hook) -> [String] {
        (0..<Int.random(in: 1...7, using: &random)).map { _ in rule(hook) }
    }

    /// What the matches of one rule are about, so that they do not contradict each other.
    var transport = "tcp"
    var isSix = false

    private mutating func rule(_ hook: Hook) -> String {
        transport = pick(["tcp", "udp"])
        isSix = family == "ip6" || family == "inet" && chance(50)
        if hook == .dstnat && chance(75) { return translation() }
        if hook == .srcnat { return sourceTranslation() }
        var parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in match(hook) }
        if chance(20) { parts.append(effect(hook)) }
        if chance(15) { parts.append(match(hook)) }
        parts.append(ending(hook))
        return parts.joined(separator: " ")
    }

    private mutating func ending(_ hook: Hook) -> String {
        // Chains that others lead to look at what those may not.
        if hook != .ingress && !chainNames.isEmpty && chance(30) {
            return "\(pick(["jump", "jump", "goto"])) \(pick(chainNames))"
        }
        if chance(8) { return verdictMap(hook) }
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<8: return "accept"
        case 8..<12: return "drop"
        case 12: return "return"
        case 13: return "counter"
        case 14: return "log prefix \"x\" continue"
        case 15:
            let map = "{ \(portValue()) : accept, \(pick(["1050", "1060"])) : drop }"
            if !mapNames.contains(where: { $0.kind == "port" }) || chance(50) {
                return "\(transport) dport vmap \(map)"
            }
            return "\(pick([transport, "th"])) dport vmap @verdicts"
        default: return reject(hook)
        }
    }

    private mutating func reject(_ hook: Hook) -> String {
        // The kernel refuses rejects before prerouting's routing in nat chains.
        if hook == .dstnat || hook == .ingress { return "accept" }
        switch family {
        case "ip":
            return pick([
                "reject", "reject with icmp port-unreachable", "reject with icmp net-unreachable",
                "reject with icmp host-prohibited", "reject with icmp admin-prohibited",
                "reject with icmp host-unreachable", "reject with icmp net-prohibited",
                "reject with icmp prot-unreachable",
                transport == "tcp" ? "reject with tcp reset" : "reject",
            ])
        case "ip6":
            return pick([
                "reject", "reject with icmpv6 no-route", "reject with icmpv6 admin-prohibited",
                "reject with icmpv6 addr-unreachable", "reject with icmpv6 port-unreachable",
                "reject with icmpv6 policy-fail", "reject with icmpv6 reject-route",
                transport == "tcp" ? "reject with tcp reset" : "reject",
            ])
        default:
            return pick([
                "reject", "reject with icmpx port-unreachable", "reject with icmpx no-route",
                "reject with icmpx host-unreachable", "reject with icmpx admin-prohibited",
                isSix ? "reject with icmpv6 port-unreachable" : "reject with icmp port-unreachable",
                isSix ? "reject with icmpv6 admin-prohibited" : "reject with icmp admin-prohibited",
                transport == "tcp" ? "reject with tcp reset" : "reject",
            ])
        }
    }

    private mutating func effect(_ hook: Hook) -> String {
        var choices = [
            "meta mark set 0x\(Int.random(in: 1...15, using: &random))",
            "meta mark set meta mark | 0x10", "meta mark set meta mark and 0x3", "counter",
            "meta mark set meta mark ^ 0x5",
            "meta mark set \(transport) dport map { \(port()) : 0x2, 1030-1050 : 0x1 }",
            "meta mark set iifname map { \"lan0\" : 0x2, \"lan1\" : 0x4 }",
        ]
        if hook == .raw { choices.append("notrack") }
        if [.ingress, .output, .post, .srcnat].contains(hook) {
            choices.removeAll { $0.contains(" map ") }
        }
        if hook != .raw && hook != .ingress {
            choices += ["ct mark set 0x2", "ct mark set meta mark", "meta mark set ct mark"]
        }
        if hasUnknowns { choices.append("limit rate 1000/second burst 5 packets") }
        return pick(choices)
    }

    private mutating func translation() -> String {
        let match = chance(80) ? "\(transport) dport \(portValue())" : "meta l4proto \(transport)"
        let extra = chance(30) ? self.match(.dstnat) + " " : ""
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<3: return "\(extra)\(match) redirect to :\(port())"
        case 3: return "\(extra)\(match) redirect"
        case 4 where !isSix:
            return "\(extra)\(match) dnat \(family == "inet" ? "ip " : "")to 198.18.0.10:\(port())"
        case 5 where isSix:
            return
                "\(extra)\(match) dnat \(family == "inet" ? "ip6 " : "")to [2001:db8:c::10]:\(port())"
        case 6 where !isSix:
            let target = pick(["203.0.113.10", "198.51.100.10", "198.18.0.10"])
            return "\(extra)\(match) dnat \(family == "inet" ? "ip " : "")to \(target)"
        case 7 where !isSix && chance(50):
            return
                "dnat \(family == "inet" ? "ip " : "")to ip daddr . \(transport) dport map { 203.0.113.10 . \(port()) : 198.18.0.10 . \(port()), 198.51.100.10 . \(port()) : 203.0.113.10 . \(port()) }"
        case 7 where !isSix && mapNames.contains { $0.kind == "address" }:
            return "\(match) dnat \(family == "inet" ? "ip " : "")to ip saddr map @targets"
        case 6 where isSix:
            let target = pick(["2001:db8:a::10", "2001:db8:b::10", "2001:db8:c::10"])
            return "\(extra)\(match) dnat \(family == "inet" ? "ip6 " : "")to \(target)"
        case 7 where !isSix:
            return
                "dnat \(family == "inet" ? "ip " : "")to \(transport) dport map { \(port()) : 198.18.0.10 . \(port()) }"
        default: return "\(extra)\(match) accept"
        }
    }

    private mutating func sourceTranslation() -> String {
        let match = self.match(.srcnat)
        if chance(50) { return "\(match) masquerade" }
        if isSix { return "\(match) snat \(family == "inet" ? "ip6 " : "")to 2001:db8:c::1" }
        return "\(match) snat \(family == "inet" ? "ip " : "")to 198.18.0.1"
    }

    /// A table of the netdev family, at one device.
    private mutating func deviceTable() -> RulesetDraft.Table {
        family = "netdev"
        (setNames, mapNames, chainNames) = ([], [], [])
        defer { family = "inet" }
        return RulesetDraft.Table(
            header: "table netdev n", declarations: [], chains: [base(.ingress)])
    }

    /// A rule's end that looks up what to do.
    private mutating func verdictMap(_ hook: Hook) -> String {
        let to = { (grammar: inout Self) -> String in
            guard hook != .ingress, !grammar.chainNames.isEmpty, grammar.chance(50) else {
                return grammar.verdict()
            }
            return "\(grammar.pick(["jump", "goto"])) \(grammar.pick(grammar.chainNames))"
        }
        var choices = [
            "\(transport) dport vmap { \(port()) : \(to(&self)), 1040-1050 : drop }",
            "meta l4proto . th dport vmap { tcp . 1000-\(port()) : \(to(&self)), udp . \(port()) : \(to(&self)) }",
        ]
        if ![.output, .post, .srcnat].contains(hook) {
            choices += [
                "iifname vmap { \"lan0\" : \(to(&self)), \"lan1\" : \(to(&self)) }",
                "iifname . \(transport) dport vmap { \"lan0\" . \(port()) : \(to(&self)) }",
            ]
        } else {
            choices.removeLast()
        }
        if hook != .ingress {
            choices.append(
                "ct state vmap { invalid : drop, established : accept, new : \(to(&self)) }")
            choices.append("meta mark vmap { 0x0 : \(to(&self)), 0x2 : \(to(&self)) }")
        }
        if !isSix && family != "ip6" {
            choices.append(
                "ip saddr vmap { 203.0.113.2 : \(to(&self)), 198.51.100.0/30 : \(to(&self)) }")
        } else if family != "ip" {
            choices.append("ip6 saddr vmap { 2001:db8:a::2 : \(to(&self)) }")
        }
        return pick(choices)
    }
}
