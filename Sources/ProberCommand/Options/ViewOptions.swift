import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile

/// The flags that name files with what was seen: outside, inside, and the rules.
struct ViewOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Read scan files made by prober scan, prober merge or nmap -oX", valueName: "file"))
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

    /// Whether no file is named.
    var isEmpty: Bool { scan.isEmpty && host.isEmpty && ruleset.isEmpty }

    /// The surveys in the scan files.
    func surveys() throws(InputError) -> [Survey] { try Self.surveys(in: scan) }

    /// The rules in listings of their own; nil when there are none.
    func rules() throws(InputError) -> Ruleset? {
        ruleset.isEmpty ? nil : try RulesetOptions.rules(in: ruleset)
    }

    /// What the reports about the host say together; nil when there is none.
    ///
    /// Every one must be usable: a comparison with less than what was asked for is none.
    func report() throws(InputError) -> HostReport? {
        let reports = try InputFile.reports(host, services: services)
        if let problem = reports.problems.first { throw problem }
        if !reports.isEmpty, !reports.hasInsideView {
            throw InputError(
                host.joined(separator: " "), problem: "this is a view from outside",
                remedy: "Give it with --scan.")
        }
        return reports.report(now: .now)
    }

    /// The surveys in scan files, those of one vantage joined.
    static func surveys(in paths: [String]) throws(InputError) -> [Survey] {
        var surveys: [Survey] = []
        for part in try parts(in: paths) {
            if let survey = try Survey.joined(part) { surveys.append(survey) }
        }
        return surveys
    }

    /// The surveys, and what `witnesses` show of their probes by the id of each.
    func surveys(
        seenBy witnesses: [Witness]
    ) throws(InputError) -> (surveys: [Survey], receipts: [String: [Receipt]]) {
        var (surveys, receipts): ([Survey], [String: [Receipt]]) = ([], [:])
        for part in try Self.parts(in: scan) {
            guard let survey = try Survey.joined(part) else { continue }
            surveys.append(survey)
            // Each scan had a time and ports of its own.
            for (survey, source) in part {
                for witness in witnesses { witness.noteGap(of: survey, in: source) }
            }
            receipts[survey.id, default: []] += part.flatMap { survey, _ in
                Witness.receipts(of: survey, from: witnesses)
            }
        }
        return (surveys, receipts)
    }

    /// The surveys in scan files, by vantage.
    private static func parts(
        in paths: [String]
    ) throws(InputError) -> [[(survey: Survey, source: String)]] {
        var parts: [(vantage: Vantage, surveys: [(survey: Survey, source: String)])] = []
        for path in paths {
            let bytes = try InputFile.bytes(path)
            let surveys =
                Survey.isXML(bytes)
                ? [try Survey(nmap: bytes, source: path)]
                : try Survey.all(parsing: bytes, source: path)
            for survey in surveys {
                if let place = parts.firstIndex(where: { $0.vantage == survey.vantage }) {
                    parts[place].surveys.append((survey, path))
                } else {
                    parts.append((survey.vantage, [(survey, path)]))
                }
            }
        }
        return parts.map(\.surveys)
    }
}
