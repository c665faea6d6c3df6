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
            vantage, such as the shards of a scan, count as one scan. Without a host report the \
            outside is judged alone. What the target has and no scan has is not decided.

            EXAMPLES
              prober reconcile --scan web1.jsonl --host web1.host.json \\
                --policy fleet.yaml --target web1
              prober reconcile --scan web1.jsonl --format json -o findings.json
              prober reconcile --scan web1.jsonl --policy web.yaml --format junit
              prober reconcile --scan web1.nmap.xml --host web1.netstat.txt --host web1.lsof.txt

            EXIT STATUS
              0  nothing is against the policy
              1  something is
              2  the scan is not complete, or something could not be decided
              64 the request makes no sense
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Read scan files made by prober scan or nmap -oX", valueName: "file"))
    var scan: [String]

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
    }

    func run() throws {
        let survey = try Self.survey(in: scan)
        let report = try Self.report(in: host, services: services)
        let declared = try self.declared()
        let rules = ruleset.isEmpty ? nil : try RulesetOptions.rules(in: ruleset)
        let reconciliation = reconcile(
            survey, with: report, under: (declared?.target.policy ?? Policy()).on(.today),
            declared: try declared.map { declaration throws(InputError) in
                try Self.addresses(
                    of: declaration.target, excluding: declaration.excluded, in: survey)
            },
            probe: declared?.target.settings.probe, ruleset: rules)
        do {
            try write(reconciliation, of: declared?.target)
        } catch OutputError.readerLeft {
            // Whoever read along has seen enough; what was found still counts.
        }
        throw try gate.status(of: [reconciliation])
    }

    private func write(_ reconciliation: Reconciliation, of target: Target?) throws {
        let destination = try OutputDestination(output.output)
        switch format {
        case .table:
            let style = TextStyle(isColored: output.isColored(destination))
            try destination.write(FindingsTable(reconciliation, style: style).text)
        case .json: try destination.write(reconciliation.json(target: target?.name))
        case .html, .markdown, .sarif, .junit:
            let part = FindingsReport.Part(
                reconciliation, target: target?.name, location: target?.location.description)
            let report = FindingsReport([part], version: Version.number)
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
        of target: Target, excluding excluded: TargetSet, in survey: Survey?
    ) throws(InputError) -> TargetSet {
        var entries: [TargetList.Entry] = []
        var scanned = TargetSet()
        for address in target.addresses {
            switch address.kind {
            case .thisHost: scanned = TargetSet(survey?.plan.targets ?? [])
            case .word(let word): entries.append(TargetList.Entry(word, at: address.location))
            }
        }
        return try TargetSelection.resolved(TargetList(entries)).subtracting(excluded)
            .union(scanned)
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

    /// The survey in scan files, joined.
    static func survey(in paths: [String]) throws(InputError) -> Survey? {
        var parts: [(survey: Survey, source: String)] = []
        for path in paths {
            let bytes = try InputFile.bytes(path)
            let survey =
                Survey.isXML(bytes)
                ? try Survey(nmap: bytes, source: path) : try Survey(parsing: bytes, source: path)
            parts.append((survey, path))
        }
        return try Survey.joined(parts)
    }
}
