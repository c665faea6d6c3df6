import ArgumentParser
import Prober

/// The flags that choose how fast, how often and how long endpoints are asked.
struct PaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Send at most n probes per second, all workers together; max for no limit, auto for \
            max to this machine itself and 5000 to others (default: auto)
            """, valueName: "n|auto|max"))
    var rate: RateChoice = .auto

    @Option(
        help: ArgumentHelp("Ask a silent endpoint n more times (default: 1)", valueName: "n"))
    var retries = 1

    @Option(
        help: ArgumentHelp(
            """
            Wait this long for an answer, as 1500ms or 2s; the kernel repeats the SYN each second \
            meanwhile (default: 1500ms)
            """, valueName: "time"))
    var timeout: TimeSpan = .milliseconds(1500)

    @Option(
        help: ArgumentHelp(
            """
            Let at most n endpoints wait for an answer at once (default: 8192, or what the \
            descriptor limit allows)
            """, valueName: "n"))
    var inFlight: Int?

    @Option(help: ArgumentHelp("Send from n threads (default: 2)", valueName: "n"))
    var workers = 2

    func validate() throws {
        guard (0...100).contains(retries) else {
            throw ValidationError("--retries is a number from 0 to 100")
        }
        guard (1...64).contains(workers) else {
            throw ValidationError("--workers is a number from 1 to 64")
        }
        guard inFlight.map({ (1...1_000_000).contains($0) }) ?? true else {
            throw ValidationError("--in-flight is a number from 1 to 1000000")
        }
    }

    /// How many endpoints may wait at once when the user does not say.
    static let defaultInFlight = 8192
}
