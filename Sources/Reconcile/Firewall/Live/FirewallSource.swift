import Prober
import SystemPackage

/// Where listings of rules come from: programs and files of this machine, or what another one wrote.
struct FirewallSource: Sendable {
    /// How a program ended.
    enum Outcome {
        case printed([UInt8])
        case failed(String)
        case missing
    }

    /// Runs a program with arguments.
    let run: @Sendable (_ program: String, _ arguments: [String]) -> Outcome
    /// The bytes of a file in `/proc/net`.
    let networkFile: @Sendable (_ name: String) throws(Errno) -> [UInt8]

    /// The machine that this process runs on, in the namespace of the calling thread.
    static let thisMachine = FirewallSource(
        run: { program, arguments in
            guard let path = ProgramRun.path(of: program) else { return .missing }
            do throws(Errno) {
                let run = try ProgramRun.of(path, arguments)
                guard run.status == 0 else {
                    return .failed(reason(in: run.errors, status: Int(run.status)))
                }
                return .printed(run.output)
            } catch {
                return .failed("\(error)")
            }
        },
        networkFile: { (name) throws(Errno) in
            try FileContents.bytes(of: "/proc/thread-self/net/\(name)", atMost: 1 << 20)
        })

    /// What a program says of its failure: its first line.
    static func reason(in errors: [UInt8], status: Int) -> String {
        let words = String(decoding: errors.prefix(4096), as: UTF8.self)
            .split(whereSeparator: \.isNewline).first.map(String.init)
        return (words ?? "status \(status)").shortened
    }
}
