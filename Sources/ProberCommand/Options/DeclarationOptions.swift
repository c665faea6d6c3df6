import ArgumentParser
import Prober
import Reconcile

/// The flags that say which declarations findings are judged by.
struct DeclarationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read what was declared from this target file (default: nothing is meant to be open)",
            valueName: "file"))
    var policy: String?

    @Option(
        help: ArgumentHelp(
            "Use the declarations of this target (default: the file's only one)",
            valueName: "name"))
    var target: String?

    func validate() throws {
        guard target == nil || policy != nil else {
            throw ValidationError(
                "--target chooses a target of a --policy file, and no --policy is given.")
        }
    }

    /// The target whose declarations are judged by, and what its file excludes; nil when there is
    /// no policy file.
    func declaration() throws(InputError) -> Declaration? {
        guard let policy else { return nil }
        let file = try TargetFile(reading: policy, services: InputFile.services())
        let names = file.targets.map(\.name).joined(separator: ", ")
        guard let first = file.targets.first else {
            throw InputError(
                policy, problem: "there is no target in the file",
                remedy: "Give a file with targets; exclude alone declares nothing.")
        }
        guard let target else {
            guard file.targets.count == 1 else {
                throw InputError(
                    policy, problem: "the file has \(file.targets.count) targets",
                    remedy: "Choose one with --target: \(names).")
            }
            return Declaration(target: first, excluded: file.excludedAddresses)
        }
        guard let chosen = file.targets.first(where: { $0.name == target }) else {
            throw InputError(
                "--target", problem: "\(policy) has no target called \"\(target)\"",
                remedy: "Name one of: \(names).")
        }
        return Declaration(target: chosen, excluded: file.excludedAddresses)
    }
}

/// A target of a file, whose declarations findings are judged by.
struct Declaration {
    /// The target.
    let target: Target
    /// What its file excludes.
    let excluded: TargetSet

    /// What was declared, as it holds today.
    var policy: Policy { target.policy.on(.today) }

    /// The addresses that something is declared of, names resolved.
    ///
    /// Which addresses `this-host` had for the vantage of the scan nobody can tell here, so it
    /// stands for all that were `scanned`.
    func addresses(scanned: TargetSet) throws(InputError) -> TargetSet {
        var entries: [TargetList.Entry] = []
        var own = TargetSet()
        for address in target.addresses {
            switch address.kind {
            case .thisHost: own = scanned
            case .word(let word): entries.append(TargetList.Entry(word, at: address.location))
            }
        }
        return try TargetSelection.resolved(TargetList(entries)).subtracting(excluded)
            .union(own)
    }
}
