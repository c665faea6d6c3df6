import Prober

extension NFTGrammar {
    /// A match that a rule at `hook` may have.
    mutating func match(_ hook: Hook) -> String {
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
            "meta pkttype unicast", "th dport & 0x3f8 == 0x3e8", "@th,16,16 \(port())",
            "th sport >= 1024", "meta l4proto . th dport { tcp . \(portValue()), udp . \(port()) }",
            "fib daddr type != local", "fib saddr type != local",
        ]
        if family == "inet" {
            choices += [
                "meta nfproto ipv6", "meta nfproto ipv4", "meta protocol ip", "meta protocol ip6",
                "meta nfproto . th dport { ipv4 . \(port()), ipv6 . \(portValue()) }",
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
                "ip saddr & 0.0.0.1 == 0.0.0.1", "ip option lsrr exists",
                "ip saddr . ip daddr . tcp dport { 203.0.113.0/24 . 203.0.113.10 . \(portRange()) }",
                "ip daddr { 198.18.0.0/24, 198.51.100.10 }", "ip daddr 198.18.0.1",
            ]
        }
        if family != "ip" {
            choices += [
                "ip6 saddr 2001:db8:a::2", "ip6 saddr 2001:db8:a::/64",
                "ip6 daddr != 2001:db8:b::10",
                "ip6 saddr . udp dport { 2001:db8:a::3 . \(port()) }", "ip6 nexthdr udp",
                "icmpv6 type { echo-request, nd-neighbor-solicit }", "exthdr hbh exists",
                "ip6 daddr { 2001:db8:c::/64, 2001:db8:b::10 }",
            ]
        }
        switch hook {
        case .ingress, .input, .mangle, .raw, .dstnat, .forward, .filter:
            choices += [
                "iifname \"lan0\"", "iifname \"lan*\"", "iifname { \"lan1\", \"lo\" }", "iif lo",
                "iifname != \"lan0\"", "iifname . \(transport) dport { \"lan1\" . \(port()) }",
            ]
        case .output, .post, .srcnat:
            // Answers go to a port that the kernel chose, and refusals have none.
            choices.removeAll { $0.contains("th dport") || $0.hasPrefix("@th") }
            choices += ["oifname \"lan0\"", "oifname != \"lan1\"", "oif lo"]
        }
        if [.mangle, .raw, .dstnat, .input].contains(hook) {
            choices += [
                "fib saddr . iif oif exists", "fib saddr . iif oif missing",
                "fib daddr . iif type local", "fib saddr . mark . iif oif exists",
            ]
        }
        choices += [
            "ct state new", "ct state established,related", "ct state invalid",
            "ct state { new, untracked }",
            "ct state != established", "ct state vmap { invalid : drop, established : accept }",
            "ct status dnat", "ct direction original", "ct mark 0x2", "ct status != dnat",
            "ct state . meta mark { new . 0x2, new . 0x0, established . 0x0 }",
            "meta l4proto \(transport) ct original proto-dst \(port())",
            "meta l4proto \(transport) ct reply proto-src \(port())",
        ]
        if family != "ip6" {
            choices += ["ct original ip daddr 203.0.113.10", "ct reply ip saddr 198.18.0.10"]
        }
        if family != "ip" { choices += ["ct original ip6 saddr 2001:db8:a::2"] }
        for (name, kind) in setNames {
            switch kind {
            case "port": choices += ["tcp dport @\(name)", "th dport != @\(name)"]
            case "ip": choices += ["ip saddr @\(name)", "ip saddr != @\(name)"]
            case "name" where ![.output, .post, .srcnat].contains(hook):
                choices += ["iifname @\(name)", "iifname != @\(name)"]
            case "name": break
            case "mark": choices += ["meta mark @\(name)", "meta mark != @\(name)"]
            case "ip6": choices += ["ip6 saddr @\(name)", "ip6 saddr != @\(name)"]
            default: choices += ["ip saddr . tcp dport @\(name)"]
            }
        }
        // nft refuses what could never match: one transport and one family a rule.
        let others = transport == "tcp" ? ["udp "] : ["tcp "]
        let wrong =
            others + ["icmp"]
            + (isSix
                ? ["ip saddr", "ip daddr", "ip version", "ip frag", "ip proto", "ip option"]
                : ["ip6 ", "exthdr"])
            + (isSix ? ["nfproto ipv4"] : ["nfproto ipv6"])
        if hook == .ingress {
            choices.removeAll {
                $0.contains("ct ") || $0.contains("fib") || $0.contains("pkttype")
            }
        }
        choices.removeAll { choice in
            // Beside a match of the other family nft would not list this one again.
            choice == (isSix ? "meta protocol ip" : "meta protocol ip6")
                || !choice.hasPrefix("meta l4proto . ") && wrong.contains { choice.contains($0) }
        }
        let chosen = pick(choices)
        // A map ends what a match begins; one that is drawn stands for itself.
        return chosen.contains("vmap") ? "ct state new" : chosen
    }
}
