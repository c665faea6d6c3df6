import Prober

/// Draws rulesets of nftables from everything that the evaluation decides, and some that it does not.
struct NFTGrammar {
    private var random: SplitMix64
    private var setNames: [(name: String, kind: String)] = []
    private var mapNames: [(name: String, kind: String)] = []
    private var chainNames: [String] = []
    private var family = "inet"
    /// Whether rules may ask for what is not known: rates, random numbers.
    private let hasUnknowns: Bool

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
        return RulesetDraft(tool: .nft, tables: tables)
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func port() -> Int {
        1000 + Int.random(in: 0..<FirewallLab.portCount, using: &random)
    }

    private mutating func portRange() -> String {
        let low = port()
        return "\(low)-\(min(low + Int.random(in: 1...8, using: &random), 1040))"
    }

    private mutating func portValue() -> String { chance(60) ? "\(port())" : portRange() }

    private mutating func distinct(_ count: Int, _ make: (inout Self) -> String) -> [String] {
        var found: [String] = []
        for _ in 0..<count {
            let value = make(&self)
            if !found.contains(value) { found.append(value) }
        }
        return found
    }

    /// Ports and ranges of them that do not overlap.
    private mutating func portElements() -> [String] {
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

    private enum Hook { case raw, mangle, dstnat, filter, input, forward, output, post }

    private mutating func hooks() -> [Hook] {
        var hooks: [Hook] = [.input]
        if chance(30) { hooks.append(.input) }
        if chance(20) { hooks.append(.raw) }
        if chance(30) { hooks.append(.mangle) }
        if chance(35) { hooks.append(.dstnat) }
        if chance(25) { hooks.append(.forward) }
        if chance(15) { hooks.append(.output) }
        if chance(8) { hooks.append(.post) }
        return hooks
    }

    private var usedNames = 0

    private mutating func base(_ hook: Hook) -> RulesetDraft.Chain {
        usedNames += 1
        let (kind, place, priority): (String, String, String) =
            switch hook {
            case .raw: ("filter", "prerouting", "\(pick([-300, -290, -310]))")
            case .mangle: ("filter", "prerouting", "\(pick([-150, -140, -50, 10]))")
            case .dstnat: ("nat", "prerouting", "\(pick([-100, -90, -120]))")
            case .filter, .input: ("filter", "input", "\(pick([0, 0, -10, 5, 50, -150]))")
            case .forward: ("filter", "forward", "\(pick([0, 0, 10]))")
            case .output: ("filter", "output", "\(pick([0, 0, -300, 10]))")
            case .post: ("filter", "postrouting", "\(pick([0, 50]))")
            }
        let mayDrop: Bool =
            switch hook {
            case .input, .filter, .forward: chance(45)
            case .output: chance(20)
            case .raw, .mangle, .dstnat, .post: false
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

    private mutating func verdict() -> String { pick(["accept", "drop"]) }

    private mutating func rules(_ hook: Hook) -> [String] {
        (0..<Int.random(in: 1...7, using: &random)).map { _ in rule(hook) }
    }

    /// What the matches of one rule are about, so that they do not contradict each other.
    private var transport = "tcp"
    private var isSix = false

    private mutating func rule(_ hook: Hook) -> String {
        transport = pick(["tcp", "udp"])
        isSix = family == "ip6" || family == "inet" && chance(50)
        if hook == .dstnat && chance(75) { return translation() }
        var parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in match(hook) }
        if chance(20) { parts.append(effect(hook)) }
        if chance(15) { parts.append(match(hook)) }
        parts.append(ending(hook))
        return parts.joined(separator: " ")
    }

    private mutating func ending(_ hook: Hook) -> String {
        if !chainNames.isEmpty && chance(30) {
            return "\(pick(["jump", "jump", "goto"])) \(pick(chainNames))"
        }
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<8: return "accept"
        case 8..<12: return "drop"
        case 12: return "return"
        case 13: return "counter"
        case 14: return "log prefix \"x\" continue"
        case 15:
            let map = "{ \(portValue()) : accept, \(pick(["1050", "1060"])) : drop }"
            if mapNames.isEmpty || chance(50) { return "\(transport) dport vmap \(map)" }
            return "\(pick([transport, "th"])) dport vmap @verdicts"
        default: return reject(hook)
        }
    }

    private mutating func reject(_ hook: Hook) -> String {
        // The kernel refuses rejects before prerouting's routing in nat chains.
        if hook == .dstnat { return "accept" }
        switch family {
        case "ip":
            return pick([
                "reject", "reject with icmp port-unreachable", "reject with icmp net-unreachable",
                "reject with icmp host-prohibited", "reject with icmp admin-prohibited",
                "reject with icmp host-unreachable", "reject with icmp net-prohibited",
                transport == "tcp" ? "reject with tcp reset" : "reject",
            ])
        case "ip6":
            return pick([
                "reject", "reject with icmpv6 no-route", "reject with icmpv6 admin-prohibited",
                "reject with icmpv6 addr-unreachable", "reject with icmpv6 port-unreachable",
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
        ]
        if hook == .raw { choices.append("notrack") }
        if hook != .raw {
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
        case 7 where !isSix:
            return
                "dnat \(family == "inet" ? "ip " : "")to \(transport) dport map { \(port()) : 198.18.0.10 . \(port()) }"
        default: return "\(extra)\(match) accept"
        }
    }
}

extension NFTGrammar {
    private mutating func match(_ hook: Hook) -> String {
        var choices: [String] = [
            "tcp dport \(portValue())", "udp dport \(portValue())", "th dport \(portValue())",
            "tcp dport { \(portElements().joined(separator: ", ")) }",
            "udp dport != { \(portElements().joined(separator: ", ")) }",
            "tcp dport != \(port())", "tcp dport > \(port())", "udp dport <= \(port())",
            "meta l4proto tcp", "meta l4proto udp", "meta l4proto { tcp, udp }",
            "meta l4proto != tcp",
            "tcp flags & (fin|syn|rst|ack) == syn", "tcp flags syn", "tcp flags != syn",
            "tcp flags & (syn|ack) == (syn|ack)", "tcp flags ! ack", "tcp flags { syn, ack }",
            "tcp sport 1024-65535", "udp sport < 1024", "meta mark 0x2", "meta mark & 0x1 == 0x1",
            "meta mark != 0", "fib daddr type local", "th dport & 1 == 1",
            "meta pkttype unicast",
        ]
        if family == "inet" {
            choices += [
                "meta nfproto ipv6", "meta nfproto ipv4", "meta protocol ip", "meta protocol ip6",
            ]
        }
        if family != "ip6" {
            choices += [
                "ip saddr 203.0.113.2", "ip saddr 203.0.113.0/24", "ip saddr != 198.51.100.2",
                "ip saddr { 203.0.113.2, 198.51.100.0/31 }", "ip daddr 203.0.113.10",
                "ip protocol tcp",
                "ip saddr . tcp dport { 203.0.113.3 . \(port()), 198.51.100.2 . \(port()) }",
                "ip daddr . meta l4proto . th dport { 203.0.113.10 . tcp . \(port()), 198.51.100.10 . udp . \(port()) }",
                "ip version 4", "ip frag-off & 0x1fff != 0", "icmp type echo-request",
            ]
        }
        if family != "ip" {
            choices += [
                "ip6 saddr 2001:db8:a::2", "ip6 saddr 2001:db8:a::/64",
                "ip6 daddr != 2001:db8:b::10",
                "ip6 saddr . udp dport { 2001:db8:a::3 . \(port()) }", "ip6 nexthdr udp",
                "icmpv6 type { echo-request, nd-neighbor-solicit }",
            ]
        }
        switch hook {
        case .input, .mangle, .raw, .dstnat, .forward, .filter:
            choices += [
                "iifname \"lan0\"", "iifname \"lan*\"", "iifname { \"lan1\", \"lo\" }", "iif lo",
                "iifname != \"lan0\"",
            ]
        case .output, .post:
            // Answers go to a port that the kernel chose, and refusals have none.
            choices.removeAll { $0.hasPrefix("th dport") }
            choices += ["oifname \"lan0\"", "oifname != \"lan1\"", "oif lo"]
        }
        choices += [
            "ct state new", "ct state established,related", "ct state invalid",
            "ct state { new, untracked }",
            "ct state != established", "ct state vmap { invalid : drop, established : accept }",
            "ct status dnat", "ct direction original", "ct mark 0x2",
        ]
        for (name, kind) in setNames {
            switch kind {
            case "port": choices += ["tcp dport @\(name)", "th dport != @\(name)"]
            case "ip": choices += ["ip saddr @\(name)", "ip saddr != @\(name)"]
            case "ip6": choices += ["ip6 saddr @\(name)", "ip6 saddr != @\(name)"]
            default: choices += ["ip saddr . tcp dport @\(name)"]
            }
        }
        // nft refuses what could never match: one transport and one family a rule.
        let others = transport == "tcp" ? ["udp "] : ["tcp "]
        let wrong =
            others + ["icmp"]
            + (isSix ? ["ip saddr", "ip daddr", "ip version", "ip frag", "ip proto"] : ["ip6 "])
            + (isSix ? ["nfproto ipv4"] : ["nfproto ipv6"])
        do {
            // Beside a match of the other family nft would not list this one again.
            choices.removeAll { choice in
                choice == (isSix ? "meta protocol ip" : "meta protocol ip6")
                    || wrong.contains { choice.contains($0) }
            }
        }
        let chosen = pick(choices)
        // A map ends what a match begins; one that is drawn stands for itself.
        return chosen.contains("vmap") ? "ct state new" : chosen
    }
}
