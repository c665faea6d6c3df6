import ArgumentParser
import Prober

/// What `--dry-run` says of a plan instead of carrying it out.
enum DryRun: EnumerableFlag {
    case summary, list

    static func name(for value: DryRun) -> NameSpecification {
        switch value {
        case .summary: .customLong("dry-run")
        case .list: .customLong("dry-run-list")
        }
    }

    /// The arguments with `--dry-run=list` in the spelling the parser knows.
    ///
    /// A flag with an optional value would be `defaultAsFlag`, but swift-argument-parser 1.8.2
    /// passes over what follows its `=`; this can go when that works.
    static func respelled(_ arguments: [String]) -> [String] {
        arguments.map { $0 == "--dry-run=list" ? "--dry-run-list" : $0 }
    }

    /// Writes the plan, or every endpoint of it in the order of the probes.
    func write(_ plan: ScanPlan, to path: String?) throws {
        let destination = try OutputDestination(path)
        switch self {
        case .summary:
            let lines = ["dry run: nothing was sent"] + plan.summary
            try destination.write(lines.map { $0 + "\n" }.joined())
        case .list:
            var bytes: [UInt8] = []
            for endpoint in plan.endpoints {
                bytes += Array("\(endpoint)\n".utf8)
                guard bytes.count >= 65_536 else { continue }
                try destination.write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
            try destination.write(bytes)
        }
        try destination.finish()
    }
}
