import Prober
import Testing

@testable import Reconcile

/// Texts that list rules, and texts that do not.
@Suite struct RulesetReadingTests {
    static func ruleset(_ texts: String...) throws -> Ruleset {
        try Ruleset(
            texts.map { try RulesetText(recognising: Array($0.utf8), origin: "rules") })
    }

    /// A table of nftables with one input chain of `rules`.
    static func nft(_ rules: String..., policy: String = "accept", family: String = "inet")
        -> String
    {
        let head = """
            {"nftables": [{"metainfo": {"json_schema_version": 1}},
            {"table": {"family": "\(family)", "name": "t", "handle": 1}},
            {"chain": {"family": "\(family)", "table": "t", "name": "i", "handle": 1, "type": "filter",
             "hook": "input", "prio": 0, "policy": "\(policy)"}}
            """
        return rules.enumerated().reduce(head) { text, rule in
            text + """
                ,{"rule": {"family": "\(family)", "table": "t", "chain": "i", "handle": \(rule.offset + 2),
                 "expr": [\(rule.element)]}}
                """
        } + "]}"
    }

    static func port(_ operation: String, _ right: String) -> String {
        """
        {"match": {"op": "\(operation)", "left": {"payload": {"protocol": "tcp", "field": "dport"}},
         "right": \(right)}}
        """
    }

    static func answers(
        _ ruleset: Ruleset, _ transport: Transport = .tcp, _ ports: PortSet
    ) throws -> [String] {
        let flow = Flow(
            from: "198.51.100.2",
            to: "203.0.113.10", over: transport, interface: "eth0")
        return ruleset.answers(to: flow, ports: ports).map {
            "\($0.ports) \($0.decision?.explanation ?? "undecided")"
        }
    }

    @Test(
        "a malformed file is named with its line",
        arguments: [
            ("", "rules:1:1: the file is empty"), ("hello", "rules:1:1: \"hello\" is no listing"),
            ("{\"nftables\": [\n{]}", "rules:2:2: this is not JSON"),
            ("{\"nftables\": [\n{\"table\"", "rules:2:9: the file is incomplete"),
            ("{\"x\": 1}", "rules:1:1: there is no list called \"nftables\""),
            ("*filter\n:INPUT ACCEPT [0:0]\n", "rules:3: the file ends within a table"),
            ("*filter\nINPUT\nCOMMIT", "rules:2: \"INPUT\" does not begin a rule"),
            (
                "*filter\n-A INPUT -j DROP\nCOMMIT",
                "rules:2: the table has no chain called \"INPUT\""
            ),
            ("*filter\n:INPUT MAYBE\nCOMMIT", "rules:2: the policy \"MAYBE\""),
            (
                "*filter\n:INPUT ACCEPT\n-A INPUT -m comment --comment \"a\nCOMMIT",
                "rules:3: a quotation"
            ),
            (
                "create s hash:ip family inet\nadd t 192.0.2.1",
                "rules:2: the set \"t\" was not created"
            ),
        ])
    func malformed(text: String, expected: String) {
        let error = #expect(throws: InputError.self) { try Self.ruleset(text) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.hasPrefix(expected))
        #expect(!text.contains("prober host") && !text.contains("\n"))
    }

    @Test func `a listing as text is undecided, and says what to use`() throws {
        let ruleset = try Self.ruleset("table inet filter {\n}\n")
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [22])) == ["22 undecided"])
        #expect(ruleset.gaps.map(\.explanation).contains { $0.contains("nft -j list ruleset") })
        #expect(
            ruleset.gaps.map(\.explanation)
                == ["cannot read the text form (rules): give `nft -j list ruleset`"])
        let answers = ruleset.answers(
            to: Flow(from: "198.51.100.2", to: "203.0.113.10", over: .tcp))
        #expect(answers.map(\.outcomes.count) == [1])
    }

    /// A table as nft 1.0.6 lists it: no devices, and a flag that is whatever stood in memory.
    private static let oldListing = """
        {"nftables": [{"table": {"family": "netdev", "name": "n", "handle": 1, "flags": "d"}},
        {"chain": {"family": "netdev", "table": "n", "name": "i", "handle": 1, "type": "filter",
         "hook": "ingress", "prio": 0, "policy": "accept"}},
        {"rule": {"family": "netdev", "table": "n", "chain": "i", "handle": 2,
         "expr": [{"drop": null}]}}]}
        """

    private static func textForm(_ flags: String, _ device: String) -> String {
        """
        table netdev n {
        \t\(flags)
        \tchain i {
        \t\ttype filter hook ingress \(device) priority filter; policy accept;
        \t\tlog prefix "{" drop
        \t}
        }

        """
    }

    @Test(
        "the text form tells what JSON lacks",
        arguments: [
            (textForm("flags dormant;", "device \"eth0\""), "7 accepted"),
            (textForm("flags owner", "device \"eth0\""), "7 dropped"),
            (textForm("", "devices = { eth0, eth1 }"), "7 dropped"),
            (textForm("", "device \"eth1\""), "7 accepted"),
            (textForm("", "device \"eth*\""), "7 dropped"),
            // A table that JSON does not have.
            (textForm("", "device \"eth0\"") + "table ip x {\n}\n", "7 undecided"),
            ("table netdev n {\n", "7 undecided"),
        ])
    func headings(text: String, expected: String) throws {
        let ruleset = try Self.ruleset(Self.oldListing, text)
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [7])) == [expected])
    }

    @Test func `a flag that JSON lacks is taken from the text form`() throws {
        let listing = Self.oldListing.replacing(", \"flags\": \"d\"", with: "")
        let text = Self.textForm("flags dormant,owner;", "device \"eth0\"")
            .replacing("netdev n {", with: "netdev n { # progname x")
        let ruleset = try Self.ruleset(listing, text)
        #expect(ruleset.tables.map(\.isDormant) == [true])
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [7])) == ["7 accepted"])
    }

    /// What nft 1.0.6 lists of `meta nfproto ipv6 reject with tcp reset`, with a counter before the
    /// end, and of `ip saddr 198.51.100.2 reject with tcp reset`.
    private static let resets = [
        "{\"reject\": {\"type\": \"tcp reset\"}}",
        "{\"counter\": null}, {\"reject\": {\"type\": \"tcp reset\"}}",
        """
        {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
         "right": "198.51.100.2"}}, {"reject": {"type": "tcp reset"}}
        """,
    ]

    /// The kernel's form of a rule that nft 1.0.6 prints with `--debug=netlink`.
    private static func bytecode(_ comparison: String, handle: Int = 2) -> String {
        """
        inet t @ports
        \telement 00001600  : 0 [end]
        inet t i \(handle)
          [ meta load l4proto => reg 1 ]
          [ cmp eq reg 1 0x00000006 ]
        \(comparison)
          [ reject type 1 code 0 ]

        table inet t {
        \tchain i {
        \t\ttype filter hook input priority filter; policy accept;
        \t\tmeta l4proto tcp reject with tcp reset
        \t}
        }

        """
    }

    private static func load(_ key: String, _ comparison: String) -> String {
        "  [ meta load \(key) => reg 1 ]\n  [ \(comparison) ]"
    }

    @Test(
        "the IP version that nft leaves out before a reset is open, unless its bytecode tells",
        arguments: [
            (0, "inet", nil, "7 undecided"), (1, "inet", nil, "7 rejected (tcp-reset)"),
            (2, "inet", nil, "7 rejected (tcp-reset)"), (0, "ip", nil, "7 rejected (tcp-reset)"),
            (0, "inet", bytecode(""), "7 rejected (tcp-reset)"),
            (0, "inet", bytecode(load("nfproto", "cmp eq reg 1 0x0000000a")), "7 accepted"),
            (
                0, "inet", bytecode(load("protocol", "cmp eq reg 1 0x00000008")),
                "7 rejected (tcp-reset)"
            ),
            (0, "inet", bytecode(load("protocol", "cmp eq reg 1 0x0000dd86")), "7 accepted"),
            (0, "inet", bytecode(load("protocol", "cmp eq reg 1 0x000086dd")), "7 undecided"),
            (0, "inet", bytecode("", handle: 3), "7 undecided"),
            (
                0, "inet",
                bytecode("  [ payload load 2b @ link header + 12 => reg 1 ]"), "7 undecided"
            ),
        ] as [(Int, String, String?, String)])
    func unlistedFamily(rule: Int, family: String, text: String?, expected: String) throws {
        let listing = Self.nft(Self.resets[rule], family: family)
        let ruleset = try text.map { try Self.ruleset(listing, $0) } ?? Self.ruleset(listing)
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [7])) == [expected])
        let told = ruleset.tables[0].chains[0].rules[0].text
        #expect(
            told.hasPrefix("meta nfproto")
                == (text?.contains("cmp eq reg 1 0x00000008") == true || expected == "7 accepted"))
    }

    @Test func `flags that nobody knows leave a table in doubt`() throws {
        let ruleset = try Self.ruleset(Self.oldListing)
        #expect(ruleset.tables.map(\.isDormant) == [nil])
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [7])) == ["7 undecided"])
    }

    @Test func `a table of bridges leaves everything undecided`() throws {
        let ruleset = try Self.ruleset(
            Self.nft("{\"drop\": null}", family: "bridge"))
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [1])) == ["1 undecided"])
    }

    @Test(
        "comparisons mean what the kernel makes of them",
        arguments: [
            (port("==", "22"), "22", "20-21,23-24"), (port("!=", "22"), "20-21,23-24", "22"),
            (port(">", "22"), "23-24", "20-22"), (port("<=", "21"), "20-21", "22-24"),
            (port("==", "{\"set\": [20, {\"range\": [22, 23]}]}"), "20,22-23", "21,24"),
            (port("in", "{\"set\": [20]}"), "20", "21-24"),
            (port("!=", "{\"set\": [20, 21]}"), "22-24", "20-21"),
            (port("==", "{\"range\": [21, 23]}"), "21-23", "20,24"),
        ])
    func comparisons(match: String, dropped: String, accepted: String) throws {
        let ruleset = try Self.ruleset(Self.nft(match + ", {\"drop\": null}"))
        let answers = try Self.answers(ruleset, .tcp, PortSet([20...24]))
        #expect(Set(answers) == ["\(dropped) dropped", "\(accepted) accepted"])
        #expect(try Self.answers(ruleset, .udp, PortSet([20...24])) == ["20-24 accepted"])
    }

    @Test(
        "bits are compared as nft compares them",
        arguments: [
            ("in", "\"syn\"", true), ("in", "[\"syn\", \"ack\"]", true),
            ("in", "[\"ack\", \"rst\"]", false),
            ("==", "\"syn\"", true), ("==", "[\"syn\", \"ack\"]", false), ("!", "\"ack\"", true),
            ("!", "[\"syn\", \"ack\"]", false), ("!=", "{\"|\": [\"syn\", \"ack\"]}", true),
            ("==", "{\"set\": [\"syn\", \"ack\"]}", true),
            ("==", "{\"set\": [\"fin\", \"ack\"]}", false),
        ])
    func flags(operation: String, right: String, matches: Bool) throws {
        let match = """
            {"match": {"op": "\(operation)", "left": {"payload": {"protocol": "tcp", "field": "flags"}},
             "right": \(right)}}, {"drop": null}
            """
        let answers = try Self.answers(
            try Self.ruleset(Self.nft(match)), .tcp, PortSet(ports: [1]))
        #expect(answers == [matches ? "1 dropped" : "1 accepted"])
    }

    @Test(
        "what is not understood is unknown, and never an error",
        arguments: [
            "{\"nosuch\": {\"a\": 1}}, {\"drop\": null}", "\"jump {\\n\\ttcp dport 9 accept\\n}\"",
            "{\"xt\": {\"type\": \"match\", \"name\": \"recent\"}}, {\"drop\": null}",
            "{\"xt\": {\"type\": \"target\", \"name\": \"REJECT\"}}",
            "{\"match\": {\"op\": \"==\", \"left\": {\"meta\": {\"key\": \"random\"}}, \"right\": 5}}, {\"drop\": null}",
            "{\"match\": {\"op\": \"~\", \"left\": {\"meta\": {\"key\": \"mark\"}}, \"right\": 5}}, {\"drop\": null}",
            "{\"match\": 3}, {\"drop\": null}", "{\"queue\": null}",
            "{\"jump\": {\"target\": \"gone\"}}",
            "{\"limit\": {\"rate\": 1, \"per\": \"second\"}}, {\"drop\": null}",
            "{\"limit\": \"named\"}, {\"drop\": null}", "{\"tproxy\": {\"port\": 1}}",
            "{\"vmap\": {\"key\": {\"meta\": {\"key\": \"mark\"}}, \"data\": \"@gone\"}}",
            port("==", "\"@gone\"") + ", {\"drop\": null}",
        ])
    func opaque(statement: String) throws {
        let ruleset = try Self.ruleset(Self.nft(statement))
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [1])) == ["1 undecided"])
    }

    @Test func `what is not understood in a rule that cannot match makes no difference`() throws {
        let ruleset = try Self.ruleset(
            Self.nft(Self.port("==", "9") + ", {\"nosuch\": {}}, {\"drop\": null}"))
        #expect(
            try Set(Self.answers(ruleset, .tcp, PortSet([8...9]))) == ["8 accepted", "9 undecided"])
    }

    @Test func `an object nobody knows makes everything undecided`() throws {
        let ruleset = try Self.ruleset("{\"nftables\": [{\"novelty\": {}}]}")
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [1])) == ["1 undecided"])
    }

    @Test func `chains that go round end`() throws {
        let ruleset = try Self.ruleset(
            "*filter\n:INPUT ACCEPT\n:A - \n:B - \n-A INPUT -j A\n-A A -j B\n-A A -j B\n-A B -j A\nCOMMIT\n"
        )
        #expect(try Self.answers(ruleset, .tcp, PortSet(ports: [1])) == ["1 undecided"])
    }

    @Test func `a table that iptables lists is not taken from nft`() throws {
        let xt = """
            {"nftables": [{"table": {"family": "ip", "name": "filter", "handle": 1}},
            {"chain": {"family": "ip", "table": "filter", "name": "INPUT", "handle": 1, "type": "filter",
             "hook": "input", "prio": 0, "policy": "accept"}},
            {"rule": {"family": "ip", "table": "filter", "chain": "INPUT", "handle": 2,
             "expr": [{"xt": {"type": "match", "name": "multiport"}}, {"drop": null}]}}]}
            """
        let save =
            "*filter\n:INPUT ACCEPT [0:0]\n[4:9] -A INPUT -p tcp -m multiport --dports 1,3 -j DROP\nCOMMIT\n"
        #expect(
            try Self.answers(try Self.ruleset(xt), .tcp, PortSet([1...2])) == ["1-2 undecided"])
        let joined = try Self.ruleset(xt, save)
        #expect(joined.tables.map(\.engine) == [.iptables])
        #expect(
            try Self.answers(joined, .tcp, PortSet([1...2])) == ["1 dropped", "2 accepted"])
    }

    @Test(
        "sets of ipset hold addresses and ports",
        arguments: [
            ("hash:ip family inet", "198.51.100.2", "src", true),
            ("hash:net family inet", "198.51.100.0/24", "src", true),
            ("hash:net family inet", "203.0.113.0/24", "src", false),
            ("hash:net,port family inet", "198.51.100.0/24,tcp:7", "src,dst", true),
            ("hash:net,port family inet", "198.51.100.0/24,udp:7", "src,dst", false),
            ("bitmap:port range 0-1000", "5-9", "dst", true),
            ("hash:ip family inet6", "2001:db8::1", "src", false),
            (
                "hash:net family inet", "198.51.100.0/24\nadd s 198.51.100.0/30 nomatch", "src",
                false
            ),
            ("hash:net family inet", "198.51.100.0/30 nomatch\nadd s 198.51.100.2", "src", true),
            ("hash:net,iface family inet", "198.51.100.0/24,eth0", "src,src", true),
            ("hash:net,iface family inet", "198.51.100.0/24,eth1", "src,src", false),
            (
                "hash:ip family inet",
                "198.51.100.2\ncreate l list:set size 8\nadd l s\ncreate o hash:ip", "src", true
            ),
        ])
    func addressSets(kind: String, element: String, directions: String, matches: Bool) throws {
        let ruleset = try Self.ruleset(
            "create s \(kind)\nadd s \(element)\n",
            "*filter\n:INPUT ACCEPT\n-A INPUT -m set --match-set s \(directions) -j DROP\nCOMMIT\n")
        #expect(
            try Self.answers(ruleset, .tcp, PortSet(ports: [7]))
                == [matches ? "7 dropped" : "7 accepted"])
    }

    @Test("no bytes make a reader trap", arguments: [UInt64(1), 2, 3, 4])
    func mutations(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let texts = [
            Self.nft(Self.port("==", "{\"set\": [1, {\"range\": [2, 3]}]}"), "{\"reject\": null}"),
            "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m multiport --dports 1,2:3 -m mark ! --mark 0x1/0xff -j DNAT --to-destination 10.0.0.1-10.0.0.2:80-90\nCOMMIT\n",
            "create s hash:net,port family inet\nadd s 10.0.0.0/8,tcp:80-90 timeout 9 nomatch\n",
        ]
        for _ in 0..<400 {
            var bytes = Array(texts[Int.random(in: texts.indices, using: &random)].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[place], at: place)
                }
            }
            guard let text = try? RulesetText(recognising: bytes, origin: "x"),
                let ruleset = try? Ruleset([text])
            else { continue }
            let answers = try Self.answers(ruleset, .tcp, PortSet([1...100]))
            #expect(!answers.isEmpty)
        }
    }

    /// A table of nftables may be called as one of iptables is, and then iptables cannot show it.
    @Test func `a table that iptables cannot show is no gap where nft shows it`() throws {
        let listing = """
            {"nftables": [{"table": {"family": "ip", "name": "nat", "handle": 1}}]}
            """
        let save = """
            # Table `nat' contains incompatible base-chains, use 'nft' tool to list them.
            *filter
            :INPUT ACCEPT [0:0]
            COMMIT

            """
        let iptables = RulesetText(.iptables, origin: "a", text: Array(save.utf8))
        let nft = RulesetText(.nftJSON, origin: "b", text: Array(listing.utf8))
        #expect(try Ruleset([iptables]).gaps.count == 1)
        #expect(try Ruleset([nft, iptables]).gaps.isEmpty)
        #expect(try Ruleset([iptables, nft]).gaps.isEmpty)
    }
}
