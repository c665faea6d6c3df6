import ArgumentParser
import Prober
import Reconcile

/// `prober diff`: what changed between two looks at the same hosts.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what changed between two results, two scans, or two host reports",
        discussion: """
            What opened, what closed, what another process holds now, what another rule decides, and \
            what has another code. What one of the two did not ask or could not decide is set apart \
            and counted: it never counts as opened or closed, and where it may have opened since, that \
            nothing opened cannot be told. A port that is open now, always or at times, and is not \
            known to have opened is newly seen. Two files of the same kind are compared, \
            and only what the same vantage saw.

            EXAMPLES
              prober diff yesterday.json today.json
              prober diff old.jsonl new.jsonl --format json
              prober diff web1.monday.host.json web1.host.json

            EXIT STATUS
              0  nothing opened
              1  something opened
              2  nothing is known to have opened, and that cannot be told of everything
              64 the request makes no sense
            """)

    @Argument(help: ArgumentHelp("Compare with this earlier file", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("Compare this file", valueName: "new"))
    var new: String

    @Option(
        help: ArgumentHelp(
            "Write a table for people or JSON for programs", valueName: "table|json"))
    var format: DifferenceFormat = .table

    @Flag(help: "Compare what one vantage saw with what another saw, too")
    var acrossVantages = false

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard old != "-" || new != "-" else {
            throw ValidationError("Standard input can be one of the two files, not both.")
        }
    }

    func run() throws {
        let before = try Comparand(parsing: try InputFile.bytes(old), source: old)
        let after = try Comparand(parsing: try InputFile.bytes(new), source: new)
        let difference: Difference
        do throws(ComparisonProblem) {
            difference = try Difference(
                from: before, to: after, acrossVantages: acrossVantages)
        } catch {
            switch error {
            case .kinds(let first, let second):
                throw InputError(
                    new,
                    problem: "this is of the kind \(second), and \(old) is of the kind \(first)",
                    remedy: "Give two files of one kind.")
            case .vantages(let first, let second):
                Console.note(
                    "prober: \(old) was seen from \(first.joined(separator: ", ")) and \(new) from "
                        + "\(second.joined(separator: ", ")), so they cannot tell what changed. Scan "
                        + "from the same place, or compare all the same with --across-vantages.")
                throw ExitStatus.incomplete
            }
        }
        if !output.quiet { note(before.vantages, after.vantages) }
        let destination = try OutputDestination(output.output)
        do {
            switch format {
            case .table:
                let style = TextStyle(isColored: output.isColored(destination))
                try destination.write(
                    DifferenceTable(difference, old: before, new: after, style: style).text)
            case .json:
                try destination.write(difference.json(old: (old, before), new: (new, after)))
            }
            try destination.finish()
        } catch OutputError.readerLeft {
            // What changed does not depend on who reads it.
        }
        switch difference.conclusion {
        case .notGrown: return
        case .grown: throw ExitStatus.findings
        case .undecided: throw ExitStatus.incomplete
        }
    }

    /// Says where one vantage had other addresses: rules may have treated its probes otherwise.
    private func note(_ before: [Vantage], _ after: [Vantage]) {
        for vantage in after {
            for other in before
            where other.name == vantage.name && other.addresses != vantage.addresses {
                let texts = [other, vantage].map {
                    $0.addresses.map(\.description).joined(separator: ", ")
                }
                Console.note(
                    "note: \(vantage.name) probed from \(texts[0]) before, and from \(texts[1]) now"
                )
            }
        }
    }
}
