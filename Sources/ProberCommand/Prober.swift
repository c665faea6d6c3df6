import ArgumentParser
import Prober
import Reconcile

/// The command: words and exit codes only; each subcommand has a file of its own.
@main
struct ProberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prober",
        abstract: "Show what of a host can really be reached, why, and whether it was meant",
        subcommands: [ReconcileCommand.self])
}
