import ArgumentParser
import Prober
import Reconcile

/// The flag that names what was recorded on the host.
struct WitnessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read what prober witness recorded on the host during the scan; repeat for more",
            valueName: "file"))
    var witness: [String] = []

    /// Refuses witnesses of nothing.
    func check(_ views: ViewOptions) throws {
        guard witness.isEmpty || !views.scan.isEmpty else {
            throw ValidationError("--witness tells what became of the probes of a --scan.")
        }
    }

    /// The witnesses in the files.
    func witnesses() throws(InputError) -> [Witness] {
        try witness.map { path throws(InputError) in
            try Witness(parsing: try InputFile.bytes(path), source: path)
        }
    }
}

extension Witness {
    /// Says once why it cannot tell what did not come of the scan in `source`, if it cannot.
    func noteGap(of survey: Survey, in source: String) {
        guard let gap = gap(of: survey) else { return }
        let name = host ?? addresses.ranges.first.map(\.first.description) ?? "a host"
        Console.note(
            "note: the witness of \(name.debugDescription) shows what arrived of the scan in \(source), never "
                + "what did not: \(gap.reason)")
    }
}

extension WitnessGap {
    /// Why, as the end of a sentence.
    fileprivate var reason: String {
        switch self {
        case .incomplete: "it is not complete"
        case .dropped(let count?): "it lost \(count.counted("packet"))"
        case .dropped(nil): "how many packets were lost is not known"
        case .uncounted(let count): "there was no room for \(count.counted("probe"))"
        case .interface(let name): "it watched \(name.debugDescription) alone, not all interfaces"
        case .noTraces: "the scan's file does not say when and from where its probes left"
        case .clock:
            "probes of the same kind came at other times: of another scan, or a clock was set"
        case .noProbe: "no probe came by which the two machines' clocks could be compared"
        case .time: "it did not run long enough before and after the scan"
        case .otherHost: "its host has none of the scan's addresses"
        }
    }
}
