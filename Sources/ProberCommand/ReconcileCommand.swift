import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile

/// `prober reconcile`: compares files that the other commands made.
struct ReconcileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare scan files with what the host says and what was declared",
        discussion: """
            Sends no probe; only host names in the policy are looked up. Several scan files of one \
            vantage, such as the shards of a scan, count as one scan; those of another vantage are \
            judged by themselves, and then compared. Without a host report the outside is judged \
            alone. What the target has and no scan has is not decided.

            Without a scan file the host's rules stand for what would be seen, at every port of \
            its addresses: from each place that the policy or a rule names and from anywhere \
            else, or from where --from says. So a ruleset can be tried before it is loaded. What \
            the rules leave open is not decided, nor are addresses of a family that --from leaves \
            out.

            EXAMPLES
              prober reconcile --scan web1.jsonl --host web1.host.json \\
                --policy fleet.yaml --target web1
              prober reconcile --scan web1.jsonl --format json -o findings.json
              prober reconcile --scan web1.jsonl --policy web.yaml --format junit
              prober reconcile --scan office.jsonl --scan internet.jsonl \\
                --host web1.host.json
              prober reconcile --scan web1.jsonl --host web1.host.json \\
                --witness web1.witness.jsonl
              prober reconcile --scan web1.nmap.xml \\
                --host web1.netstat.txt --host web1.lsof.txt
              prober reconcile --host web1.host.json --ruleset new-rules.json \\
                --policy web.yaml
              prober reconcile --host web1.host.json --from 198.51.100.7

            EXIT STATUS
              0  nothing is against the policy
              1  something is
              2  the scan is not complete, or something could not be decided
              64 the request makes no sense
            """)

    @OptionGroup(title: "Views") var views: ViewOptions

    @OptionGroup(title: "Views") var witness: WitnessOptions

    @OptionGroup(title: "Policy") var declaration: DeclarationOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            Without a scan, judge what packets from this address would meet \
            (default: each place that the policy or a rule names, and anywhere else)
            """, valueName: "address"))
    var from: [String] = []

    @Option(help: FindingsFormat.help) var format: FindingsFormat = .table

    @OptionGroup(title: "Exit status") var gate: GateOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard from.isEmpty || views.scan.isEmpty else {
            throw ValidationError(
                "--from is for rules without a scan; a --scan file says where its probes came from."
            )
        }
        try JoinedViews.check(views, declaration)
        try witness.check(views)
    }

    func run() throws {
        let joined = try JoinedViews(
            views, declaration, from: from, witnesses: try witness.witnesses())
        let reconciliations = try joined.reconciliations()
        do {
            try write(reconciliations, of: joined.target)
        } catch OutputError.readerLeft {
            // Whoever read along has seen enough; what was found still counts.
        }
        throw try gate.status(of: reconciliations)
    }

    private func write(_ reconciliations: [Reconciliation], of target: Target?) throws {
        let destination = try OutputDestination(output.output)
        switch format {
        case .table:
            let style = TextStyle(isColored: output.isColored(destination))
            for (index, reconciliation) in reconciliations.enumerated() {
                if index > 0 { try destination.write("\n") }
                if reconciliations.count > 1, let vantage = reconciliation.vantage {
                    let heading = "from \(vantage.explanation)".escapedForTerminal
                    try destination.write(style.bold(heading) + "\n\n")
                }
                try destination.write(FindingsTable(reconciliation, style: style).text)
            }
        case .json:
            let rule = try gate.rule()
            for reconciliation in reconciliations {
                try destination.write(reconciliation.json(target: target?.name, failing: rule))
            }
        case .html, .markdown, .sarif, .junit:
            let parts = reconciliations.map { reconciliation in
                FindingsReport.Part(
                    reconciliation, target: target?.name, location: target?.location.description)
            }
            let report = FindingsReport(
                parts, version: Version.number, failing: try gate.rule())
            try destination.write(format.file(of: report) ?? [])
        }
        try destination.finish()
    }
}
