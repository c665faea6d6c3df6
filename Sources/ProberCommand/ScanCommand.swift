import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile

/// `prober scan`: probe targets from here.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Probe targets over TCP and UDP from here and show what is reachable",
        discussion: """
            Probe only hosts that you own or may test.

            EXAMPLES
              prober scan 203.0.113.10                       the ports that matter most
              prober scan 203.0.113.0/24 -p 22,80,8000-8100  a block
              prober scan 203.0.113.1-20 2001:db8::/120 -p-  ranges, all 65535 ports
              prober scan web1.example.net -p 'ssh,http*'    names of hosts and services
              prober scan 203.0.113.10 -p udp:common         UDP services, each in its protocol
              prober scan 203.0.113.10 --udp -p 53,123,161   the same for some ports
              prober scan 203.0.113.0/24 --dry-run=list      every endpoint, nothing sent
              prober scan 203.0.113.10 -p- --format jsonl -o web1.jsonl
              prober scan 203.0.113.0/24 -p- --format xml -o web.xml   for nmap's readers
              prober scan --resume web1.jsonl -o whole.jsonl  what an interrupted scan left
              sudo prober scan 203.0.113.10 --capture=web1.pcapng   with the packets, kept

            RESUMING
              --resume goes on with a file of JSON Lines that was interrupted or killed at any \
            byte (after a kill it is called NAME.0.partial). What the file knows is kept, and only \
            the rest is asked, endpoints that could not be tested included. Whatever is left out \
            on the command line is as the file says; what is given must not differ.

            EXIT STATUS
              0  every endpoint was tested
              2  stopped before the end, or an endpoint could not be tested from here
              64 the request makes no sense
            """)

    @Option(
        help: ArgumentHelp(
            "Go on with a scan that was interrupted, whose result so far is in this file",
            valueName: "file"))
    var resume: String?

    @OptionGroup(title: "Targets") var targets: TargetOptions
    @OptionGroup(title: "Ports") var ports: PortOptions
    @OptionGroup(title: "UDP") var datagrams: DatagramFlags
    @OptionGroup(title: "Pace") var pace: PaceOptions
    @OptionGroup(title: "Route and order") var route: RouteOptions
    @OptionGroup(title: "Proof") var proof: ProofOptions
    @OptionGroup(title: "Packets") var packets: CaptureOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            """
            Write a table, JSON Lines, nmap's XML, CSV, or the lines of nmap -oG \
            (default: table on a terminal, else jsonl)
            """, valueName: "table|jsonl|xml|csv|greppable"))
    var format: ScanFormat?

    @Flag(help: "Write a line or row for every endpoint instead of groups and counts")
    var each = false

    @Flag(help: "Say what would be sent, or with --dry-run=list name every endpoint; send nothing")
    var dryRun: DryRun?

    func validate() throws {
        guard route.shard ?? .whole == .whole || route.seed != nil || resume != nil else {
            throw ValidationError("--shard needs --seed, or the parts would not fit together")
        }
        guard !each || format != .table else {
            throw ValidationError("--each writes a line for every endpoint, not a table")
        }
        guard dryRun == nil || format == nil && !each else {
            throw ValidationError("--dry-run has one form; leave --format and --each out")
        }
    }

    func run() throws {
        let resumed = try resume.map { path throws(InputError) in try ResumedScan(path) }
        let own = LiveHost.ownAddresses()
        let addresses = try TargetSelection(
            targets, own: own, otherwise: resumed?.targets
        ).addresses()
        let spec = try spec(resuming: resumed)
        guard let space = ProbeSpace(addresses, spec) else {
            throw InputError(
                "target",
                problem: "\(spec.count) ports at \(addresses) are more than 2^64 endpoints",
                remedy: "Name fewer addresses or ports.")
        }
        var plan = ScanPlan(
            space,
            seed: route.seed ?? resumed?.scan.header.seed ?? UInt64.random(in: 0...UInt64.max))
        plan.shard = route.shard ?? resumed?.shard ?? .whole
        if let resumed {
            try plan.choose(resumed.scan.header.plan.terms ?? [:], source: resumed.path)
        }
        if !route.source.isEmpty { plan.sources = try route.sources() }
        try datagrams.apply(to: &plan, own: own)
        plan.interface = try route.existingInterface() ?? plan.interface
        if proof.talk { plan.talks = true }
        pace.apply(to: &plan, isOwnMachine: addresses.isSubset(of: own))
        if let resumed {
            try resumed.check(plan, from: ScanRecord.Header(plan, started: "").vantage)
            plan.known = resumed.scan.known
        }
        if packets.isWanted { plan.datagramPorts = DatagramPorts() }
        if let dryRun { return try dryRun.write(plan, to: output.output) }
        // Signals are held from here on, until the last byte is written and the file has its name.
        let signals = try SignalDescriptor()
        let tally = try run(plan, resuming: resumed?.scan, until: signals)
        guard tally.isComplete, tally[.notTested] == 0 else { throw ExitStatus.incomplete }
    }

    /// The ports to ask: those of the resumed scan when none are named.
    private func spec(resuming resumed: ResumedScan?) throws(InputError) -> PortSpec {
        if let resumed, ports.isEmpty, !datagrams.udp { return resumed.scan.header.plan.ports }
        return try ports.spec(
            InputFile.services(), isUDP: datagrams.udp,
            includesIndustrial: datagrams.includesIndustrial)
    }

    /// Probes, and writes the outcome in the format asked for.
    private func run(
        _ plan: ScanPlan, resuming resumed: ResumableScan?,
        until signals: borrowing SignalDescriptor
    ) throws -> ScanTally {
        let run = try ScanRun(
            plan, isExact: pace.inFlight != nil, output, resuming: resumed,
            checksDecoys: !proof.noDecoys)
        let start = ScanStart(wall: Date(), monotonic: .now())
        var header = ScanRecord.Header(run.plan, started: resumed?.header.started ?? start.text)
        // It stays the same scan.
        if let resumed { header.id = resumed.header.id }
        let destination = try OutputDestination(output.output)
        var capture = try CaptureRun(packets, of: run.plan, beside: destination, output)
        let tally: ScanTally
        switch format ?? (destination.isTerminal && !each ? .table : .jsonl) {
        case .table:
            var writer = ScanTableWriter(
                header, style: TextStyle(isColored: output.isColored(destination)),
                confidence: run.plan.retries == nil ? run.plan.confidence : nil,
                showsHopLimits: output.verbose)
            tally = try Self.carryOut(
                run, resumed, capture.take(), until: signals, &writer, destination)
        case .jsonl:
            var writer = ScanLines(header, each: each, start: start)
            tally = try Self.carryOut(
                run, resumed, capture.take(), until: signals, &writer, destination)
        case .xml:
            var writer = NmapXMLWriter(header, each: each)
            tally = try Self.carryOut(
                run, resumed, capture.take(), until: signals, &writer, destination)
        case .csv:
            var writer = CSVWriter(each: each, start: start)
            tally = try Self.carryOut(
                run, resumed, capture.take(), until: signals, &writer, destination)
        case .greppable:
            var writer = GreppableWriter(header, each: each)
            tally = try Self.carryOut(
                run, resumed, capture.take(), until: signals, &writer, destination)
        }
        try destination.finish()
        try capture.finish(tally.capture)
        return tally
    }

    /// Probes, and writes what `writer` has ready whenever something is new.
    private static func carryOut<Writer: ScanWriter & ~Copyable>(
        _ run: ScanRun, _ resumed: ResumableScan?, _ capture: consuming ScanCapture?,
        until signals: borrowing SignalDescriptor, _ writer: inout Writer,
        _ destination: borrowing OutputDestination
    ) throws -> ScanTally {
        if let resumed {
            try writer.add(resumed) { try destination.write($0, until: signals) }
        }
        let (tally, elapsed) = try run.run(until: signals, beside: capture) { batch, elapsed in
            try writer.add(batch, elapsed: elapsed)
            try destination.write(writer.takeBytes(), until: signals)
        }
        try writer.end(tally, elapsed: elapsed) { bytes in
            try destination.write(bytes, until: signals)
        }
        try destination.write(writer.takeBytes(), until: signals)
        return tally
    }
}

/// How a scan is written.
enum ScanFormat: String, ExpressibleByArgument, CaseIterable {
    case table, jsonl, xml, csv, greppable
}
