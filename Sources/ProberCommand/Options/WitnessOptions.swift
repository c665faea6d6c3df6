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
            let witness = try Witness(parsing: try InputFile.bytes(path), source: path)
            if !witness.isComplete {
                Console.note(
                    "note: \(path) is not complete: it shows what arrived, never what did not")
            }
            return witness
        }
    }
}
