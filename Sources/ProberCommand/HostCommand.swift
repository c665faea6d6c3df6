import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile

/// `prober host`: what this host says of itself.
struct HostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host",
        abstract: "Show what listens on this host, who holds it and for whom it is reachable",
        discussion: """
            Reads the kernel's own lists; no packet is sent. What could not be seen, for lack of \
            privilege or otherwise, is listed at the end: run as root to see every owner.

            EXAMPLES
              prober host
              prober host --format json -o web1.host.json
            """)

    /// How the report is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(
        help: ArgumentHelp(
            "Write a table for people or JSON (default: table on a terminal, json otherwise)",
            valueName: "table|json"))
    var format: Format?

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        // The file first: a name that cannot be written to is found before any work is done.
        let destination = try OutputDestination(output.output)
        let report = try LiveHost().collect(now: Date.now)
        let services = InputFile.services()
        switch format ?? (destination.isTerminal ? .table : .json) {
        case .table: try destination.write(HostTable(report, services: services).text)
        case .json: try destination.write(report.json(services: services))
        }
        try destination.finish()
    }
}
