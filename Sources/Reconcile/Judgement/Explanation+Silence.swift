import Prober

extension Finding {
    /// What it means that nothing came back over UDP, as a sentence.
    ///
    /// The controls of the scan say whether a closed port would have spoken, and the host says
    /// whether anything could have answered.
    var silenceExplanation: String {
        switch (inside, silence?.controls ?? .notAsked) {
        case (.listening, .answered), (.inNamespace, .answered):
            "No answer, and a closed port would have said so: \(listenerText) is silent, or "
                + "\(filterText)."
        case (.listening, .notAsked), (.listening, .silent), (.listening, .limitSpent),
            (.inNamespace, .notAsked), (.inNamespace, .silent), (.inNamespace, .limitSpent):
            "No answer: \(listenerText) is silent, or \(filterText)."
        case (.none, .answered), (.elsewhere, .answered), (.loopbackOnly, .answered):
            "No answer, though \(absenceText) and a closed port would have said so: something "
                + "filters, or passes the packets on."
        case (.none, .limitSpent), (.elsewhere, .limitSpent), (.loopbackOnly, .limitSpent):
            "No answer, and \(absenceText): most likely closed, but the host's limit of ICMP "
                + "errors kept it from saying so in time."
        case (.none, .silent), (.elsewhere, .silent), (.loopbackOnly, .silent):
            "No answer, and \(absenceText): closed or filtered, of which this host says neither."
        case (.none, .notAsked), (.elsewhere, .notAsked), (.loopbackOnly, .notAsked):
            "No answer, and \(absenceText): closed or filtered."
        case (.unknown, .answered), (.changed, .answered):
            "No answer, and a closed port would have said so: open or filtered."
        case (.unknown, .silent), (.changed, .silent):
            "No answer: open, closed or filtered, because this host does not say when a port is "
                + "closed."
        case (.unknown, .limitSpent), (.changed, .limitSpent):
            "No answer: open, closed or filtered, because the host's limit of ICMP errors kept it "
                + "from saying more in time."
        case (.unknown, .notAsked), (.changed, .notAsked):
            "No answer: over UDP that may mean open or filtered."
        }
    }

    /// What the scan found out about the silence; nil when it did not look into it.
    var silence: Silence? {
        guard case .unanswered(let silence) = sighting?.evidence.first else { return nil }
        return silence
    }

    private var listenerText: String {
        silence?.isExpected == true
            ? "the listener, as is usual for a service of this port," : "the listener"
    }

    /// Who else may be to blame.
    private var filterText: String {
        receipt == .ignored
            ? "something on the host filters, which got it and sent nothing back"
            : "something filters"
    }

    private var absenceText: String {
        switch inside {
        case .none: "nothing listens"
        case .listening, .loopbackOnly, .inNamespace, .elsewhere, .unknown, .changed:
            "nothing listens for this address"
        }
    }
}
