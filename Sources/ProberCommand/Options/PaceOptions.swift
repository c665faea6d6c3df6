import ArgumentParser
import Prober

/// The flags that choose how fast, how often and how long endpoints are asked.
struct PaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Send at most n probes per second, all workers together; max for no limit; auto for max \
            to this machine itself, and to others 5000, doubled up to 100000 for as long as answers \
            show that nothing on the way suffers (default: auto)
            """, valueName: "n|auto|max"),
        transform: { text in
            guard let choice = RateChoice(text) else {
                throw ValidationError("a rate is auto, max or a number from 1 to 10000000")
            }
            return choice
        })
    var rate: RateChoice?

    @Option(
        help: ArgumentHelp(
            """
            Ask a silent endpoint n more times, 0 to 20 (default: as often as --confidence asks; \
            over UDP once)
            """, valueName: "n"))
    var retries: Int?

    @Option(
        help: ArgumentHelp(
            """
            Ask silent TCP endpoints until it is this sure that no port that answers is missed at a \
            host, 0.5 to 0.999999; how often that is follows from the loss that is measured \
            (default: 0.9999)
            """, valueName: "p"))
    var confidence: Double?

    @Option(
        help: ArgumentHelp(
            """
            Wait this long for each answer, as 1500ms or 2s; the kernel repeats a SYN each second \
            meanwhile (default: what the round trips of the host ask for, from 100ms up; over UDP \
            1500ms)
            """, valueName: "time"),
        transform: { text in
            guard let duration = AttemptTime.duration(text) else {
                throw ValidationError("a timeout is written \(AttemptTime.syntax)")
            }
            return duration
        })
    var timeout: Duration?

    @Option(
        help: ArgumentHelp(
            """
            Let at most n endpoints wait for an answer at once, all workers together \
            (default: 16384, or what the descriptor limit allows)
            """, valueName: "n"))
    var inFlight: Int?

    @Option(help: ArgumentHelp("Send from n threads, 1 to 64 (default: 2)", valueName: "n"))
    var workers: Int?

    func validate() throws {
        guard retries.map({ (0...20).contains($0) }) ?? true else {
            throw ValidationError("--retries is a number from 0 to 20")
        }
        guard confidence.map(ScanPlan.confidences.contains) ?? true else {
            throw ValidationError("--confidence is a number from 0.5 to 0.999999")
        }
        guard confidence == nil || retries == nil else {
            throw ValidationError("--retries and --confidence both say how often; leave one out")
        }
        guard workers.map({ (1...64).contains($0) }) ?? true else {
            throw ValidationError("--workers is a number from 1 to 64")
        }
        guard inFlight.map({ (1...1_000_000).contains($0) }) ?? true else {
            throw ValidationError("--in-flight is a number from 1 to 1000000")
        }
    }

    /// Writes these choices into `plan`; `isOwnMachine` when every target is this machine.
    func apply(to plan: inout ScanPlan, isOwnMachine: Bool) {
        if let retries { plan.retries = retries }
        if let confidence { plan.confidence = confidence }
        if let timeout { plan.timeout = timeout }
        if let workers { plan.workers = workers }
        if let inFlight { plan.inFlight = inFlight }
        plan.rate = (rate ?? .automatic).rate(isOwnMachine: isOwnMachine)
    }
}
