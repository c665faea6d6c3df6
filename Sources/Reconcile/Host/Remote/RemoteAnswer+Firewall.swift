import Prober
import SystemPackage

extension RemoteAnswer {
    /// The host's firewall, as the tools of the host listed it; nil when it was not asked.
    var firewall: LiveFirewall? {
        parts.contains { $0.tool == "rules" } ? .collect(from: firewallSource) : nil
    }

    /// The programs and files of the host, as far as it was asked for them.
    var firewallSource: FirewallSource {
        FirewallSource(
            run: { program, arguments in outcome(of: program, arguments) },
            networkFile: { (name) throws(Errno) in
                switch outcome(of: "cat", ["/proc/net/\(name)"]) {
                case .printed(let bytes): return bytes
                case .failed: throw .permissionDenied
                case .missing: throw .noSuchFileOrDirectory
                }
            })
    }

    private func outcome(of program: String, _ arguments: [String]) -> FirewallSource.Outcome {
        func part(_ program: String) -> Part? {
            let command = (["rules", program] + arguments).joined(separator: " ")
            return parts.first { $0.command == command }
        }
        // Before there were two of them, the tool of the older tables had no word for that.
        let plain = program.replacing("-legacy", with: "")
        guard let part = part(program) ?? (plain == program ? nil : part(plain)) else {
            return .missing
        }
        switch part.status {
        case 0: return .printed(part.output)
        case 127: return .missing
        case nil: return .failed("it was not heard to its end")
        case let status?: return .failed(FirewallSource.reason(in: part.output, status: status))
        }
    }
}
