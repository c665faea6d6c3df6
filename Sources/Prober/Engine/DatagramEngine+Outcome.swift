import BasicContainers
import SystemPackage

extension DatagramEngine {
    /// Hands over the outcome of the endpoint `number`; `roundTrip` in nanoseconds.
    mutating func conclude(_ number: Int, _ evidence: Evidence, roundTrip: UInt64? = nil) {
        outcomes.append(
            Observation(
                wave.layout.endpoint(number), evidence, attempts: wave.probes[number].packets,
                sentAt: wave.probes[number].sentAt,
                roundTrip: roundTrip.map { .nanoseconds(Int64(clamping: $0)) }))
        wave.probes[number].stage = .concluded
        wave.remaining -= 1
    }

    /// Hands over the outcomes of the endpoints about which nothing more is to be learnt; true when
    /// only those are left that were not asked.
    mutating func concludeRest() -> Bool {
        while conclusions < wave.probes.count {
            guard outcomes.count < Self.handOverCount else { return false }
            let number = conclusions
            conclusions += 1
            guard wave.probes[number].isOpenEnded else { continue }
            let trip = UInt64(wave.probes[number].roundTrip) * 1000
            conclude(number, evidence(of: number), roundTrip: trip > 0 ? trip : nil)
        }
        return true
    }

    /// What is known of an asked endpoint in the end.
    private func evidence(of number: Int) -> Evidence {
        let probe = wave.probes[number]
        if probe.stage == .answered { return .reply(nil) }
        if isDraining, !hasBegunToConclude, probe.controls != .answered {
            return .localFailure(.interrupted)
        }
        if probe.packets == 0 {
            let errno = Errno(rawValue: CInt(probe.failure))
            return .localFailure(.system(.send, errno))
        }
        let sequence = sequences[wave.layout.port(of: number)]
        return .unanswered(
            Silence(isExpected: sequence.isSilenceExpected, controls: probe.controls))
    }

    /// Ends a wave in which endpoints are left that could not be asked, or were not to be.
    mutating func endWave() {
        guard !isDraining else {
            wave.remaining = 0
            return
        }
        for number in 0..<wave.probes.count where wave.probes[number].stage == .postponed {
            guard !outcomes.isFull else { return }
            conclude(number, .localFailure(.selfConnect))
            wave.postponed -= 1
        }
    }
}
