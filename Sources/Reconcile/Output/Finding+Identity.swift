import Prober

extension Finding {
    /// The finding in parts whose identity does not hang on what else was found.
    ///
    /// Ports that are against the policy are one each, so that one more is one alert more.
    /// Hundreds of them are no services that somebody watches one by one.
    var stableParts: [Finding] {
        switch result {
        case .fail, .warn:
            guard ports.count > 1, ports.count <= 100 else { return [self] }
            return ports.ranges.flatMap { $0 }.map { port in
                var part = self
                part.ports = PortSet([port...port])
                return part
            }
        case .inconclusive, .info, .pass: return [self]
        }
    }
}
