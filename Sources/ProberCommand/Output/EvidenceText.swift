import Prober
import Reconcile

extension Evidence {
    /// What was seen, in a few words; `attempts` is how many packets asked.
    func sentence(attempts: UInt16) -> String {
        switch self {
        case .handshake: "handshake"
        case .exchange(let exchange): "handshake, \(exchange.explanation)"
        case .reset: "reset"
        case .icmp(let error, let reporter): "\(error) from \(reporter)"
        case .reply(let service?): "\(service.rawValue) reply"
        case .reply(nil): "reply not recognised"
        case .silence: "no answer to \(attempts.counted("SYN"))"
        case .unanswered(let silence):
            silence.reason?.rawValue ?? "no answer to \(attempts.counted("request"))"
        case .localFailure(let failure): failure.sentence
        }
    }
}

extension LocalFailure {
    /// Why the probe failed here, in a few words.
    var sentence: String {
        switch self {
        case .system(let call, let errno): "\(call.rawValue): \(errno)"
        case .rejectedHere(let error): "rejected by this machine itself (\(error))"
        case .selfConnect: "the probe met itself on each try"
        case .interrupted: "the scan was stopped first"
        }
    }
}
