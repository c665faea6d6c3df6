import Prober

/// Draws rulesets of iptables and ip6tables.
struct IPTablesGrammar {
    private var random: SplitMix64
    private var isSix = false
    private var chains: [String] = []

    /// Whether there are sets to look into.
    private let hasSets: Bool
    /// Whether rules may ask for what is not known.
    private let hasUnknowns: Bool

    init(seed: UInt64, hasSets: Bool) {
        random = SplitMix64(state: seed &+ 0x1234_5678)
        self.hasSets = hasSets
        hasUnknowns = seed % 16 == 0
    }

    /// A ruleset of both families.
    mutating func draft(_ tool: RulesetDraft.Tool) -> RulesetDraft {
        var draft = RulesetDraft(tool: tool, tables: [])
        isSix = false
        draft.tables = tables()
        isSix = true
        draft.tables6 = tables()
        return draft
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

    private mutating func ports(_ separator: String = ":") -> String {
        let low = port()
        return chance(60)
            ? "\(low)" : "\(low)\(separator)\(low + Int.random(in: 1...8, using: &random))"
    }

    private mutating func tables() -> [RulesetDraft.Table] {
        [
            table("raw", ["PREROUTING", "OUTPUT"], rules: 20),
            table(
                "mangle", ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"], rules: 30),
            table("nat", ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"], rules: 40),
            table("filter", ["INPUT", "FORWARD", "OUTPUT"], rules: 100),
        ]
    }

    private mutating func table(
        _ name: String, _ hooks: [String], rules share: Int
    ) -> RulesetDraft.Table {
        chains = []
        let own = name == "filter" ? ["A", "B", "C"] : ["A"]
        var table = RulesetDraft.Table(header: "*\(name)", declarations: [], chains: [])
        for chain in hooks {
            let drops = name == "filter" && chain != "OUTPUT" && chance(45)
            table.chains.append(
                RulesetDraft.Chain(
                    header: [":\(chain) \(drops ? "DROP" : "ACCEPT") [0:0]"], rules: [],
                    isBase: true))
        }
        for chain in own {
            table.chains.append(
                RulesetDraft.Chain(header: [":\(chain) - [0:0]"], rules: [], isBase: false))
        }
        guard chance(share) else { return table }
        for index in own.indices {
            table.chains[hooks.count + index].rules = rules(name, own[index], 4)
            chains.append(own[index])
        }
        for (index, hook) in hooks.enumerated() {
            let isRare = ["OUTPUT", "POSTROUTING"].contains(hook)
            let isLate = name == "nat" && (hook == "INPUT" || hook == "OUTPUT")
            if isRare && !chance(15) || isLate && !chance(10) { continue }
            table.chains[index].rules = rules(name, hook, 8)
        }
        return table
    }

    private mutating func rules(_ table: String, _ chain: String, _ count: Int) -> [String] {
        (0..<Int.random(in: 1...count, using: &random)).map { _ in
            var parts = ["-A \(chain)"]
            let transport = pick(["tcp", "udp", "tcp", ""])
            if !transport.isEmpty { parts.append("-p \(transport)") }
            var kinds: Set<String> = []
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let match = match(transport, table, chain)
                // iptables takes each option once.
                let kind =
                    match.contains("port")
                    ? "port"
                    : match.split(separator: " ")
                        .first { $0 != "!" }.map(String.init) ?? ""
                if kind != "-m" || match.contains("port") {
                    guard kinds.insert(kind == "--tcp-flags" ? "--syn" : kind).inserted else {
                        continue
                    }
                }
                parts.append(match)
            }
            let target = target(transport, table, chain)
            parts.append(chains.contains(target) && chance(30) ? "-g \(target)" : "-j \(target)")
            return parts.joined(separator: " ")
        }
    }

    private mutating func match(_ transport: String, _ table: String, _ chain: String) -> String {
        var choices = [
            "-m mark --mark 0x2", "-m mark ! --mark 0x1/0x1", "-m addrtype --dst-type LOCAL",
            "-m addrtype ! --src-type LOCAL", "-m pkttype --pkt-type unicast",
            "-m comment --comment \"a b\"",
        ]
        if hasUnknowns {
            choices += [
                "-m limit --limit 5/second", "-m statistic --mode random --probability 0.5",
            ]
        }
        if hasSets {
            choices += [
                "-m set --match-set ports dst", "-m set ! --match-set ports dst",
                isSix ? "-m set --match-set six src" : "-m set --match-set four src",
            ]
            if !isSix {
                choices += [
                    "-m set --match-set nets src", "-m set ! --match-set nets src",
                    "-m set --match-set pairs src,dst", "-m set --match-set blocks src,dst",
                    "-m set --match-set all src", "-m set --match-set places src,src",
                ]
            }
        }
        if chain == "PREROUTING" && (table == "raw" || table == "mangle") {
            choices += ["-m rpfilter", "-m rpfilter --invert"]
        }
        if ["PREROUTING", "INPUT"].contains(chain) {
            choices.append("-m addrtype --dst-type LOCAL --limit-iface-in")
        }
        if transport == "tcp" {
            choices += ["--syn", "--tcp-flags SYN,ACK SYN", "! --syn", "--sport 1024:65535"]
        }
        if !transport.isEmpty {
            choices += [
                "--dport \(ports())", "! --dport \(ports())", "--dport \(port()):",
                "-m multiport --dports \(port()),\(ports())",
                "-m multiport ! --dports \(ports()),\(port())",
                "-m multiport --ports \(ports()),\(port())", "--dport \(ports())",
                "--dport \(ports())",
            ]
        }
        if chain != "OUTPUT" && chain != "POSTROUTING" && !chains.contains(chain) && chain.count > 1
        {
            choices += ["-i lan0", "-i lan+", "! -i lan1", "-i lo"]
        }
        choices +=
            isSix
            ? [
                "-s 2001:db8:a::2", "-s 2001:db8:a::/64", "! -s 2001:db8:b::3", "-d 2001:db8:a::10",
                "-m iprange --src-range 2001:db8:a::2-2001:db8:a::3",
            ]
            : [
                "-s 203.0.113.2", "-s 203.0.113.0/24", "! -s 198.51.100.3", "-d 203.0.113.10",
                "-m iprange --src-range 203.0.113.2-203.0.113.3",
                "-m iprange ! --dst-range 203.0.113.1-203.0.113.20",
                "-s 198.51.100.0/31", "! -f",
            ]
        if table != "raw" {
            choices += [
                "-m conntrack --ctstate NEW", "-m conntrack --ctstate RELATED,ESTABLISHED",
                "-m conntrack --ctstate INVALID", "-m state --state NEW,UNTRACKED",
                "-m conntrack ! --ctstate NEW", "-m conntrack --ctstate DNAT",
                "-m conntrack --ctdir ORIGINAL", "-m connmark --mark 0x2",
                "-m conntrack --ctstatus NONE", "-m conntrack --ctstatus CONFIRMED",
                isSix
                    ? "-m conntrack --ctorigdst 2001:db8:a::10"
                    : "-m conntrack --ctorigdst 203.0.113.10",
                isSix
                    ? "-m conntrack --ctreplsrc 2001:db8:c::10"
                    : "-m conntrack --ctreplsrc 198.18.0.10",
            ]
            if !transport.isEmpty {
                choices += [
                    "-m conntrack --ctorigdstport \(ports())",
                    "-m conntrack ! --ctreplsrcport \(port())",
                ]
            }
        }
        return pick(choices)
    }

    private mutating func target(_ transport: String, _ table: String, _ chain: String) -> String {
        if !chains.isEmpty && chance(25) { return pick(chains) }
        switch table {
        case "raw": return pick(["CT --notrack", "ACCEPT", "DROP", "RETURN"])
        case "mangle":
            return pick([
                "MARK --set-xmark 0x2/0xffffffff", "MARK --set-xmark 0x1/0x1", "MARK --or-mark 0x4",
                "CONNMARK --save-mark", "CONNMARK --restore-mark", "CONNMARK --set-mark 0x2",
                "ACCEPT", "DROP",
            ])
        case "nat":
            if chain == "POSTROUTING" {
                return pick([
                    "MASQUERADE", "SNAT --to-source \(isSix ? "2001:db8:c::1" : "198.18.0.1")",
                    "ACCEPT",
                ])
            }
            if transport.isEmpty || chain.count == 1 || chain == "INPUT" {
                return pick(["RETURN", "ACCEPT"])
            }
            let local = isSix ? "[2001:db8:c::10]" : "198.18.0.10"
            return pick([
                "REDIRECT --to-ports \(port())", "REDIRECT",
                "DNAT --to-destination \(local):\(port())",
                "DNAT --to-destination \(local)", "DNAT --to-destination :\(port())", "ACCEPT",
            ])
        default:
            var choices = [
                "ACCEPT", "ACCEPT", "ACCEPT", "DROP", "RETURN", "LOG --log-prefix \"x y\"",
                "REJECT",
            ]
            if transport == "tcp" { choices.append("REJECT --reject-with tcp-reset") }
            choices +=
                isSix
                ? [
                    "REJECT --reject-with icmp6-adm-prohibited",
                    "REJECT --reject-with icmp6-no-route",
                    "REJECT --reject-with icmp6-addr-unreachable",
                ]
                : [
                    "REJECT --reject-with icmp-host-prohibited",
                    "REJECT --reject-with icmp-admin-prohibited",
                    "REJECT --reject-with icmp-net-unreachable",
                    "REJECT --reject-with icmp-host-unreachable",
                    "REJECT --reject-with icmp-proto-unreachable",
                ]
            return pick(choices)
        }
    }
}
