import ArgumentParser
import Prober
import Reconcile

/// `prober firewall show`: the ruleset as it was read.
struct FirewallShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the rules as they were read, and mark what is not understood",
        discussion: """
            Notes before the rules say which of them can never match and because of which others, \
            which chains are never reached, and what filters nothing.

            EXAMPLES
              sudo prober firewall show
              prober firewall show --ruleset rules.json ip6tables.txt
            """)

    @OptionGroup(title: "Rules") var rules: RulesetOptions

    @Option(
        help: ArgumentHelp(
            "Write a listing for people or JSON on one line", valueName: "table|json"))
    var format: FirewallFormat = .table

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let ruleset = try rules.rules()
        let destination = try OutputDestination(output.output)
        switch format {
        case .table:
            let style = TextStyle(isColored: output.isColored(destination))
            try destination.write(RulesetListing(ruleset, style: style).text)
        case .json: try destination.write(ruleset.json)
        }
        try destination.finish()
    }
}
