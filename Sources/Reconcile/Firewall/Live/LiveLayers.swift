public import Prober
import SystemPackage

/// Looks for layers of the kernel that decide about packets and that no listing of rules shows.
struct LiveLayers {
    let source: FirewallSource

    /// The layers that are in use.
    func gaps() -> [RulesetGap] {
        hooks() + links() + queues() + routes() + policies() + balancer() + controlGroups()
    }

    /// What stands at the hooks beside chains (`nft list hooks`), where the kernel tells.
    ///
    /// An empty list means that the kernel was built without it, and proves nothing.
    private func hooks() -> [RulesetGap] {
        guard case .printed(let text) = source.run("nft", ["list", "hooks"]) else {
            return []
        }
        return Self.unknownHooks(in: String(decoding: text, as: UTF8.self)).map {
            .layer("the netfilter hook \($0)")
        }
    }

    /// The functions in a listing of hooks that are no chains, and none that only watch.
    static func unknownHooks(in text: String) -> [String] {
        // Connection tracking, translation and defragmentation are part of the evaluation.
        let known = [
            "chain ", "nf_conntrack", "ipv4_conntrack", "ipv6_conntrack", "nf_nat", "nf_confirm",
            "conntrack_defrag", "ipt_do_table", "ip6t_do_table", "iptable_", "ip6table_",
            "selinux_", "apparmor_", "nft_do_chain", "ip_sabotage", "br_nf",
        ]
        let isHook = { (line: Substring) in
            line.first { $0 != " " && $0 != "\t" }.map { "+-0123456789".contains($0) } ?? false
        }
        var found: [String] = []
        for line in text.split(whereSeparator: \.isNewline) where isHook(line) {
            let name = line.split(whereSeparator: \.isWhitespace).dropFirst()
                .joined(separator: " ")
            let isKnown = known.contains { name.hasPrefix($0) || name.contains(" \($0)") }
            if !isKnown && !found.contains(name) { found.append(name) }
        }
        return found
    }

    private func json(_ program: String, _ arguments: [String]) -> [JSONValue] {
        guard case .printed(let text) = source.run(program, arguments),
            case .array(let entries)? = try? JSONValue(parsing: text, source: program)
        else { return [] }
        return entries
    }

    private func links() -> [RulesetGap] {
        json("ip", ["-j", "link", "show"]).compactMap { link in
            guard link["xdp"] != nil else { return nil }
            return .layer("the XDP program on \(link["ifname"]?.string ?? "an interface")")
        }
    }

    private func queues() -> [RulesetGap] {
        json("tc", ["-j", "qdisc", "show"]).compactMap { queue in
            guard ["clsact", "ingress"].contains(queue["kind"]?.string ?? "") else { return nil }
            return .layer("the traffic control filter on \(queue["dev"]?.string ?? "an interface")")
        }
    }

    /// Rules of routing that refuse packets; those that only choose a table do not.
    private func routes() -> [RulesetGap] {
        json("ip", ["-j", "rule", "show"]).compactMap { rule in
            let action = rule["action"]?.string ?? ""
            guard ["blackhole", "prohibit", "unreachable"].contains(action) else { return nil }
            return .layer("the routing rule \(rule["priority"]?.integer ?? 0) (\(action))")
        }
    }

    private func policies() -> [RulesetGap] {
        guard case .printed(let text) = source.run("ip", ["xfrm", "policy"]), !text.isEmpty
        else { return [] }
        return [.layer("an IPsec policy")]
    }

    /// IPVS lists its services after three lines of headings.
    private func balancer() -> [RulesetGap] {
        let text = try? source.networkFile("ip_vs")
        let lines = (text ?? []).split(separator: UInt8(ascii: "\n"))
        return lines.count > 3 ? [.layer("IPVS")] : []
    }

    /// What systemd attaches for IPAddressDeny= and the like, where a tool can list it.
    private func controlGroups() -> [RulesetGap] {
        guard case .printed(let text) = source.run("bpftool", ["cgroup", "tree"]),
            String(decoding: text, as: UTF8.self).contains("cgroup_inet_ingress")
        else { return [] }
        return [.layer("a control group's filter (IPAddressDeny= of systemd)")]
    }
}

extension LiveFirewall {
    /// The interface that packets from `address` come in through, if answers to it leave there.
    public static func interface(toward address: IPAddress) -> String? {
        guard
            case .printed(let text) = FirewallSource.thisMachine.run(
                "ip", ["-j", "route", "get", "\(address)"]),
            case .array(let routes)? = try? JSONValue(parsing: text, source: "ip"),
            let route = routes.first, route["type"]?.string != "local"
        else { return nil }
        return route["dev"]?.string
    }

    /// What this machine says of its addresses.
    public static func host() -> FirewallHost {
        guard let found = try? HostAddresses.read(), !found.isInterrupted else {
            return FirewallHost()
        }
        return FirewallHost(addresses: found.addresses, hasAllAddresses: true)
    }
}
