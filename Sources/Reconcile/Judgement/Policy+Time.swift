import Prober

extension Policy {
    /// The policy as it holds on `day`.
    ///
    /// A declaration whose last day is over decides nothing; what it covered is judged by those
    /// after it, and the stance then tells of it.
    public func on(_ day: CalendarDay) -> Policy {
        var policy = self
        for index in policy.expectations.indices {
            if let until = policy.expectations[index].until, until < day {
                policy.expectations[index].isOver = true
            }
        }
        return policy
    }
}

extension Policy.Stance {
    /// The stance on ports of which `expectation`, whose last day is over, spoke first.
    func following(_ expectation: Expectation) -> Policy.Stance {
        guard let until = expectation.until else { return self }
        let lapsed = LapsedException(
            isOpen: expectation.isOpen, until: until, reason: expectation.reason,
            location: expectation.location)
        func noting(_ expectation: Expectation) -> Expectation {
            var expectation = expectation
            expectation.lapsed = lapsed
            return expectation
        }
        return switch self {
        case .open(let now): .open(noting(now))
        case .closed(let now): .closed(noting(now))
        case .undecided(let now): .undecided(noting(now))
        // What nobody declares any more counts like the rest that nobody wrote down.
        case .undeclared:
            .closed(noting(Expectation(isOpen: false, ports: expectation.ports, isRest: true)))
        }
    }

    /// The exception that spoke of the ports until its last day was over.
    public var lapsed: LapsedException? {
        switch self {
        case .open(let expectation), .closed(let expectation), .undecided(let expectation):
            expectation.lapsed
        case .undeclared: nil
        }
    }
}
