import ArgumentParser
import Prober

/// `prober payloads`: what is asked at which UDP port.
struct PayloadsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payloads",
        abstract: "Show what is asked at which UDP port, and what a reply proves",
        discussion: """
            Lists the requests of the probe table in the order in which they are sent, the \
            specification of each, and the services from which silence is to be expected. These \
            ports are meant by udp:common; no packet is sent.

            EXAMPLES
              prober payloads --format table | less
              prober payloads --format json
            """)

    /// How the table is written.
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
        let destination = try OutputDestination(output.output)
        switch format ?? (destination.isTerminal ? .table : .json) {
        case .table:
            let style = TextStyle(isColored: output.isColored(destination))
            try destination.write(PayloadListing(PayloadTable.entries, style: style).text)
        case .json: try destination.write(PayloadsJSON(PayloadTable.entries).bytes)
        }
        try destination.finish()
    }
}
