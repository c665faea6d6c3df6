import ArgumentParser
import FoundationEssentials

/// The flags that choose where and how results are written.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            Write the result to a file, which appears when it is whole; until then it is \
            FILE.0.partial
            """, valueName: "file"))
    var output: String?

    @Flag(name: .shortAndLong, help: "Write no notes and no progress, only results and errors")
    var quiet = false

    @Flag(
        name: .shortAndLong,
        help: "Say before a scan what will be sent, and after it what --capture saw")
    var verbose = false

    @Flag(help: "Show no progress; it is shown only on a terminal anyway")
    var noProgress = false

    @Option(
        help: ArgumentHelp(
            "Colour the output; auto means on a terminal, unless NO_COLOR is set",
            valueName: "when"))
    var color: ColorChoice = .auto

    /// Whether what goes to `destination` is coloured.
    func isColored(_ destination: borrowing OutputDestination) -> Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto:
            destination.isTerminal
                && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        }
    }
}

/// When output for people is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}
