import Prober
import SystemPackage

/// Evidence as it is written.
struct EvidenceText: Codable {
    var kind: String
    var icmpType: UInt8?
    var icmpCode: UInt8?
    var reporter: String?
    var service: String?
    var reason: String?
    var controls: String?
    var call: String?
    var errno: String?
    var talk: String?

    private enum CodingKeys: String, CodingKey {
        case kind, reporter, service, reason, controls, call, errno, talk
        case icmpType = "icmp_type"
        case icmpCode = "icmp_code"
    }

    /// What the words mean for a probe of `target`.
    func evidence(at target: IPAddress) throws(ScanLineProblem) -> Evidence {
        switch kind {
        // What a later version knows of the talk after it, it was a handshake.
        case "handshake":
            return talk.flatMap { Exchange(rawValue: $0) }.map { .exchange($0) } ?? .handshake
        case "reset": return .reset
        // A service that a later version knows is a reply all the same.
        case "reply": return .reply(service.flatMap { DatagramService(rawValue: $0) })
        case "silence": return try silence()
        case "icmp":
            guard let reporter else { throw .missing("evidence.reporter") }
            return .icmp(try error(at: target), reporter: try ScanLine.address(reporter))
        case "local-failure": return .localFailure(try failure(at: target))
        case _: throw .value(kind, "a kind of evidence that this version knows")
        }
    }

    private func silence() throws(ScanLineProblem) -> Evidence {
        guard let controls else { return .silence }
        guard let controls = Silence.Controls(rawValue: controls) else {
            throw .value(controls, "what the controls of a silent port did")
        }
        let silence = Silence(
            isExpected: reason == Silence.Reason.silenceExpected.rawValue, controls: controls)
        guard reason == silence.reason?.rawValue else {
            throw .contradiction(
                "the reason of the silence is \(reason.map { "\"\($0)\"" } ?? "missing"), but its "
                    + "controls are \"\(controls.rawValue)\"")
        }
        return .unanswered(silence)
    }

    private func error(at target: IPAddress) throws(ScanLineProblem) -> ICMPError {
        guard let icmpType, let icmpCode else { throw .missing("evidence.icmp_type or icmp_code") }
        return ICMPError(target.family, type: icmpType, code: icmpCode)
    }

    private func failure(at target: IPAddress) throws(ScanLineProblem) -> LocalFailure {
        guard let reason else { throw .missing("evidence.reason") }
        guard let word = LocalFailureReason(rawValue: reason) else {
            throw .value(reason, "a reason for a failed probe that this version knows")
        }
        switch word {
        case .rejectedHere: return .rejectedHere(try error(at: target))
        case .selfConnect: return .selfConnect
        case .interrupted: return .interrupted
        case .noDescriptors, .noRoute, .notPermitted, .noAddress, .noBuffers, .failed:
            guard let call, let errno else { throw .missing("evidence.call or errno") }
            guard let name = SystemCallName(rawValue: call) else {
                throw .value(call, "a system call that a probe makes")
            }
            guard let error = Errno(symbol: errno) else {
                throw .value(errno, "the name of an error number")
            }
            return .system(name, error)
        }
    }
}

extension EvidenceText {
    /// The words for `evidence`.
    init(_ evidence: Evidence) {
        switch evidence {
        case .handshake: self.init(kind: "handshake")
        case .exchange(let exchange): self.init(kind: "handshake", talk: exchange.rawValue)
        case .reset: self.init(kind: "reset")
        case .reply(let known): self.init(kind: "reply", service: known?.rawValue)
        case .silence: self.init(kind: "silence")
        case .unanswered(let silence):
            self.init(
                kind: "silence", reason: silence.reason?.rawValue,
                controls: silence.controls.rawValue)
        case .icmp(let error, let address):
            self.init(
                kind: "icmp", icmpType: error.type, icmpCode: error.code,
                reporter: address.description)
        case .localFailure(let failure):
            self.init(kind: "local-failure", reason: LocalFailureReason(failure).rawValue)
            switch failure {
            case .system(let name, let error):
                call = name.rawValue
                errno = error.symbol
            case .rejectedHere(let error):
                icmpType = error.type
                icmpCode = error.code
            case .selfConnect, .interrupted: break
            }
        }
    }
}
