import ArgumentParser
import Prober
import Reconcile

/// `prober merge`: joins scan files into one.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Join scan files into one: shards, resumed scans, several vantages",
        discussion: """
            Scans of the same plan, seed and vantage become one scan: the shards of a scan, or a \
            scan and what it became with --resume. Scans from other vantages, or of other plans, \
            follow one after the other in the same file, which prober reconcile --scan reads. \
            What is missing is named; a file in which something is missing can be given to \
            prober scan --resume.

            Where two files say different things of an endpoint, the state that says most counts \
            (open, closed, filtered, open|filtered), and a record of type "conflict" marks it.

            EXAMPLES
              prober merge 1.jsonl 2.jsonl 3.jsonl 4.jsonl -o whole.jsonl
              prober merge office.jsonl internet.jsonl -o both.jsonl

            EXIT STATUS
              0  every endpoint of the plans was tested
              2  something is missing, could not be tested, or is in dispute
              64 the request makes no sense
            """)

    @Argument(
        help: ArgumentHelp(
            "Join these files of JSON Lines, or standard input with -", valueName: "file"))
    var files: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write the result to a file, which appears when it is whole", valueName: "file"))
    var output: String?

    @Flag(name: .shortAndLong, help: "Write no notes, only the result and errors")
    var quiet = false

    func run() throws {
        var merge = ScanMerge()
        for file in files { try merge.add(InputFile.bytes(file), source: file) }
        let destination = try OutputDestination(output)
        let outcomes = try merge.write { try destination.write($0) }
        try destination.finish()
        let isSettled = outcomes.allSatisfy { $0.gap == nil && $0.conflicts.isEmpty }
        if !quiet {
            for outcome in outcomes {
                for line in [outcome.gap, outcome.dispute].compactMap(\.self) {
                    Console.note("prober: from \(outcome.vantage.name): \(line)")
                }
            }
        }
        guard isSettled else { throw ExitStatus.incomplete }
    }
}

extension MergeOutcome {
    /// What is missing, in a line; nil when nothing is.
    var gap: String? {
        guard missing > 0 || !isComplete else { return nil }
        var parts: [String] = []
        if !missingShards.isEmpty {
            let verb = missingShards.count == 1 ? "shard" : "shards"
            let names = Abbreviation.join(missingShards.map(\.description), by: ", ", to: 60)
            parts.append("\(verb) \(names) missing")
        }
        parts += cutShards.prefix(8).map { cut in
            "\(cut.missing.counted("endpoint"))"
                + (cut.shard == .whole ? "" : " of shard \(cut.shard)") + " not tested"
        }
        return "\(missing) of \(requested.counted("endpoint")) (seed \(seed)) not known: "
            + (parts.isEmpty ? "no file has them" : parts.joined(separator: "; "))
    }

    /// What the files do not agree on, in a line; nil when they do.
    var dispute: String? {
        guard let first = conflicts.first else { return nil }
        let count = conflicts.reduce(0) { $0 + $1.ports.count }
        let states = first.states.map(\.rawValue).joined(separator: " and ")
        let example = Endpoint(first.address, first.transport, first.ports[0])
        return "\(count.counted("endpoint")) in different states: \(example) is \(states)"
            + (count > 1 ? ", …" : "")
    }
}
