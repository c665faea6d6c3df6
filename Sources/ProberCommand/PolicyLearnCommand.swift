import ArgumentParser
import Prober
import Reconcile

/// `prober policy learn`: a target file of what is open now.
struct PolicyLearnCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract: "Write a target file of what is open now, to be reviewed",
        discussion: """
            From a scan file, reports of the host, or both; or live, for targets that are named. What \
            is open is declared open, with a comment on who listens; what only the host itself reaches \
            is left out; where rules are known, only those are let in (from:) whom they let in, and \
            those they keep out stand before that (closed:). Ports of databases and remote administration are \
            marked for review. The same scan and report have no failure under the file, unless a \
            listener hides. Whether anything is meant only you can say: read it line by line, delete what should not be open, then close it.

            EXAMPLES
              prober policy learn --scan web1.jsonl --host web1.json -o web1.yaml
              prober policy learn --host web1.json --ruleset new.nft.json
              prober policy learn this-host -o local.yaml
              prober policy learn 203.0.113.10 -p 1-1024
            """)

    @Argument(
        help: ArgumentHelp(
            """
            Probe these now: addresses, blocks, ranges, host names, or this-host for this machine as \
            its neighbours see it
            """, valueName: "target"))
    var targets: [String] = []

    @OptionGroup(title: "Views") var views: ViewOptions

    @Option(
        help: ArgumentHelp("Call the target so (default: the host's own name)", valueName: "name"))
    var name: String?

    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Probe these ports of live targets (default: tcp:1-65535)", valueName: "ports"))
    var ports: String?

    @Flag(help: "Declare who holds each port, too (by:), so that it must stay the same service")
    var withHolders = false

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        let hasFiles = !views.scan.isEmpty || !views.host.isEmpty
        guard hasFiles != !targets.isEmpty else {
            throw ValidationError(
                hasFiles
                    ? "Give files (--scan, --host) or targets to probe now, not both."
                    : "Give files (--scan, --host), or targets to probe now.")
        }
        guard targets.isEmpty || views.ruleset.isEmpty else {
            throw ValidationError(
                "--ruleset goes with --host; this machine's own rules are read live.")
        }
        guard ports == nil || !targets.isEmpty else {
            throw ValidationError("--ports is for targets that are probed now.")
        }
    }

    func run() throws {
        let (policy, heading) = try targets.isEmpty ? learnedFromFiles() : learnedLive()
        let destination = try OutputDestination(output.output)
        try destination.write(policy.text(heading))
        try destination.finish()
    }

    private func learnedFromFiles() throws -> (LearnedPolicy, LearnedPolicy.Heading) {
        let surveys = try views.surveys()
        guard surveys.count <= 1 else {
            throw InputError(
                "--scan", problem: "the scans are of \(surveys.count) vantages",
                remedy: "Learn from the scans of one vantage at a time.")
        }
        let survey = surveys.first
        let report = try views.report()
        let rules = try views.rules()
        if let survey, !survey.isComplete {
            Console.note(
                "note: the scan is not complete, so what it did not get to is left out as if it were "
                    + "closed")
        }
        let policy = LearnedPolicy(of: survey, report, ruleset: rules)
        return (policy, heading(survey, report, access: nil))
    }

    private func learnedLive() throws -> (LearnedPolicy, LearnedPolicy.Heading) {
        var probe = PortSpec(tcp: .all)
        if let ports {
            probe = try PortSpec(parsing: ports, for: [.tcp], services: InputFile.services())
        }
        let place = InputLocation("target")
        let isThisHost = targets == ["this-host"]
        let addresses = try targets.map { word throws(InputError) in
            word == "this-host"
                ? TargetAddress(.thisHost, location: place)
                : TargetAddress(.word(try TargetWord(parsing: word, at: place)), location: place)
        }
        var settings = ProbeSettings(vantage: isThisHost ? .namespace : .direct)
        settings.probe = probe
        // What is learned is what is open, which no receipt makes so.
        settings.asksForReceipts = false
        var target = Target(
            name: name ?? "learned", location: place, addresses: addresses, settings: settings)
        let own = try CheckAddresses(of: target, excluding: TargetSet(), allowsSpecial: false)
        if isThisHost || own.named.isSubset(of: own.own) { target.host = .live }
        let run = try CheckRun(
            target, excluding: TargetSet(), allowsSpecial: false, seed: .random(in: 0...(.max)),
            RemoteOptions(), output)
        let signals = try SignalDescriptor()
        let views = try run.look(until: signals)
        guard views.survey.isComplete else {
            Console.note("prober: stopped before everything was probed, so nothing is written")
            throw ExitStatus.incomplete
        }
        let vantage = views.isThroughOwnLink ? ProbeSettings.VantageKind.namespace : .direct
        let policy = LearnedPolicy(
            of: views.survey, views.before, isThisHost: isThisHost,
            isThroughOwnLink: views.isThroughOwnLink)
        return (
            policy,
            heading(
                views.survey, views.before, access: target.host == .live ? .live(vantage) : nil)
        )
    }

    private func heading(
        _ survey: Survey?, _ report: HostReport?, access: LearnedPolicy.Heading.Access?
    ) -> LearnedPolicy.Heading {
        var origins: [String] = []
        if let survey {
            let sources = survey.vantage.addresses.map(\.description).joined(separator: ", ")
            origins.append(
                "Probed from \(survey.vantage.name) (\(sources)), begun \(survey.started).")
        }
        if let report {
            let host = report.hostname.isEmpty ? "the host" : report.hostname
            origins.append("What listens is what \(host) said on \(report.collected).")
        }
        let hostname = report.map(\.hostname).flatMap { $0.isEmpty ? nil : $0 }
        return LearnedPolicy.Heading(
            name: name ?? hostname ?? "learned", origins: origins, day: .today, access: access,
            declaresHolders: withHolders)
    }
}
