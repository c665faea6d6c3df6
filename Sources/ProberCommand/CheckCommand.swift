import ArgumentParser
import Prober
import Reconcile

/// `prober check`: probe targets, ask the hosts, compare both with what was declared.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Probe targets, ask the hosts what listens, and compare with what was declared",
        discussion: """
            A target file says what to probe, from where, how to ask the host, and what is \
            meant to be reachable; targets/README.md of the source tree describes it. A host that \
            is to be asked over ssh is asked before the probes and after them, with your own ssh \
            configuration and without any prompt. A host that is asked live or over ssh also tells \
            after the scan, by its counters, what became of probes that nothing answered; each port \
            in question is sent a few more packets for it (receipts: false in the file turns it off).

            EXAMPLES
              prober check targets/localhost.yaml
              prober check web.yaml never-probe.yaml --format json -o findings.jsonl
              prober check web.yaml --format html -o report.html
              prober check fleet.yaml --target web1 --target web2
              prober check web.yaml --wait 60s
              prober check web.yaml --fail-on critical,E2

            EXIT STATUS
              0  everything is as declared
              1  something is not
              2  stopped before the end, or something could not be tested or decided
              64 the request makes no sense
            """)

    @Argument(help: ArgumentHelp("Check the targets in these files", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("Check only this target; repeat for more", valueName: "name"))
    var target: [String] = []

    @Option(
        help: ArgumentHelp("Check only targets of this group; repeat for more", valueName: "name"))
    var group: [String] = []

    @Option(
        help: ArgumentHelp(
            "Choose the order of the probes (default: a random number, which is printed)",
            valueName: "n"))
    var seed: UInt64?

    @Option(help: FindingsFormat.help) var format: FindingsFormat = .table

    @Flag(
        help: "Probe special-purpose ranges too: link-local, multicast, reserved and the like")
    var allowSpecial = false

    @Option(
        help: ArgumentHelp(
            """
            Wait up to this long, such as 60s or 5m, until the TCP ports that are declared open can be \
            reached and no declared UDP port is refused, then check
            """, valueName: "time"))
    var wait: String?

    @OptionGroup(title: "Exit status") var gate: GateOptions

    @OptionGroup(title: "Over ssh") var remote: RemoteOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let services = InputFile.services()
        let files = try self.files.map { path throws(InputError) in
            try TargetFile(reading: path, services: services)
        }
        let targets = try chosen(from: files)
        let excluded = files.reduce(TargetSet()) { $0.union($1.excludedAddresses) }
        let seed = seed ?? .random(in: 0...UInt64.max)
        let deadline = patience.map { MonotonicTime.now().advanced(by: $0) }
        var runs = try targets.map { target throws(InputError) in
            var run = try CheckRun(
                target, excluding: excluded, allowsSpecial: allowSpecial, seed: seed, remote, output
            )
            run.deadline = deadline
            return run
        }
        for index in runs.indices {
            runs[index].alsoProbed = runs.indices.filter { $0 != index }
                .compactMap { runs[$0].probedHere }
        }
        // Signals are held from here on, until the last byte is written and the file has its name.
        let signals = try SignalDescriptor()
        throw try gate.status(of: try check(runs, until: signals))
    }

    func validate() throws {
        guard wait == nil || patience != nil else {
            throw ValidationError(
                "--wait: \"\(wait ?? "")\" is no time. Write it with its unit, as in 60s or 5m, up to "
                    + "24h.")
        }
    }

    /// How long to wait for what is declared; nil for not at all.
    private var patience: Duration? { wait.flatMap { Patience.duration($0) } }

    /// Carries out `runs` one after the other, until a signal comes.
    private func check(
        _ runs: [CheckRun], until signals: borrowing SignalDescriptor
    ) throws -> [Reconciliation] {
        var destination = try OutputDestination(output.output)
        let style = TextStyle(isColored: output.isColored(destination))
        var report = FindingsReport(
            [], version: Version.number, failing: try gate.rule())
        for run in runs {
            let (reconciliation, heading) = try run.run(until: signals)
            let target = run.target
            report.parts.append(
                FindingsReport.Part(
                    reconciliation, target: target.name, location: target.location.description))
            switch format {
            case .table:
                let title = heading.map(\.escapedForTerminal).joined(separator: "\n")
                let table = FindingsTable(reconciliation, style: style).text
                let text = style.bold(title) + "\n\n" + table + "\n"
                try destination.writeUnlessLeft(Array(text.utf8), until: signals)
            case .json:
                try destination.writeUnlessLeft(
                    reconciliation.json(target: target.name, failing: report.rule), until: signals)
            // The whole run is one file.
            case .html, .markdown, .sarif, .junit: break
            }
            if !reconciliation.isComplete {
                report.notBegun = runs.dropFirst(report.parts.count).map(\.target.name)
                if !report.notBegun.isEmpty {
                    let names = report.notBegun.joined(separator: ", ")
                    Console.note("prober: stopped; not begun: \(names)")
                }
                break
            }
        }
        if let file = format.file(of: report) {
            try destination.writeUnlessLeft(file, until: signals)
        }
        try destination.finish()
        return report.parts.map(\.reconciliation)
    }

    /// The targets to check, in the order of the files.
    private func chosen(from files: [TargetFile]) throws(InputError) -> [Target] {
        let all = files.flatMap(\.targets)
        var seen: [String: InputLocation] = [:]
        for target in all {
            if let first = seen.updateValue(target.location, forKey: target.name) {
                throw target.location.error(
                    "the name \"\(target.name)\" is taken by the target at \(first)",
                    "Give each target of a run a name of its own.")
            }
        }
        for name in target where seen[name] == nil {
            throw InputError(
                "--target", problem: "no file has a target called \"\(name)\"",
                remedy: "Name one of: \(all.map(\.name).joined(separator: ", ")).")
        }
        let groups = Set(all.flatMap(\.groups))
        for name in group where !groups.contains(name) {
            throw InputError(
                "--group", problem: "no target is in a group called \"\(name)\"",
                remedy: groups.isEmpty
                    ? "The files have no groups."
                    : "Name one of: \(groups.sorted().joined(separator: ", "))."
            )
        }
        let isAll = target.isEmpty && group.isEmpty
        let chosen = all.filter { one in
            isAll || target.contains(one.name) || one.groups.contains(where: group.contains)
        }
        guard !chosen.isEmpty else {
            throw InputError(
                self.files.joined(separator: " "), problem: "there is no target in it",
                remedy: "Give a file with targets; exclude alone checks nothing.")
        }
        return chosen
    }
}
