import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile

/// `prober host`: what this host says of itself.
struct HostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host",
        abstract: "Show what listens on this host, who holds it and for whom it is reachable",
        discussion: """
            Without --from it reads the kernel's own lists; no packet is sent. What could not be \
            seen, for lack of privilege or otherwise, is listed at the end: run as root to see \
            every owner.

            With --ssh it asks another host, on which nothing needs to be installed: ssh runs with \
            your own configuration and never asks for a password, and a short script runs what \
            the system has (ss, netstat, sockstat, lsof, ps and the like, and on Linux what lists \
            the firewall's rules). Where the host has prober, its own report is taken. Without root \
            there, processes of others and rules are not seen.

            --verify looks for what hides from those lists: it binds each port that no list has, over \
            TCP and UDP and both families, for some microseconds and without listening, and tells \
            what is held even so. It takes a second or two, and root for ports below 1024.

            With --from it reads what other tools wrote, on any system, and finds the format by \
            the content: netstat of AIX, Linux, macOS, the BSDs, Solaris, HP-UX and Windows, lsof, \
            ss, sockstat, fstat, osquery, PowerShell, /proc/net, rpcinfo, systemctl list-sockets, \
            docker ps and inspect, Ansible, ps, /proc/net/snmp, nmap XML, and its own reports. One \
            file may hold several. Several files are taken for one host, and are joined.

            FORMATS, for FORMAT:FILE
              \(Self.formats)

            EXAMPLES
              prober host
              prober host --format json -o web1.host.json
              sudo prober host --verify
              prober host --ssh root@web1
              prober host --from aix-netstat.txt --from aix-lsof.txt --from aix-ps.txt
              ssh web1 netstat -an | prober host --from - --services web1.services

            EXIT STATUS
              0  finished; with --verify: and nothing hides
              1  --verify found a port that is held by a socket no list has
              2  the host could not be asked, or --verify could not try or tell everything
              64 a file cannot be read or understood; what the others say is written even so
            """)

    private static var formats: String {
        ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// How the report is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(
        help: ArgumentHelp(
            "Write a table for people or JSON (default: table on a terminal, json otherwise)",
            valueName: "table|json"))
    var format: Format?

    @Option(
        help: ArgumentHelp(
            "Read a report about one host from this file, or - for standard input; repeat for more",
            valueName: "[format:]file"))
    var from: [String] = []

    @OptionGroup(title: "Over ssh") var remote: RemoteOptions

    @Option(
        help: ArgumentHelp(
            "Ask this host over ssh instead of this machine", valueName: "user@host"))
    var ssh: String?

    @Option(
        help: ArgumentHelp(
            "Look up names of services in the reports in this file of the host first",
            valueName: "file"))
    var services: String?

    @Flag(help: "Bind every port for a moment to find listeners that hide from the kernel's lists")
    var verify = false

    @Flag(help: "Leave the firewall's rules out of the report")
    var noFirewall = false

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard services == nil || !from.isEmpty || ssh != nil else {
            throw ValidationError("--services explains reports given with --from or over --ssh.")
        }
        guard from.isEmpty || ssh == nil else {
            throw ValidationError("--ssh asks a host, and --from reads files: give one of them.")
        }
        guard remote.sshConfig == nil || ssh != nil else {
            throw ValidationError("--ssh-config is for --ssh.")
        }
        if let ssh, SSHDestination(ssh) == nil {
            let (problem, remedy) = SSHDestination.problem(of: ssh)
            throw ValidationError("\(problem). \(remedy)")
        }
        guard !verify || from.isEmpty else {
            throw ValidationError("--verify tries the ports of this host, not of one in --from.")
        }
        guard from.count(where: { ReportFormat.named(in: $0).path == "-" }) <= 1 else {
            throw ValidationError("--from - can be given once: standard input is read to its end.")
        }
    }

    func run() throws {
        // The file first: a name that cannot be written to is found before any work is done.
        let destination = try OutputDestination(output.output)
        if let host = ssh.flatMap(SSHDestination.init) {
            let host = RemoteHost(
                host, configuration: remote.sshConfig, readsFirewall: !noFirewall)
            let names = try InputFile.serviceNames(services)
            return try write(try host.collect(now: Date.now, names: names), to: destination)
        }
        guard !from.isEmpty else {
            let report = try LiveHost(readsFirewall: !noFirewall)
                .collect(now: Date.now, verifiesPorts: verify)
            try write(report, to: destination)
            switch report.verification?.conclusion {
            case nil, .nothingHidden: return
            case .hidden: throw ExitStatus.findings
            case .undecided: throw ExitStatus.incomplete
            }
        }
        let reports = try InputFile.reports(from, services: services)
        for problem in reports.problems { Console.note("prober: \(problem)") }
        if var report = reports.report(now: Date.now) {
            if noFirewall { report.removeRulesets() }
            try write(report, to: destination)
        }
        if !reports.problems.isEmpty { throw ExitStatus.usage }
    }

    private func write(
        _ report: HostReport, to destination: consuming OutputDestination
    ) throws {
        let services = InputFile.services()
        switch format ?? (destination.isTerminal ? .table : .json) {
        case .table: try destination.write(HostTable(report, services: services).text)
        case .json: try destination.write(report.json(services: services))
        }
        try destination.finish()
    }
}
