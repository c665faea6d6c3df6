import ArgumentParser
import Prober
import Reconcile

/// `prober firewall query`: what the rules do with a flow, for many ports at once.
struct FirewallQueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Follow a new connection through the rules, for many ports at once",
        discussion: """
            Answers for the first packet of a connection. Ports that fare alike are shown \
            together, with the rules that decide. Files are taken for everything there is: give \
            all of a host's listings together.

            EXAMPLES
              sudo prober firewall query --from 198.51.100.2 --ports tcp:22,udp:53
              prober firewall query --ruleset rules.json --from 198.51.100.2 \\
                --to 203.0.113.10 --ports tcp:1-65535 --format json

            EXIT STATUS
              0  every port's answer is decided
              2  something is undecided
              64 the request makes no sense
            """)

    /// What to take for granted.
    enum Assumption: String, ExpressibleByArgument, CaseIterable {
        case strict, nominal
    }

    @OptionGroup(title: "Rules") var rules: RulesetOptions

    @Option(
        help: ArgumentHelp(
            "Let the packet come from this address, as the host sees it (default: not known)",
            valueName: "address"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            "Let it go to this address (default: each of this host's own that others reach)",
            valueName: "address"))
    var to: String?

    @Option(
        help: ArgumentHelp(
            "Let it come in through this interface (default: the one that answers leave through)",
            valueName: "name"))
    var interface: String?

    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Ask for these ports: 22,80, tcp:22,udp:53, - (default: all, TCP and UDP)",
            valueName: "ports"))
    var ports: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            The host's own addresses, each with /prefix and @interface if known \
            (default: --to alone, or this host's)
            """, valueName: "address"))
    var addresses: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take for granted that no rate limit is reached (nominal), or nothing (strict)",
            valueName: "strict|nominal"))
    var assume: Assumption = .strict

    @Option(
        help: ArgumentHelp(
            "Write a table for people or JSON, one line for each address and transport",
            valueName: "table|json"))
    var format: FirewallFormat = .table

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let queries = try self.queries()
        let destination = try OutputDestination(output.output)
        switch format {
        case .table:
            let style = TextStyle(isColored: output.isColored(destination))
            try destination.write(
                queries.map { FirewallTable($0, style: style).text }.joined(separator: "\n"))
        case .json: for query in queries { try destination.write(query.json) }
        }
        try destination.finish()
        if !queries.allSatisfy(\.isDecided) { throw ExitStatus.incomplete }
    }

    private func queries() throws(InputError) -> [FirewallQuery] {
        let source = try from.map { text throws(InputError) in try Self.address(text, "--from") }
        let spec =
            try ports.map { text throws(InputError) in
                try PortSpec(parsing: text, services: InputFile.services())
            } ?? PortSpec(tcp: .all, udp: .all)
        guard spec.count > 0 else {
            throw InputError(
                "--ports", problem: "it names no port", remedy: "Name one, as in tcp:22,udp:53.")
        }
        let host = try self.host()
        let destinations = try self.destinations(host, source)
        let assumption: FirewallAssumption =
            switch assume {
            case .strict: .strict
            case .nominal: .nominal
            }
        let ruleset = try rules.rules()
        var interface = interface
        var isAnsweredThere = false
        if interface == nil, rules.isLive, let source {
            interface = LiveFirewall.interface(toward: source)
            isAnsweredThere = interface != nil
        }
        return destinations.flatMap { destination in
            Transport.allCases.filter { !spec[$0].isEmpty }.map { transport in
                var flow = Flow(
                    from: source, to: destination, over: transport, interface: interface)
                flow.isAnsweredThere = isAnsweredThere
                return FirewallQuery(
                    flow, assumption,
                    answers: ruleset.answers(
                        to: flow, ports: spec[transport], on: host, assuming: assumption))
            }
        }
    }

    private func host() throws(InputError) -> FirewallHost {
        guard !addresses.isEmpty else {
            return rules.isLive ? LiveFirewall.host() : FirewallHost()
        }
        var own: [HostAddress] = []
        for text in addresses { own.append(try Self.hostAddress(text)) }
        return FirewallHost(addresses: own, hasAllAddresses: true)
    }

    private func destinations(
        _ host: FirewallHost, _ source: IPAddress?
    ) throws(InputError) -> [IPAddress] {
        if let to {
            let address = try Self.address(to, "--to")
            guard source == nil || source?.family == address.family else {
                throw InputError(
                    "--to", problem: "\(address) and --from are of different families",
                    remedy: "Give two IPv4 or two IPv6 addresses.")
            }
            return [address]
        }
        let own = host.addresses.map(\.address).filter { address in
            !address.isLoopback && (source == nil || source?.family == address.family)
        }
        guard !own.isEmpty else {
            throw InputError(
                "--to", problem: "where the packet goes is not known",
                remedy: "Give --to or --addresses, with an address of the family of --from.")
        }
        return own
    }

    private static func address(_ text: String, _ flag: String) throws(InputError) -> IPAddress {
        guard let address = IPAddress(text) else {
            throw InputError(
                flag, problem: "\"\(text)\" is no address",
                remedy: "Give one IPv4 or IPv6 address, without a zone or prefix.")
        }
        return address
    }

    /// `203.0.113.10`, `203.0.113.10/24`, `203.0.113.10/24@eth0`.
    private static func hostAddress(_ text: String) throws(InputError) -> HostAddress {
        let named = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = named[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else {
            throw InputError(
                "--addresses", problem: "\"\(text)\" is no address",
                remedy: "Write it as 203.0.113.10/24@eth0; prefix and interface may be left out.")
        }
        let length = parts.count > 1 ? Int(parts[1]) : 0
        guard let length, (0...address.family.bitCount).contains(length) else {
            throw InputError(
                "--addresses", problem: "\"\(text)\" has no prefix length that fits",
                remedy: "Write a number of bits, as in 203.0.113.10/24.")
        }
        return HostAddress(
            address, prefixLength: length, interface: named.count > 1 ? String(named[1]) : "")
    }
}
