import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// Rulesets in the shapes that real hosts have (`Tests/Fixtures/firewall`).
@Suite struct RealRulesetTests {
    static func ruleset(_ names: String...) throws -> Ruleset {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/firewall")
        return try Ruleset(
            names.map { name in
                let path = folder.appending(path: name).path()
                return try RulesetText(
                    recognising: try FileContents.bytes(of: path, atMost: 1 << 20), origin: name)
            })
    }

    static let host: FirewallHost = {
        let addresses: [(String, Int, String)] = [
            ("203.0.113.10", 24, "eth0"), ("2001:db8:b::10", 64, "eth0"),
            ("172.17.0.1", 16, "docker0"), ("192.168.122.1", 24, "virbr0"),
            ("10.180.0.1", 24, "cni0"),
        ]
        return FirewallHost(
            addresses: addresses.compactMap { text, length, name in
                IPAddress(text).map { HostAddress($0, prefixLength: length, interface: name) }
            }, hasAllAddresses: true)
    }()

    static func outcome(
        _ ruleset: Ruleset, _ source: String, _ transport: Transport, _ port: UInt16,
        to destination: String? = nil, interface: String? = "eth0",
        _ assumption: FirewallAssumption = .strict
    ) throws -> String {
        let source = try #require(IPAddress(source))
        let own = source.family == .ipv4 ? "203.0.113.10" : "2001:db8:b::10"
        let flow = Flow(
            from: source, to: try #require(IPAddress(destination ?? own)), over: transport,
            interface: interface)
        let answers = ruleset.answers(
            to: flow, ports: PortSet(ports: [port]), on: host, assuming: assumption)
        #expect(answers.count == 1)
        return answers.first?.decision?.explanation ?? "undecided"
    }

    @Test(
        "a shape is followed as its program means it",
        arguments: [
            ("debian.json", "198.51.100.2", Transport.tcp, UInt16(22), "accepted"),
            ("debian.json", "2001:db8:a::2", .udp, 53, "accepted"),
            ("server.json", "198.51.100.2", .tcp, 22, "accepted"),
            (
                "server.json", "198.51.100.99", .tcp, 22,
                "rejected (icmp-administratively-prohibited)"
            ),
            ("server.json", "198.51.100.99", .tcp, 443, "accepted"),
            ("server.json", "198.51.100.99", .tcp, 25, "undecided"),
            // The refusal is one of IPv4 only; IPv6 falls through to the policy.
            ("server.json", "2001:db8:a::2", .tcp, 22, "dropped"),
            ("server.json", "2001:db8:a::2", .udp, 443, "accepted"),
            ("firewalld.json", "198.51.100.2", .tcp, 22, "accepted"),
            ("firewalld.json", "198.51.100.2", .tcp, 9090, "accepted"),
            (
                "firewalld.json", "198.51.100.2", .tcp, 80,
                "rejected (icmp-administratively-prohibited)"
            ),
            (
                "firewalld.json", "198.51.100.70", .tcp, 9090,
                "rejected (icmp-administratively-prohibited)"
            ),
            ("firewalld.json", "198.51.100.70", .udp, 137, "accepted"),
            ("docker.json", "198.51.100.2", .tcp, 8080, "translated to 172.17.0.2:80"),
            ("docker.json", "198.51.100.2", .tcp, 80, "accepted"),
            ("docker.json", "198.51.100.2", .udp, 8080, "accepted"),
            ("docker-iptables.save", "198.51.100.2", .tcp, 8080, "translated to 172.17.0.2:80"),
            // The rule that translates is there, the one that lets it through is not.
            ("docker-iptables.save", "198.51.100.2", .tcp, 8081, "dropped"),
            ("fail2ban.json", "198.51.100.2", .tcp, 22, "rejected (icmp-port-unreachable)"),
            ("fail2ban.json", "198.51.100.3", .tcp, 22, "accepted"),
            ("fail2ban.json", "198.51.100.3", .tcp, 25, "dropped"),
            ("libvirt.json", "198.51.100.2", .tcp, 22, "accepted"),
            ("kube-proxy.json", "198.51.100.2", .tcp, 30080, "undecided"),
            ("kube-proxy.json", "198.51.100.2", .tcp, 30999, "rejected (icmp-port-unreachable)"),
            ("kube-proxy.json", "198.51.100.2", .tcp, 22, "accepted"),
            ("ufw.save", "198.51.100.2", .tcp, 80, "accepted"),
            ("ufw.save", "198.51.100.2", .tcp, 5432, "accepted"),
            ("ufw.save", "203.0.113.77", .tcp, 5432, "dropped"),
            ("ufw.save", "198.51.100.2", .tcp, 22, "undecided"),
            ("ufw.save", "198.51.100.2", .tcp, 445, "dropped"),
            // Rules of the other family were not given.
            ("ufw.save", "2001:db8:a::2", .tcp, 80, "undecided"),
        ])
    func followed(
        file: String, source: String, transport: Transport, port: UInt16, expected: String
    ) throws {
        let ruleset = try Self.ruleset(file)
        #expect(try Self.outcome(ruleset, source, transport, port) == expected)
    }

    @Test func `a guest behind libvirt's network is out of reach`() throws {
        let ruleset = try Self.ruleset("libvirt.json")
        #expect(
            try Self.outcome(ruleset, "198.51.100.2", .tcp, 22, to: "192.168.122.9")
                == "rejected (icmp-port-unreachable)")
    }

    @Test func `below every limit a limit lets in`() throws {
        let ruleset = try Self.ruleset("server.json")
        #expect(try Self.outcome(ruleset, "198.51.100.99", .tcp, 25, .nominal) == "accepted")
    }

    @Test func `what is undecided says which rule, and why`() throws {
        let ruleset = try Self.ruleset("ufw.save")
        let flow = Flow(
            from: "198.51.100.2",
            to: "203.0.113.10", over: .tcp, interface: "eth0")
        let answer = try #require(
            ruleset.answers(to: flow, ports: PortSet(ports: [22]), on: Self.host).first)
        #expect(Set(answer.outcomes.map(\.action)) == [.drop, .accept])
        #expect(answer.unknowns.map(\.explanation).contains { $0.contains("-m recent --update") })
    }

    @Test func `without a host's addresses the destination counts as its own`() throws {
        let ruleset = try Self.ruleset("docker.json")
        let flow = Flow(
            from: "198.51.100.2",
            to: "203.0.113.10", over: .tcp)
        let answers = ruleset.answers(to: flow, ports: PortSet(ports: [22]))
        #expect(answers.map(\.decision) == [.accept])
    }

    @Test func `Debian's default filters nothing, which is said once a family`() throws {
        #expect(
            try Self.ruleset("debian.json").observations
                == [.noFilter(isIPv6: false), .noFilter(isIPv6: true)])
        #expect(
            try !Self.ruleset("server.json").observations.contains(.noFilter(isIPv6: false)))
    }

    @Test(
        "every port is in one answer",
        arguments: ["server.json", "firewalld.json", "ufw.save", "docker.json"])
    func partition(file: String) throws {
        let ruleset = try Self.ruleset(file)
        let flow = Flow(
            from: "198.51.100.2",
            to: "203.0.113.10", over: .tcp, interface: "eth0")
        let answers = ruleset.answers(to: flow, on: Self.host)
        #expect(answers.reduce(0) { $0 + $1.ports.count } == 65_536)
        #expect(PortSet(answers.flatMap(\.ports.ranges)).count == 65_536)
        #expect(answers.allSatisfy { !$0.outcomes.isEmpty })
    }
}
