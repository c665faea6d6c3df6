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
              prober reconcile --scan office.jsonl --scan internet.jsonl --host web1.host.json
              prober reconcile --scan web1.nmap.xml --host web1.netstat.txt --host web1.lsof.txt
              prober reconcile --host web1.host.json --ruleset new-rules.json --policy web.yaml
              prober reconcile --host web1.host.json --from 198.51.100.7

            EXIT STATUS
              0  nothing is against the policy
              1  something is
              2  the scan is not complete, or something could not be decided
              64 the request makes no sense
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Read scan files made by prober scan or nmap -oX", valueName: "file"))
    var scan: [String] = []

    @Option(
        help: ArgumentHelp(
            "Read a report about the host, in any format prober host --from takes; repeat for more",
            valueName: "[format:]file"))
    var host: [String] = []

    @Option(
        help: ArgumentHelp(
            "Look up names of services in the host's reports in this file first",
            valueName: "file"))
    var services: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Read the host's rules from these listings (default: those of its report)",
            valueName: "file"))
    var ruleset: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            Without a scan, judge what packets from this address would meet \
            (default: each place that the policy or a rule names, and anywhere else)
            """, valueName: "address"))
    var from: [String] = []

    @Option(
        help: ArgumentHelp(
            "Read what was declared from this target file (default: nothing is meant to be open)",
            valueName: "file"))
    var policy: String?

    @Option(
        help: ArgumentHelp(
            "Use the declarations of this target (default: the file's only one)",
            valueName: "name"))
    var target: String?

    @Option(help: FindingsFormat.help) var format: FindingsFormat = .table

    @OptionGroup(title: "Exit status") var gate: GateOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard target == nil || policy != nil else {
            throw ValidationError(
                "--target chooses a target of a --policy file, and no --policy is given.")
        }
        guard from.isEmpty || scan.isEmpty else {
            throw ValidationError(
                "--from is for rules without a scan; a --scan file says where its probes came from."
            )
        }
        guard scan.isEmpty else { return }
        if host.isEmpty && ruleset.isEmpty {
            throw ValidationError(
                "There is nothing to compare: give a --scan, or a --host report with its rules.")
        }
        if host.isEmpty && policy == nil {
            throw ValidationError(
                "Rules alone are compared with nothing: give a --host or a --policy, or ask "
                    + "prober firewall query.")
        }
    }

    func run() throws {
        let (reconciliations, target) = try joined()
        do {
            try write(reconciliations, of: target)
        } catch OutputError.readerLeft {
            // Whoever read along has seen enough; what was found still counts.
        }
        throw try gate.status(of: reconciliations)
    }

    /// What the files come to, a vantage each, and the target whose declarations they were judged by.
    func joined() throws(InputError) -> ([Reconciliation], Target?) {
        let surveys = try Self.surveys(in: scan)
        let report = try Self.report(in: host, services: services)
        let declared = try self.declared()
        let rules = ruleset.isEmpty ? nil : try RulesetOptions.rules(in: ruleset)
        if surveys.isEmpty {
            return (try predictions(of: report, rules, declared), declared?.target)
        }
        let reconciliations = reconcile(
            surveys, with: report, under: (declared?.target.policy ?? Policy()).on(.today),
            declared: try declared.map { declaration throws(InputError) in
                try Self.addresses(
                    of: declaration.target, excluding: declaration.excluded,
                    scanned: TargetSet(surveys.flatMap(\.plan.targets)))
            },
            probe: declared?.target.settings.probe, ruleset: rules)
        return (reconciliations, declared?.target)
    }

    /// What the rules say without a scan.
    private func predictions(
        of report: HostReport?, _ rules: Ruleset?,
        _ declared: (target: Target, excluded: TargetSet)?
    ) throws(InputError) -> [Reconciliation] {
        guard rules != nil || report?.rulesets.isEmpty == false else {
            throw InputError(
                host.joined(separator: " "), problem: "there are no firewall rules in it",
                remedy: "Give a --scan to see what is reachable, or a --ruleset to predict it.")
        }
        let policy = (declared?.target.policy ?? Policy()).on(.today)
        let named = try declared.map { declaration throws(InputError) in
            try Self.addresses(
                of: declaration.target, excluding: declaration.excluded, scanned: TargetSet())
        }
        let isThisHost = declared?.target.addresses.contains { $0.kind == .thisHost } ?? true
        if report == nil, named?.isEmpty ?? true {
            throw InputError(
                self.policy ?? "--policy", problem: "no address says where packets would go",
                remedy: "Give a --host report, or name the addresses of the target.")
        }
        var vantages: [Vantage] = []
        for text in from {
            guard let address = IPAddress(text) else {
                throw InputError(
                    "--from", problem: "\"\(text)\" is no address",
                    remedy: "Give one IPv4 or IPv6 address, without a zone or prefix.")
            }
            vantages.append(Vantage(name: "\(address)", addresses: [address]))
        }
        if vantages.isEmpty {
            vantages = Vantage.everywhere(under: policy, of: report, ruleset: rules)
        }
        let predictions = predict(
            for: report, under: policy, at: isThisHost ? nil : named, from: vantages, ruleset: rules
        )
        guard !predictions.isEmpty else {
            throw InputError(
                host.isEmpty ? self.policy ?? "--policy" : host.joined(separator: " "),
                problem: "no address says where packets would go",
                remedy: "Give a report with the host's addresses, such as prober host writes, or "
                    + "name the addresses of the target; --from needs one of its own family.")
        }
        return predictions
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

    /// The target whose declarations are judged by, and what its file excludes; nil when there is
    /// no policy file.
    private func declared() throws(InputError) -> (target: Target, excluded: TargetSet)? {
        guard let policy else { return nil }
        let file = try TargetFile(reading: policy, services: InputFile.services())
        let names = file.targets.map(\.name).joined(separator: ", ")
        guard let first = file.targets.first else {
            throw InputError(
                policy, problem: "there is no target in the file",
                remedy: "Give a file with targets; exclude alone declares nothing.")
        }
        guard let target else {
            guard file.targets.count == 1 else {
                throw InputError(
                    policy, problem: "the file has \(file.targets.count) targets",
                    remedy: "Choose one with --target: \(names).")
            }
            return (first, file.excludedAddresses)
        }
        guard let chosen = file.targets.first(where: { $0.name == target }) else {
            throw InputError(
                "--target", problem: "\(policy) has no target called \"\(target)\"",
                remedy: "Name one of: \(names).")
        }
        return (chosen, file.excludedAddresses)
    }

    /// The addresses that `target` declares something of, names resolved.
    ///
    /// Which addresses `this-host` had for the vantage of the scan nobody can tell here, so it
    /// stands for all of them.
    private static func addresses(
        of target: Target, excluding excluded: TargetSet, scanned: TargetSet
    ) throws(InputError) -> TargetSet {
        var entries: [TargetList.Entry] = []
        var own = TargetSet()
        for address in target.addresses {
            switch address.kind {
            case .thisHost: own = scanned
            case .word(let word): entries.append(TargetList.Entry(word, at: address.location))
            }
        }
        return try TargetSelection.resolved(TargetList(entries)).subtracting(excluded)
            .union(own)
    }

    /// What the reports in `files` say together; nil when there is none.
    ///
    /// Every one must be usable: a comparison with less than what was asked for is none.
    static func report(in files: [String], services: String?) throws(InputError) -> HostReport? {
        let reports = try InputFile.reports(files, services: services)
        if let problem = reports.problems.first { throw problem }
        if !reports.isEmpty, !reports.hasInsideView {
            throw InputError(
                files.joined(separator: " "), problem: "this is a view from outside",
                remedy: "Give it with --scan.")
        }
        return reports.report(now: .now)
    }

    /// The surveys in scan files, those of one vantage joined.
    static func surveys(in paths: [String]) throws(InputError) -> [Survey] {
        var parts: [(vantage: Vantage, surveys: [(survey: Survey, source: String)])] = []
        for path in paths {
            let bytes = try InputFile.bytes(path)
            let survey =
                Survey.isXML(bytes)
                ? try Survey(nmap: bytes, source: path) : try Survey(parsing: bytes, source: path)
            if let place = parts.firstIndex(where: { $0.vantage == survey.vantage }) {
                parts[place].surveys.append((survey, path))
            } else {
                parts.append((survey.vantage, [(survey, path)]))
            }
        }
        var surveys: [Survey] = []
        for (_, part) in parts {
            if let survey = try Survey.joined(part) { surveys.append(survey) }
        }
        return surveys
    }
}
