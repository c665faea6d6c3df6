import Prober
import Reconcile

/// The scan that `--resume` names, and what a plan must have to go on with it.
struct ResumedScan {
    /// The file as it was named.
    let path: String
    /// What it says.
    let scan: ResumableScan

    /// Reads the file at `path`.
    init(_ path: String) throws(InputError) {
        self.path = path
        scan = try ResumableScan(parsing: InputFile.bytes(path), source: path)
        guard scan.header.plan.method == "connect" else {
            throw InputError(
                path, problem: "the scan asked by \(scan.header.plan.method)",
                remedy: "Go on with the version that began the scan.")
        }
    }

    /// The addresses of the scan.
    var targets: TargetSet { TargetSet(scan.header.plan.targets) }

    /// The part of the plan that the scan has.
    var shard: Shard { scan.header.plan.shard.flatMap { Shard($0) } ?? .whole }

    /// Refuses a plan, with its vantage, that is not the one of the file; names all that differs.
    func check(_ plan: ScanPlan, from vantage: Vantage) throws(InputError) {
        let old = scan.header
        var differences: [String] = []
        func compare(_ name: String, _ new: String, _ before: String) {
            guard new != before else { return }
            differences.append("\(name) \(before) is now \(new)")
        }
        func list(_ ranges: [AddressRange]) -> String {
            TargetSet(ranges).abbreviated(to: 80)
        }
        if plan.space.targets != targets {
            compare("targets", list(plan.space.targets.ranges), list(targets.ranges))
            if differences.isEmpty { differences.append("targets are others now") }
        }
        compare("ports", plan.space.ports.description, old.plan.ports.description)
        compare("shard", plan.shard.description, shard.description)
        compare("seed", "\(plan.seed)", "\(old.seed)")
        // The addresses to send from depend on the targets, and the choices on the transports.
        let isOfOtherPorts = plan.space.ports != old.plan.ports
        if differences.isEmpty {
            compare("vantage", vantage.summary, old.vantage.summary)
        }
        if let terms = old.plan.terms {
            let now = plan.terms
            for name in Set(terms.keys).union(now.keys).sorted() {
                let (new, before) = (now[name], terms[name])
                if isOfOtherPorts, new == nil || before == nil { continue }
                compare("--\(name)", new ?? "not given", before ?? "not given")
            }
        }
        guard differences.isEmpty else {
            throw InputError(
                path, problem: "this is not the same scan: " + differences.joined(separator: "; "),
                remedy: "Leave out what differs, and the file decides; or scan anew, without "
                    + "--resume.")
        }
    }
}

extension Vantage {
    fileprivate var summary: String {
        "\(name) (\(addresses.map(\.description).joined(separator: ", ")))"
    }
}
