import ArgumentParser
import Prober
import Reconcile

/// `prober explain`: everything that is known of one endpoint, in sentences.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell everything that is known of one endpoint, in sentences",
        discussion: """
            What was sent, what came back and from whom, which rule decides, who listens, what was \
            declared, and what to do: from a findings file, or from the files that prober reconcile \
            joins. Nothing is sent. A port alone will do where the file is of one host.

            EXAMPLES
              prober explain tcp:203.0.113.10:8080 --in result.json
              prober explain '[2001:db8:b::10]:443' --in result.json
              prober explain 203.0.113.10:23 --scan web1.jsonl   who answers, by hop limits, where
                                                                 the scan had --capture
              prober explain 203.0.113.10:53/udp --scan web1.jsonl --host web1.json \\
                --policy web.yaml

            EXIT STATUS
              0  it was explained, whatever was found
              2  nobody asked about it: what is known is said
              64 the request makes no sense
            """)

    @Argument(
        help: ArgumentHelp(
            "Explain this: 203.0.113.10:8080, tcp:[2001:db8::1]:443, 203.0.113.10:53/udp or a port")
    )
    var endpoint: String

    @Option(
        name: .customLong("in"),
        help: ArgumentHelp(
            "Read the findings that check or reconcile wrote with --format json", valueName: "file")
    )
    var input: String?

    @OptionGroup(title: "Views to join") var views: ViewOptions

    @OptionGroup(title: "Views to join") var witness: WitnessOptions

    @OptionGroup(title: "Policy") var declaration: DeclarationOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        let hasParts = !views.isEmpty || declaration.policy != nil
        guard (input != nil) != hasParts else {
            throw ValidationError(
                "Give a findings file with --in, or the files to join: --scan, --host, --policy.")
        }
        if hasParts { try JoinedViews.check(views, declaration) }
        try witness.check(views)
    }

    func run() throws {
        let pattern = try EndpointPattern(parsing: endpoint)
        let (file, wire) = try findings()
        var stories = try Story.all(of: pattern, in: file)
        for index in stories.indices { stories[index].add(wire: wire) }
        let destination = try OutputDestination(output.output)
        guard !stories.isEmpty else {
            let text = file.absence(of: pattern).map { sentence in
                FindingsTable.wrapped(sentence, indent: "", hanging: "  ").joined(separator: "\n")
            }.joined(separator: "\n")
            try destination.write(text + "\n")
            try destination.finish()
            throw ExitStatus.incomplete
        }
        let style = TextStyle(isColored: output.isColored(destination))
        let text = stories.map { StoryText($0, style: style).text }.joined(separator: "\n")
        try destination.write(text)
        try destination.finish()
    }

    /// The findings of the file, or of what is joined, and what was seen on the wire.
    private func findings() throws -> (file: FindingsFile, wire: [WireGroup]) {
        if let input {
            return (try FindingsFile(parsing: try InputFile.bytes(input), source: input), [])
        }
        let joined = try JoinedViews(
            views, declaration, witnesses: try witness.witnesses())
        let (reconciliations, wire) = try joined.reconciliationsAndWire()
        // What is explained is what a file would have, so there is one way to tell it.
        let file = try FindingsFile(
            parsing: reconciliations.flatMap { $0.json(target: joined.target?.name) },
            source: "what these files say together")
        return (file, wire)
    }
}
