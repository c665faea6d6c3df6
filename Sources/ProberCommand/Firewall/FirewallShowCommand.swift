import ArgumentParser
import Prober
import Reconcile

/// `prober firewall show`: the ruleset as it was read.
struct FirewallShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the rules as they were read, and mark what is not understood",
        discussion: """
            EXAMPLES
              sudo prober firewall show
              prober firewall show --ruleset rules.json ip6tables.txt
            """)

    @OptionGroup(title: "Rules") var rules: RulesetOptions

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let ruleset = try rules.rules()
        let destination = try OutputDestination(output.output)
        let style = TextStyle(isColored: output.isColored(destination))
        try destination.write(RulesetListing(ruleset, style: style).text)
        try destination.finish()
    }
}
