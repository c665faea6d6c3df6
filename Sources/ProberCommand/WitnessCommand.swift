import ArgumentParser
import Prober
import Reconcile

/// `prober witness`: which probes reach a host, and what it sends back.
struct WitnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Record which probes reach this host, and what it sends back",
        discussion: """
            Run it on the host while prober scan probes it from elsewhere, and give the file to \
            prober reconcile --witness: silence is then explained. A probe that never arrived was \
            dropped on the way; one that arrived and got no answer was dropped by the host, or taken \
            by a program that says nothing. What is recorded are TCP segments that begin a \
            connection and UDP datagrams that nobody here asked for, by source, address and port, \
            and which kind of answer went back: no content.

            It needs root or CAP_NET_RAW (setcap cap_net_raw+ep), for as long as it takes to open the \
            capture: then root is given up, for whoever called sudo or for nobody. With -o the file \
            has its name at once then, and says that it is not complete until it is. \
            Let it begin before the scan and end after it, by as long as the scan takes and five seconds \
            more if the host is another machine than the vantage. Ctrl-C ends it a second later; the file is whole then, too.

            With --ssh the host needs only tcpdump, and a user who may capture there; it is ended in \
            time whatever becomes of the connection, and after a million packets. A tunnel that carries \
            ssh over UDP must not be recorded itself: so UDP needs --from there. With --read a capture \
            of tcpdump -w is read, and --address says whose it is; how much it lost is not known, so it shows what arrived and never what did not.

            EXAMPLES
              sudo prober witness --for 60s -o witness.jsonl
              sudo prober witness --from 198.51.100.2 -p tcp:1-1024,udp:53 -o witness.jsonl
              prober witness --ssh root@web1 --from 198.51.100.2 --for 2m -o witness.jsonl
              prober witness --read web1.pcap --address 203.0.113.10 -o witness.jsonl
              prober reconcile --scan web1.jsonl --host web1.json --witness witness.jsonl

            EXIT STATUS
              0  everything that came was recorded
              2  it could not be captured, or some of it was lost
              64 the request makes no sense
            """)

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "Record for this long: 1s to 24h (default: 60s)", valueName: "time"),
        transform: { text in
            guard let time = Patience.duration(text), time >= .seconds(1) else {
                throw ValidationError("--for takes a time as in 60s, 5m or 24h, from 1s on")
            }
            return time
        })
    var duration: Duration?

    @Option(
        help: ArgumentHelp("Watch this interface alone (default: all of them)", valueName: "name"))
    var interface: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Record only what comes from these addresses or blocks", valueName: "address"))
    var from: [String] = []

    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Record only these ports, written as for prober scan (default: all of both transports)",
            valueName: "ports"))
    var ports: String?

    @Option(
        help: ArgumentHelp(
            """
            Keep at most n ports in memory, each once for every source and address; what comes \
            beyond is counted (default: 1000000)
            """, valueName: "n"))
    var maxFlows: Int = 1_000_000

    @Option(
        help: ArgumentHelp(
            "Capture on this host, over ssh and with its tcpdump", valueName: "user@host"))
    var ssh: String?

    @OptionGroup var remote: RemoteOptions

    @Option(
        help: ArgumentHelp("Read this capture file (pcap or pcapng) instead", valueName: "file"))
    var read: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Say which addresses the host in the file of --read has", valueName: "address"))
    var address: [String] = []

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard ssh == nil || read == nil else {
            throw ValidationError("--ssh asks a host, and --read reads a file: give one of them.")
        }
        guard read == nil || duration == nil && interface == nil else {
            throw ValidationError("--for and --interface are for a capture, not for --read.")
        }
        guard read == nil || !address.isEmpty else {
            throw ValidationError(
                "--read needs --address: the file may be a router's, so say which host it is of.")
        }
        guard address.isEmpty || read != nil else {
            throw ValidationError("--address is for --read; else the host says its addresses.")
        }
        guard remote.sshConfig == nil || ssh != nil else {
            throw ValidationError("--ssh-config is for --ssh.")
        }
        guard (1...100_000_000).contains(maxFlows) else {
            throw ValidationError("--max-flows takes a number from 1 to 100000000.")
        }
        if let ssh, SSHDestination(ssh) == nil {
            let (problem, remedy) = SSHDestination.problem(of: ssh)
            throw ValidationError("\(problem). \(remedy)")
        }
        guard interface.map({ (1...15).contains($0.utf8.count) }) ?? true else {
            throw ValidationError("an interface name has 1 to 15 characters")
        }
    }

    func run() throws {
        let ports =
            try self.ports.map { text throws(InputError) in
                try PortSpec(parsing: text, services: InputFile.services())
            } ?? PortSpec(tcp: .all, udp: .all)
        let sources = from.isEmpty ? nil : try Self.addresses(from, flag: "--from")
        let run = WitnessRun(
            interface: interface ?? Witness.allInterfaces, sources: sources, ports: ports,
            limit: maxFlows, duration: duration ?? .seconds(60), output: output)
        if let host = ssh.flatMap(SSHDestination.init) {
            // Through a tunnel over UDP each datagram that is recorded makes more.
            guard sources != nil || ports.udp.isEmpty else {
                throw InputError(
                    "--ssh", problem: "the connection may itself go over UDP, through a tunnel",
                    remedy: "Say with --from where the scan comes from, or record TCP: -p tcp:-.")
            }
            try run.remote(host, configuration: remote.sshConfig)
        } else if let read {
            try run.file(read, own: try Self.addresses(address, flag: "--address"))
        } else {
            try run.live()
        }
    }

    /// The addresses and blocks in `texts`.
    private static func addresses(_ texts: [String], flag: String) throws(InputError) -> TargetSet {
        var ranges: [AddressRange] = []
        for text in texts {
            guard
                case .ranges(let more) = try TargetWord(
                    parsing: text, at: InputLocation(flag))
            else {
                throw InputError(
                    flag, problem: "\"\(text)\" is a name",
                    remedy: "Write addresses or blocks, as in 198.51.100.2 or 198.51.100.0/24.")
            }
            ranges += more
        }
        return TargetSet(ranges)
    }
}
