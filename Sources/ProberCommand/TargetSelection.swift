import Prober
import Reconcile

/// Turns the targets a person wrote into the addresses that may be probed.
struct TargetSelection {
    /// What is to be probed.
    var wanted: TargetSet
    /// What is never to be probed, whatever else is said.
    var excluded: TargetSet
    /// What may be probed at all; nil for everything.
    var scope: (addresses: TargetSet, source: String)?
    /// Whether special-purpose ranges may be probed.
    var allowsSpecial: Bool
    /// The addresses of this machine, which are always allowed.
    var own: TargetSet

    /// The addresses to probe.
    ///
    /// - Throws: ``InputError`` that names the first address that must not be probed.
    func addresses() throws(InputError) -> TargetSet {
        let left = wanted.subtracting(excluded)
        guard !left.isEmpty else {
            throw InputError(
                "target", problem: "all of \(wanted) is excluded",
                remedy: "Name a target that may be probed, or exclude less.")
        }
        if let scope, let outside = left.subtracting(scope.addresses).ranges.first {
            throw InputError(
                scope.source, problem: "the scope does not hold \(outside)",
                remedy: "Probe only what the scope file lists, or add it there.")
        }
        if !allowsSpecial {
            try Self.refuseSpecial(left, own: own, at: InputLocation("target"))
        }
        return left
    }

    /// Refuses ranges that are no place for a host, unless they are this machine's.
    static func refuseSpecial(
        _ addresses: TargetSet, own: TargetSet, at location: InputLocation
    ) throws(InputError) {
        guard let refusal = SpecialRange.refusals(of: addresses, own: own).first else { return }
        throw location.error(
            "\(refusal.addresses) is refused: \(refusal.special)",
            "Exclude it, or give --allow-special when you know what you do.")
    }
}

extension TargetSelection {
    /// The selection that `options` ask for; names are resolved, and files are read.
    ///
    /// Without any target `otherwise` holds.
    ///
    /// - Throws: ``InputError`` about what was written.
    init(
        _ options: TargetOptions, own: TargetSet, otherwise: TargetSet? = nil
    ) throws(InputError) {
        var wanted = TargetList()
        for target in options.targets {
            wanted.entries += try Self.list(target, source: "target").entries
        }
        for path in options.targetsFrom {
            wanted.entries += try TargetList(
                parsing: try InputFile.text(path), source: path
            ).entries
        }
        let isAnyNamed = !options.targets.isEmpty || !options.targetsFrom.isEmpty
        guard !wanted.entries.isEmpty || !isAnyNamed && otherwise != nil else {
            throw InputError(
                "target", problem: "there is nothing to probe",
                remedy: "Name a target, or a file of targets with --targets-from.")
        }
        var excluded = TargetList()
        for target in options.exclude.flatMap({ $0.split(separator: ",") }) {
            excluded.entries += try Self.list(String(target), source: "--exclude").entries
        }
        self.init(
            wanted: isAnyNamed ? try Self.resolved(wanted) : otherwise ?? TargetSet(),
            excluded: try Self.resolved(excluded), scope: nil,
            allowsSpecial: options.allowSpecial, own: own)
        for path in options.excludeFrom {
            self.excluded = self.excluded.union(try Self.excludedAddresses(in: path))
        }
        if let path = options.scope {
            let list = try TargetList(parsing: try InputFile.text(path), source: path)
            scope = (try Self.resolved(list), path)
        }
    }

    /// One argument, which is one target.
    private static func list(
        _ text: String, source: String
    ) throws(InputError) -> TargetList {
        let location = InputLocation(source)
        return TargetList([
            TargetList.Entry(try TargetWord(parsing: text, at: location), at: location)
        ])
    }

    /// Every address of `list`, names resolved.
    static func resolved(_ list: TargetList) throws(InputError) -> TargetSet {
        var addresses = list.addresses
        for (name, location) in list.names {
            do throws(NameResolutionError) {
                let found = try NameResolver.addresses(of: name)
                addresses = addresses.union(TargetSet(found.map { AddressRange($0) }))
            } catch {
                throw location.error(error.problem, error.remedy)
            }
        }
        return addresses
    }

    /// What a list, or the `exclude` part of a target file, says is never to be probed.
    private static func excludedAddresses(in path: String) throws(InputError) -> TargetSet {
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
            return try resolved(
                try TargetList(parsing: try InputFile.text(path), source: path))
        }
        return try TargetFile(reading: path, services: InputFile.services()).excludedAddresses
    }
}
